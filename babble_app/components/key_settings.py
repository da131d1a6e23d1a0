"""The models part of the settings: the default model, and each provider with its key."""

from __future__ import annotations

from typing import Any

import reflex as rx

from babble_app.components.dialogs import confirm_dialog, dialog_foot, modal
from babble_app.components.parts import problem_text, settings_section, skeleton_list
from babble_app.components.password_field import password_field
from babble_app.states.settings import ModelChoice, ProviderRow, SettingsState


def key_sections() -> list[rx.Component]:
    """Return the sections and their dialogs."""
    return [_default_model(), _providers(), _key_dialog(), _remove_dialog()]


def _default_model() -> rx.Component:
    return settings_section(
        "Default model",
        "Answers in every chat that names no other.",
        rx.el.select(
            rx.el.option(
                rx.cond(
                    SettingsState.server_model != "",
                    f"What this server prefers ({SettingsState.server_model})",
                    "What this server prefers",
                ),
                value="",
            ),
            rx.foreach(SettingsState.choices, _choice),
            # A model that its provider does not list now stays visible as the choice that it is.
            rx.cond(
                SettingsState.default_model != "",
                rx.el.option(
                    SettingsState.default_model, value=SettingsState.default_model, hidden=True
                ),
            ),
            value=SettingsState.default_model,
            on_change=SettingsState.choose_model,
            aria_label="Default model",
            class_name="select",
        ),
    )


def _choice(choice: ModelChoice) -> rx.Component:
    return rx.el.option(choice.title, value=choice.id, key=choice.id)


def _providers() -> rx.Component:
    return settings_section(
        "Providers",
        "Who runs the models. Keys are stored encrypted and never shown again; one set as an environment variable of the"
        " server serves everybody here.",
        rx.cond(
            SettingsState.loaded,
            rx.el.ul(rx.foreach(SettingsState.providers, _provider), class_name="list"),
            skeleton_list(5),
        ),
    )


def _provider(row: ProviderRow) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.div(
                rx.el.span(row.title, class_name="list-title"),
                rx.match(
                    row.status,
                    ("ready", rx.el.span("ready", class_name="badge badge--good")),
                    ("no_key", rx.el.span("no key", class_name="badge")),
                    rx.el.span("not set up", class_name="badge"),
                ),
                class_name="row",
            ),
            rx.el.p(_key_words(row), class_name="list-note"),
            rx.cond(
                row.said != "",
                rx.el.p(
                    row.said,
                    role="status",
                    class_name=rx.cond(row.refused, "field-error", "field-good"),
                ),
            ),
            class_name="list-main",
        ),
        rx.el.div(_acts(row), class_name="list-actions"),
        key=row.id,
        class_name="list-item",
    )


def _key_words(row: ProviderRow) -> Any:
    return rx.match(
        row.source,
        ("environment", rx.el.span("key from the server's ", rx.el.code(row.key_env))),
        (
            "settings",
            rx.el.span(
                rx.cond(
                    row.last4 != "",
                    rx.el.span("your key ending in ", rx.el.code(row.last4)),
                    rx.el.span("your own key"),
                ),
                rx.cond(row.base_url != "", rx.el.span(" at ", rx.el.code(row.base_url))),
            ),
        ),
        rx.el.span(row.help),
    )


def _acts(row: ProviderRow) -> rx.Component:
    return rx.cond(
        row.id != "demo",
        rx.fragment(
            rx.cond(
                row.source == "settings",
                _act("Remove", SettingsState.open_dialog("remove", row.id), row),
            ),
            _act(
                rx.match(
                    row.source,
                    ("settings", "Replace"),
                    ("none", rx.cond(row.status == "off", "Set up", "Add key")),
                    "Use my own",
                ),
                SettingsState.open_dialog("key", row.id),
                row,
            ),
            rx.cond(row.status == "ready", _test_button(row)),
        ),
    )


def _test_button(row: ProviderRow) -> rx.Component:
    return rx.el.button(
        rx.cond(SettingsState.testing == row.id, rx.el.span(class_name="spinner")),
        "Test",
        type="button",
        aria_label=f"Test {row.title}",
        disabled=SettingsState.testing != "",
        on_click=SettingsState.test_key(row.id),
        class_name="button button--small",
    )


def _act(label: Any, act: Any, row: ProviderRow) -> rx.Component:
    return rx.el.button(
        label,
        rx.el.span(" ", row.title, class_name="visually-hidden"),
        type="button",
        on_click=act,
        class_name="button button--small button--quiet",
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
                problem_text(SettingsState.problem),
                class_name="dialog-body stack",
            ),
            dialog_foot(SettingsState.close_dialog, "Save", type="submit"),
            on_submit=SettingsState.save_key,
        ),
        open=SettingsState.dialog == "key",
        title=row.title,
        on_close=SettingsState.close_dialog,
    )


def _remove_dialog() -> rx.Component:
    return confirm_dialog(
        rx.el.p("Chats on its models stop answering until there is a key again."),
        is_open=SettingsState.dialog == "remove",
        title=f"Remove your key for {SettingsState.chosen.title}?",
        label="Remove key",
        on_confirm=SettingsState.delete_key,
        on_close=SettingsState.close_dialog,
    )
