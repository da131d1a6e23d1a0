"""The models part of the settings: the default model, and each provider with its keys."""

from __future__ import annotations

from typing import Any

import reflex as rx

from babble_app.components.dialogs import confirm_dialog, dialog_foot, modal
from babble_app.components.icons import icon
from babble_app.components.model_settings import default_model_section
from babble_app.components.parts import (
    how_many,
    problem_text,
    row_act,
    settings_section,
    skeleton_list,
)
from babble_app.components.password_field import password_field
from babble_app.states.provider_rows import KeyRow, ProviderRow
from babble_app.states.settings import Place, SettingsState


def key_sections() -> list[rx.Component]:
    """Return the sections and their dialogs."""
    return [default_model_section(), _providers(), _key_dialog(), _remove_dialog()]


def _providers() -> rx.Component:
    return settings_section(
        "Providers",
        "Who runs the models. Keys are stored encrypted and never shown again. A workspace's key goes before your others, yours"
        " before one that is set as an environment variable of the server; several take turns.",
        rx.cond(
            SettingsState.loaded,
            rx.el.ul(rx.foreach(SettingsState.providers, _provider), class_name="list"),
            skeleton_list(5),
        ),
    )


def _provider(row: ProviderRow) -> rx.Component:
    def one_key(key: KeyRow) -> rx.Component:
        return _key(row, key)

    return rx.el.li(
        rx.el.div(
            rx.el.div(
                rx.el.span(row.title, class_name="list-title"),
                rx.match(
                    row.status,
                    ("ready", rx.el.span("ready", class_name="badge badge--good")),
                    ("no_key", rx.el.span("no key", class_name="badge")),
                    ("workspace", rx.el.span("not everywhere", class_name="badge")),
                    rx.el.span("not set up", class_name="badge"),
                ),
                class_name="row",
            ),
            rx.match(
                row.source,
                (
                    "environment",
                    rx.el.p(
                        "key from the server's ", rx.el.code(row.key_env), class_name="list-note"
                    ),
                ),
                ("settings", rx.fragment()),
                rx.el.p(row.help, class_name="list-note"),
            ),
            _answer(row.said, row.refused),
            class_name="list-main",
        ),
        rx.el.div(_acts(row), class_name="list-actions"),
        rx.cond(
            how_many(row.own_keys) > 0,
            rx.el.ul(
                rx.foreach(row.own_keys, one_key),
                aria_label=f"Keys for {row.title}",
                class_name="key-list",
            ),
        ),
        key=row.id,
        class_name="list-item",
    )


def _answer(words: Any, refused: Any) -> rx.Component:
    return rx.cond(
        words != "",
        rx.el.p(words, role="status", class_name=rx.cond(refused, "field-error", "field-good")),
    )


def _key(provider: ProviderRow, row: KeyRow) -> rx.Component:
    return rx.el.li(
        icon("key", 16),
        rx.el.div(
            rx.el.p(
                rx.cond(
                    row.end != "",
                    rx.el.span("your key ending in ", rx.el.code(row.end)),
                    rx.cond(row.base_url != "", "your own server", "your own key"),
                ),
                rx.cond(row.base_url != "", rx.el.span(" at ", rx.el.code(row.base_url))),
                rx.cond(row.label != "", rx.el.span(" · ", rx.el.strong(row.label))),
            ),
            rx.el.p(
                row.used,
                class_name=rx.cond(row.readable, "list-note", "list-note list-note--bad"),
            ),
            _answer(row.said, row.refused),
            class_name="list-main",
        ),
        rx.el.div(
            rx.cond(row.readable, _test_button(provider, row.id, row.name)),
            row_act("Remove", SettingsState.open_dialog("remove", provider.id, row.id), row.name),
            class_name="list-actions",
        ),
        key=row.id,
        class_name="key-list-item",
    )


def _acts(row: ProviderRow) -> rx.Component:
    has_keys = how_many(row.own_keys) > 0
    return rx.cond(
        row.id != "demo",
        rx.fragment(
            rx.cond(
                row.takes_base_url & (row.source == "settings"),
                row_act("Replace", SettingsState.open_dialog("replace", row.id, ""), row.title),
            ),
            row_act(
                rx.cond(
                    has_keys,
                    "Add another",
                    rx.match(
                        row.status,
                        ("ready", "Use my own"),
                        ("off", "Set up"),
                        "Add key",
                    ),
                ),
                SettingsState.open_dialog("key", row.id, ""),
                row.title,
            ),
            rx.cond(
                (row.status == "ready") & (row.source != "settings"),
                _test_button(row, "", row.title),
            ),
        ),
    )


def _test_button(row: ProviderRow, key_id: Any, name: Any) -> rx.Component:
    tried = rx.cond(key_id != "", key_id, row.id)
    return rx.el.button(
        rx.cond(SettingsState.testing == tried, rx.el.span(class_name="spinner")),
        "Test",
        type="button",
        aria_label=f"Test {name}",
        disabled=SettingsState.testing != "",
        on_click=SettingsState.test_key(row.id, key_id),
        class_name="button button--small",
    )


def _key_dialog() -> rx.Component:
    row = SettingsState.chosen
    return modal(
        rx.el.form(
            rx.el.div(
                rx.el.p(row.help, class_name="muted"),
                password_field("Key", "key", "off", optional=True),
                rx.cond(
                    row.takes_base_url & SettingsState.is_admin,
                    rx.el.label(
                        rx.el.span("Address of the server", class_name="field-label"),
                        rx.el.input(
                            name="base_url",
                            type="url",
                            default_value=row.base_url,
                            placeholder="https://models.example/v1",
                            class_name="input",
                        ),
                        class_name="field",
                    ),
                ),
                rx.cond(
                    SettingsState.dialog == "replace",
                    rx.el.p("All your keys of this provider are replaced by this one."),
                    _where(),
                ),
                problem_text(SettingsState.problem),
                class_name="dialog-body stack",
            ),
            dialog_foot(SettingsState.close_dialog, "Save", type="submit"),
            on_submit=SettingsState.save_key,
        ),
        open=(SettingsState.dialog == "key") | (SettingsState.dialog == "replace"),
        title=row.title,
        on_close=SettingsState.close_dialog,
    )


def _where() -> rx.Component:
    return rx.fragment(
        rx.cond(
            how_many(SettingsState.places) > 0,
            rx.el.label(
                rx.el.span("Used", class_name="field-label"),
                rx.el.select(
                    rx.el.option("in all workspaces", value=""),
                    rx.foreach(SettingsState.places, _place),
                    name="workspace_id",
                    default_value="",
                    class_name="select",
                ),
                class_name="field",
            ),
        ),
        rx.el.label(
            rx.el.span("Your note on it, if you like", class_name="field-label"),
            rx.el.input(
                name="label",
                auto_complete="off",
                max_length=120,
                placeholder="Team account",
                class_name="input",
            ),
            class_name="field",
        ),
    )


def _place(place: Place) -> rx.Component:
    return rx.el.option(f"only in {place.name}", value=place.id, key=place.id)


def _remove_dialog() -> rx.Component:
    return confirm_dialog(
        rx.el.p("Chats stop answering if no other key opens their model."),
        is_open=SettingsState.dialog == "remove",
        title=f"Remove {SettingsState.chosen_key.name} for {SettingsState.chosen.title}?",
        label="Remove key",
        on_confirm=SettingsState.delete_key,
        on_close=SettingsState.close_dialog,
    )
