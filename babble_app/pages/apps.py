"""Apps: where a person's agents meet visitors; the list, and the dialog in which one is made."""

from __future__ import annotations

import reflex as rx

from babble_app.components.app_shell import app_shell
from babble_app.components.dialogs import dialog_foot, modal
from babble_app.components.icons import icon
from babble_app.components.parts import empty, how_many, problem_text, skeleton_list, time_ago
from babble_app.states.app_views import AgentChoice, AppRow
from babble_app.states.apps import AppsState


@rx.page(route="/apps", title="Apps · Babble", on_load=AppsState.load)
@app_shell
def apps() -> rx.Component:
    """List them, and make one."""
    return rx.el.div(
        rx.el.div(
            rx.el.div(
                rx.el.h1("Apps", class_name="page-title"),
                rx.el.p(
                    "An app lets visitors of a page, or a program, talk to one of your agents.",
                    class_name="page-note",
                ),
            ),
            rx.cond(how_many(AppsState.rows) > 0, _new_button()),
            class_name="page-head",
        ),
        rx.cond(
            AppsState.loaded,
            rx.cond(
                how_many(AppsState.rows) > 0,
                rx.el.ul(rx.foreach(AppsState.rows, _row), class_name="list"),
                _empty(),
            ),
            skeleton_list(),
        ),
        _new_dialog(),
        class_name="page",
    )


def _new_button() -> rx.Component:
    return rx.el.button(
        icon("plus"),
        "New app",
        type="button",
        on_click=AppsState.open_new,
        class_name="button button--primary",
    )


def _row(row: AppRow) -> rx.Component:
    return rx.el.li(
        icon("globe"),
        rx.el.a(
            rx.el.span(
                row.name,
                " ",
                rx.cond(
                    row.paused,
                    rx.el.span("paused", class_name="badge badge--warn"),
                    rx.cond(
                        row.closed,
                        rx.el.span("no token yet", class_name="badge"),
                        rx.el.span("open", class_name="badge badge--good"),
                    ),
                ),
                class_name="list-title",
            ),
            rx.el.span(
                rx.el.span(row.what),
                rx.cond(
                    row.seen_at != "",
                    rx.fragment(
                        rx.el.span("last seen ", time_ago(row.seen_at)), rx.el.span(row.today)
                    ),
                    rx.el.span("nobody has been there yet"),
                ),
                class_name="list-note",
            ),
            href=f"/apps/{row.id}",
            class_name="list-main",
        ),
        key=row.id,
        class_name="list-item app-row",
    )


def _empty() -> rx.Component:
    return empty(
        "Put an agent where people need it",
        rx.el.p(
            "An app is an agent with a look, allowed pages, limits and a money cap. You paste one tag into a web page, or ask it"
            " from a program; a new version goes live when you say so, and one click takes it back."
        ),
        rx.el.p("You need no agent yet: the plain assistant will do for a start."),
        _new_button(),
    )


def _new_dialog() -> rx.Component:
    return modal(
        rx.el.form(
            rx.el.div(
                rx.el.label(
                    rx.el.span("Who answers", class_name="field-label"),
                    rx.el.select(
                        rx.foreach(AppsState.choices, _choice),
                        rx.el.option("The plain assistant, without an agent", value=""),
                        value=AppsState.agent,
                        on_change=AppsState.pick_agent,
                        class_name="select",
                    ),
                    rx.cond(
                        AppsState.agent != "",
                        rx.el.span(
                            "Its live version; if none is live yet, the newest goes live now.",
                            class_name="field-hint",
                        ),
                    ),
                    class_name="field",
                ),
                rx.el.label(
                    rx.el.span("Name", class_name="field-label"),
                    rx.el.input(
                        name="name",
                        default_value=AppsState.name,
                        key=AppsState.agent,
                        required=True,
                        auto_complete="off",
                        placeholder="Shop assistant",
                        class_name="input",
                    ),
                    class_name="field",
                ),
                rx.el.label(
                    rx.el.span("Page that may embed it (optional)", class_name="field-label"),
                    rx.el.input(
                        name="origin",
                        auto_complete="off",
                        input_mode="url",
                        placeholder="https://shop.example",
                        class_name="input",
                    ),
                    class_name="field",
                ),
                problem_text(AppsState.problem),
                class_name="dialog-body stack",
            ),
            dialog_foot(AppsState.close_new, "Make app", type="submit"),
            on_submit=AppsState.create,
            class_name="dialog-form",
        ),
        open=AppsState.making,
        title="New app",
        on_close=AppsState.close_new,
    )


def _choice(choice: AgentChoice) -> rx.Component:
    return rx.el.option(f"{choice.name} ({choice.place})", value=choice.id, key=choice.id)
