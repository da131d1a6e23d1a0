"""Which pages may embed the app: a field to check and to allow, what is allowed, and what was refused."""

from __future__ import annotations

import reflex as rx

from babble_app.components.icons import icon
from babble_app.components.parts import (
    how_many,
    notice,
    problem_text,
    settings_section,
    skeleton_list,
    time_ago,
)
from babble_app.states.app_origins import OriginRow, OriginsState


def origins_section() -> rx.Component:
    """Return the section."""
    return settings_section(
        "Pages that may embed it",
        "Browsers of all other pages are refused. Programs with a token are not asked where they are.",
        _form(),
        problem_text(OriginsState.problem),
        rx.cond(OriginsState.check.standing != "", _check()),
        rx.cond(
            OriginsState.loaded,
            rx.cond(
                how_many(OriginsState.allowed) > 0,
                rx.el.ul(
                    rx.foreach(OriginsState.allowed, _allowed),
                    aria_label="Allowed pages",
                    class_name="list",
                ),
                rx.el.p(
                    "None yet: no page can show the widget. Allow the address where it shall stand.",
                    class_name="muted",
                ),
            ),
            skeleton_list(1),
        ),
        rx.cond(how_many(OriginsState.refused) > 0, _refused_list()),
    )


def _form() -> rx.Component:
    return rx.el.form(
        rx.el.label(
            rx.el.span("Address of the page", class_name="field-label"),
            rx.el.div(
                rx.el.input(
                    name="origin",
                    key=OriginsState.shown,
                    on_change=OriginsState.write_origin,
                    auto_complete="off",
                    input_mode="url",
                    max_length=1000,
                    placeholder="https://shop.example",
                    aria_invalid=OriginsState.problem != "",
                    class_name="input grow",
                ),
                rx.el.button(
                    "Check",
                    type="button",
                    on_click=OriginsState.check_origin,
                    class_name="button",
                ),
                rx.el.button("Allow", type="submit", class_name="button button--primary"),
                class_name="row app-origin-field",
            ),
            class_name="field",
        ),
        on_submit=OriginsState.allow,
    )


def _check() -> rx.Component:
    check = OriginsState.check
    return rx.el.div(
        rx.match(
            check.standing,
            (
                "allowed",
                notice(
                    "good", rx.el.p(rx.el.strong(check.origin), " is allowed. "), _seen(check.row)
                ),
            ),
            (
                "refused",
                notice(
                    "warn",
                    rx.el.p(
                        rx.el.strong(check.origin),
                        " was refused ",
                        time_ago(check.row.seen_at),
                        ". ",
                        _allow_button(check.origin),
                    ),
                ),
            ),
            notice(
                "info",
                rx.el.p(rx.el.strong(check.origin), " is not allowed yet. "),
                _seen(check.row),
                rx.el.p(_allow_button(check.origin)),
            ),
        ),
        rx.cond(check.note != "", rx.el.p(check.note, class_name="field-hint")),
        _plain_warning(check.row),
        role="status",
        class_name="stack stack--tight",
    )


def _seen(row: OriginRow) -> rx.Component:
    return rx.cond(
        row.seen_at != "",
        rx.el.p("The widget was loaded from there ", time_ago(row.seen_at), " (", row.loads, ")."),
        rx.el.p("The widget has not been loaded from there yet."),
    )


def _allow_button(origin: str) -> rx.Component:
    return rx.el.button(
        "Allow it",
        type="button",
        on_click=OriginsState.allow_seen(origin),
        aria_label=f"Allow {origin}",
        class_name="button button--small",
    )


def _plain_warning(row: OriginRow) -> rx.Component:
    return rx.cond(
        row.plain,
        rx.el.p(
            "Without https, others on the way can read what visitors write.",
            class_name="app-warning",
        ),
    )


def _allowed(row: OriginRow) -> rx.Component:
    return rx.el.li(
        icon("globe"),
        rx.el.div(
            rx.el.span(row.origin, class_name="list-title"),
            rx.el.span(
                rx.cond(
                    row.seen_at != "",
                    rx.el.span("loaded ", time_ago(row.seen_at), ", ", row.loads),
                    rx.el.span("not seen yet"),
                ),
                class_name="list-note",
            ),
            _plain_warning(row),
            class_name="list-main",
        ),
        rx.el.div(
            rx.el.button(
                "Take out",
                rx.el.span(" ", row.origin, class_name="visually-hidden"),
                type="button",
                on_click=OriginsState.forbid(row.origin),
                class_name="button button--quiet button--small",
            ),
            class_name="list-actions",
        ),
        key=row.origin,
        class_name="list-item",
    )


def _refused_list() -> rx.Component:
    return rx.fragment(
        rx.el.h3("Refused so far", class_name="app-subtitle"),
        rx.el.ul(
            rx.foreach(OriginsState.refused, _refused),
            aria_label="Refused pages",
            class_name="list",
        ),
    )


def _refused(row: OriginRow) -> rx.Component:
    return rx.el.li(
        icon("lock"),
        rx.el.div(
            rx.el.span(row.origin, class_name="list-title"),
            rx.el.span(
                rx.el.span("refused ", time_ago(row.seen_at), ", ", row.loads),
                class_name="list-note",
            ),
            class_name="list-main",
        ),
        rx.el.div(_allow_button(row.origin), class_name="list-actions"),
        key=row.origin,
        class_name="list-item",
    )
