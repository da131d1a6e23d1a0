"""Which version is live: the bar that says it, and the questions before that changes."""

from __future__ import annotations

from typing import Any

import reflex as rx

from babble_app.components.dialogs import dialog_foot, modal
from babble_app.components.icons import icon
from babble_app.components.parts import problem_text, time_ago
from babble_app.states.publishing import PublicationRow, PublishState
from babble_app.states.versions import VersionsState


def publish_bar(*, tests_link: Any = None) -> rx.Component:
    """Show what is live; `tests_link` leads to the tests that hold a version back."""
    gate: Any = PublishState.gate
    return rx.el.div(
        rx.el.div(
            rx.cond(
                VersionsState.live_number > 0,
                rx.el.span(
                    "Version ",
                    VersionsState.live_number,
                    " is live",
                    class_name="badge badge--good",
                ),
                rx.el.span("Nothing is live yet", class_name="badge"),
            ),
            rx.cond(
                VersionsState.live_number != VersionsState.head_number,
                rx.el.button(
                    icon("upload", 16),
                    "Publish version ",
                    VersionsState.head_number,
                    type="button",
                    on_click=PublishState.ask_publish(
                        VersionsState.head_id, VersionsState.head_number
                    ),
                    class_name="button button--small",
                ),
            ),
            rx.cond(
                VersionsState.live_number > 0,
                rx.fragment(
                    rx.el.button(
                        icon("undo", 16),
                        "Roll back",
                        type="button",
                        on_click=PublishState.ask_roll_back,
                        class_name="button button--quiet button--small",
                    ),
                    rx.el.button(
                        icon("clock", 16),
                        "What was live",
                        type="button",
                        on_click=PublishState.show_publications,
                        class_name="button button--quiet button--small",
                    ),
                ),
            ),
            rx.el.a(
                icon("globe", 16),
                "Put it into a web page",
                href=f"/apps/?agent={VersionsState.agent}",
                class_name="button button--quiet button--small",
            ),
            class_name="row row--wrap",
        ),
        rx.el.label(
            rx.el.input(
                type="checkbox",
                checked=VersionsState.gated,
                on_change=gate,
            ),
            rx.el.span("Only versions that pass the chosen tests may go live"),
            class_name="check publish-gate",
        ),
        _dialogs(tests_link),
        class_name="publish-bar",
    )


def _dialogs(tests_link: Any) -> rx.Component:
    return rx.fragment(
        modal(
            rx.el.div(
                rx.el.p(
                    "Apps that use the live version answer with version ",
                    PublishState.number,
                    " from their next conversation on. You can roll back at any time.",
                ),
                _refusal(tests_link),
                class_name="dialog-body stack stack--tight",
            ),
            dialog_foot(
                PublishState.close,
                "Publish",
                type="button",
                disabled=PublishState.busy,
                on_click=PublishState.publish,
            ),
            open=PublishState.dialog == "publish",
            title=rx.Var.create(f"Publish version {PublishState.number}?"),
            on_close=PublishState.close,
        ),
        modal(
            rx.el.div(
                rx.el.p(
                    "The version that was live before version ",
                    VersionsState.live_number,
                    " goes live again. Your newest version stays what it is.",
                ),
                _refusal(tests_link),
                class_name="dialog-body stack stack--tight",
            ),
            dialog_foot(
                PublishState.close,
                "Roll back",
                type="button",
                disabled=PublishState.busy,
                on_click=PublishState.roll_back,
            ),
            open=PublishState.dialog == "roll-back",
            title="Roll back?",
            on_close=PublishState.close,
        ),
        modal(
            rx.el.div(
                rx.el.ol(
                    rx.foreach(PublishState.rows, _publication),
                    class_name="publications",
                    aria_label="What was live",
                ),
                class_name="dialog-body",
            ),
            rx.el.div(
                rx.el.button(
                    "Close", type="button", on_click=PublishState.close, class_name="button"
                ),
                class_name="dialog-foot",
            ),
            open=PublishState.dialog == "history",
            title="What was live",
            on_close=PublishState.close,
        ),
    )


def _refusal(tests_link: Any) -> rx.Component:
    return rx.fragment(
        problem_text(PublishState.problem),
        rx.cond(PublishState.blocked, tests_link) if tests_link is not None else rx.fragment(),
    )


def _publication(row: PublicationRow) -> rx.Component:
    return rx.el.li(
        rx.el.span(row.words, class_name="grow"),
        rx.el.span(row.author, " ", time_ago(row.at), class_name="list-note"),
        class_name="publication",
        key=row.id,
    )
