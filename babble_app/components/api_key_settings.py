"""The part of the settings about personal keys of the API."""

from __future__ import annotations

import reflex as rx

from babble_app.components.copy_button import copy_button
from babble_app.components.dialogs import confirm_dialog
from babble_app.components.icons import icon
from babble_app.components.parts import (
    how_many,
    notice,
    problem_text,
    settings_section,
    skeleton_list,
    time_ago,
)
from babble_app.states.api_keys import ApiKeyRow, ApiKeysState


def api_key_sections() -> list[rx.Component]:
    """Return the section and its dialog."""
    return [_section(), _delete_dialog()]


def _section() -> rx.Component:
    return settings_section(
        "API keys",
        rx.fragment(
            "With one of them a script of yours may do all that you may. What can be asked: ",
            rx.el.a("the API", href="/docs", class_name="link"),
            ".",
        ),
        rx.cond(ApiKeysState.fresh.key != "", _fresh()),
        rx.cond(
            ApiKeysState.loaded,
            rx.cond(
                how_many(ApiKeysState.rows) > 0,
                rx.el.ul(
                    rx.foreach(ApiKeysState.rows, _row), aria_label="API keys", class_name="list"
                ),
            ),
            skeleton_list(1),
        ),
        _form(),
    )


def _fresh() -> rx.Component:
    fresh = ApiKeysState.fresh
    return notice(
        "good",
        rx.el.p(rx.el.strong(fresh.name), ": copy it now, it is not shown again."),
        rx.el.div(
            rx.el.code(fresh.key, class_name="mono", style={"overflow_wrap": "anywhere"}),
            copy_button(
                text=fresh.key,
                label="Copy key",
                class_name="button button--primary button--small",
            ),
            rx.el.button(
                "I have it",
                type="button",
                on_click=ApiKeysState.dismiss_key,
                class_name="button button--small",
            ),
            class_name="row row--wrap",
        ),
        role="status",
    )


def _row(row: ApiKeyRow) -> rx.Component:
    return rx.el.li(
        icon("key"),
        rx.el.div(
            rx.el.div(
                rx.el.span(row.name, class_name="list-title"),
                rx.cond(row.expired, rx.el.span("expired", class_name="badge badge--warn")),
                class_name="row",
            ),
            rx.el.span(
                rx.el.code(row.shown, class_name="mono"),
                rx.cond(
                    row.used_at != "",
                    rx.el.span("last used ", time_ago(row.used_at)),
                    rx.el.span("never used"),
                ),
                rx.cond(row.ends_at != "", rx.el.span("valid until ", row.ends_at)),
                class_name="list-note",
            ),
            class_name="list-main",
        ),
        rx.el.div(
            rx.el.button(
                "Delete",
                rx.el.span(" ", row.name, class_name="visually-hidden"),
                type="button",
                on_click=ApiKeysState.ask_delete(row.id),
                class_name="button button--small button--quiet",
            ),
            class_name="list-actions",
        ),
        key=row.id,
        class_name="list-item",
    )


def _form() -> rx.Component:
    return rx.el.form(
        rx.el.div(
            rx.el.input(
                name="name",
                required=True,
                max_length=120,
                auto_complete="off",
                placeholder="What it is for: nightly report",
                aria_label="Name of the new key",
                class_name="input grow",
            ),
            rx.el.select(
                rx.el.option("never expires", value=""),
                rx.el.option("for 30 days", value="30"),
                rx.el.option("for 90 days", value="90"),
                rx.el.option("for a year", value="365"),
                name="days",
                aria_label="How long it is valid",
                default_value="",
                style={"width": "auto"},
                class_name="select",
            ),
            rx.el.button("Make a key", type="submit", class_name="button"),
            class_name="row row--wrap",
        ),
        problem_text(ApiKeysState.problem),
        on_submit=ApiKeysState.create,
        key=ApiKeysState.keys_made,
        class_name="stack stack--tight",
    )


def _delete_dialog() -> rx.Component:
    return confirm_dialog(
        rx.el.p("Scripts that send it are refused from now on."),
        is_open=ApiKeysState.asks_delete,
        title=f"Delete the key {ApiKeysState.chosen.name}?",
        label="Delete key",
        on_confirm=ApiKeysState.delete,
        on_close=ApiKeysState.close_dialog,
    )
