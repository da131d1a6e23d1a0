"""The tokens of an app: the list, the one that was just made, and the dialogs over them."""

from __future__ import annotations

from typing import Any

import reflex as rx

from babble_app.components.copy_button import copy_button
from babble_app.components.dialogs import confirm_dialog, dialog_foot, modal
from babble_app.components.form_fields import field, text_field
from babble_app.components.icons import icon
from babble_app.components.parts import (
    empty,
    how_many,
    menu,
    menu_item,
    problem_text,
    skeleton_list,
    time_ago,
)
from babble_app.states.app_tokens import AppTokensState, TokenRow

_problems: Any = AppTokensState.problems


def tokens_section() -> rx.Component:
    """Return the section with its dialogs."""
    return rx.el.section(
        rx.el.div(
            rx.el.div(
                rx.el.h2("Tokens", class_name="section-title"),
                rx.el.p(
                    "A page or a program shows one to talk to this app, and to nothing else of yours. In a page it is public.",
                    class_name="section-note",
                ),
            ),
            rx.cond(how_many(AppTokensState.rows) > 0, _new_button()),
            class_name="section-head",
        ),
        rx.cond(AppTokensState.fresh.token != "", _fresh()),
        rx.cond(
            AppTokensState.loaded,
            rx.cond(
                how_many(AppTokensState.rows) > 0,
                rx.el.ul(
                    rx.foreach(AppTokensState.rows, _row), aria_label="Tokens", class_name="list"
                ),
                empty(
                    "Make the first token",
                    rx.el.p(
                        "It is shown once. The snippets below are filled in with it, ready to be pasted. Make one for each"
                        " place, so that you can revoke one without the others."
                    ),
                    _new_button(),
                ),
            ),
            skeleton_list(1),
        ),
        _new_dialog(),
        _rotate_dialog(),
        _revoke_dialog(),
        class_name="section",
    )


def _new_button() -> rx.Component:
    return rx.el.button(
        icon("plus"),
        "New token",
        type="button",
        on_click=AppTokensState.open_new,
        class_name="button button--primary",
    )


def _fresh() -> rx.Component:
    fresh = AppTokensState.fresh
    return rx.el.div(
        rx.el.p(
            rx.el.strong(fresh.name),
            ": copy it now, it is not shown again. Until then it also stands in the snippets below.",
        ),
        rx.el.div(
            rx.el.code(fresh.token, class_name="mono token-text grow"),
            copy_button(
                text=fresh.token,
                label="Copy token",
                class_name="button button--primary button--small",
            ),
            rx.el.button(
                "I have it",
                type="button",
                on_click=AppTokensState.dismiss_token,
                class_name="button button--small",
            ),
            class_name="row row--wrap",
        ),
        role="status",
        class_name="token-fresh stack stack--tight",
    )


def _row(row: TokenRow) -> rx.Component:
    over = (row.state == "revoked") | (row.state == "expired")
    return rx.el.li(
        icon("key"),
        rx.el.div(
            rx.el.span(
                row.name,
                " ",
                rx.cond(row.staging, rx.el.span("staging", class_name="badge badge--accent")),
                rx.match(
                    row.state,
                    ("revoked", rx.el.span("revoked", class_name="badge badge--bad")),
                    ("expired", rx.el.span("expired", class_name="badge badge--warn")),
                    rx.fragment(),
                ),
                class_name="list-title",
            ),
            rx.el.span(
                rx.el.code(row.shown, class_name="mono"),
                rx.cond(
                    row.used_at != "",
                    rx.el.span("last used ", time_ago(row.used_at)),
                    rx.el.span("not used yet"),
                ),
                rx.cond(row.state == "ending", rx.el.span("ends ", time_ago(row.ends_at))),
                rx.cond(row.limits != "", rx.el.span(row.limits)),
                class_name="list-note",
            ),
            class_name="list-main",
        ),
        rx.cond(over, rx.fragment(), rx.el.div(_acts(row), class_name="list-actions")),
        key=row.id,
        class_name="list-item",
    )


def _acts(row: TokenRow) -> rx.Component:
    return menu(
        f"More for {row.name}",
        menu_item("refresh", "Rotate…", on_click=AppTokensState.ask_rotate(row.id)),
        menu_item("trash", "Revoke…", danger=True, on_click=AppTokensState.ask_revoke(row.id)),
    )


def _new_dialog() -> rx.Component:
    return modal(
        rx.el.form(
            rx.el.div(
                text_field(
                    "Name",
                    "name",
                    "",
                    _problems,
                    hint="Where it will be used.",
                    required=True,
                    placeholder="Shop front page",
                ),
                rx.el.div(
                    _select(
                        "Channel", "channel", ("production", "Production"), ("staging", "Staging")
                    ),
                    _select(
                        "Valid for",
                        "expiry",
                        ("", "ever"),
                        ("7", "7 days"),
                        ("30", "30 days"),
                        ("90", "90 days"),
                        ("365", "a year"),
                    ),
                    text_field(
                        "Messages a minute",
                        "rate_limit_per_minute",
                        "",
                        _problems,
                        hint="Of everybody; empty: no limit of its own.",
                        input_mode="numeric",
                    ),
                    text_field(
                        "Most money a day (US$)",
                        "daily_budget_usd",
                        "",
                        _problems,
                        hint="Empty: the app's.",
                        input_mode="decimal",
                    ),
                    class_name="app-pair",
                ),
                rx.cond(_problems.contains(""), problem_text(_problems[""])),
                class_name="dialog-body stack",
            ),
            dialog_foot(AppTokensState.close_dialog, "Make token", type="submit"),
            on_submit=AppTokensState.create,
            class_name="dialog-form",
        ),
        open=AppTokensState.dialog == "new",
        title="New token",
        on_close=AppTokensState.close_dialog,
    )


def _select(label: str, name: str, *options: tuple[str, str], value: str = "") -> rx.Component:
    return field(
        label,
        name,
        rx.el.select(
            *[rx.el.option(words, value=option) for option, words in options],
            name=name,
            default_value=value or options[0][0],
            class_name="select",
        ),
        _problems,
    )


def _rotate_dialog() -> rx.Component:
    return modal(
        rx.el.form(
            rx.el.div(
                rx.el.p("A new token is made with the same limits, and shown once."),
                _select(
                    "The old one goes on for",
                    "overlap",
                    ("0", "not a moment"),
                    ("1", "an hour"),
                    ("24", "a day"),
                    ("168", "a week"),
                    value="24",
                ),
                rx.cond(_problems.contains(""), problem_text(_problems[""])),
                class_name="dialog-body stack",
            ),
            dialog_foot(AppTokensState.close_dialog, "Rotate", type="submit"),
            on_submit=AppTokensState.rotate,
        ),
        open=AppTokensState.dialog == "rotate",
        title=f"Rotate “{AppTokensState.chosen.name}”?",
        on_close=AppTokensState.close_dialog,
    )


def _revoke_dialog() -> rx.Component:
    return confirm_dialog(
        rx.el.p(
            "Pages and programs that use ",
            rx.el.code(AppTokensState.chosen.shown, class_name="mono"),
            " are refused from now on, and answers that are being made for them end. It cannot be undone.",
        ),
        is_open=AppTokensState.dialog == "revoke",
        title=f"Revoke “{AppTokensState.chosen.name}”?",
        label="Revoke",
        on_confirm=AppTokensState.revoke,
        on_close=AppTokensState.close_dialog,
    )
