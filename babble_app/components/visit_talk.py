"""The open conversation with a visitor, and what its owner can do about it."""

from __future__ import annotations

from typing import Any

import reflex as rx

from babble_app.components.composer import composer
from babble_app.components.dialogs import confirm_dialog, name_dialog
from babble_app.components.follow_end import follow_end
from babble_app.components.icons import icon
from babble_app.components.markdown import markdown
from babble_app.components.parts import empty, menu, menu_item, time_ago
from babble_app.components.visit_list import visit_marks
from babble_app.states.visit import VisitState
from babble_app.states.visit_views import VisitLine, VisitSource
from babble_app.states.visits import VisitsState


def visit_talk() -> rx.Component:
    """Show the conversation, or what to do to see one."""
    return rx.el.section(
        rx.cond(
            VisitState.visit.id != "",
            rx.fragment(_head(), _lines(), _foot()),
            rx.el.div(
                rx.cond(
                    VisitState.missing,
                    empty("This conversation is gone", rx.el.p("It was erased.")),
                    rx.el.p("Choose a conversation to read it.", class_name="muted"),
                ),
                class_name="visit-none",
            ),
        ),
        *_dialogs(),
        aria_label="Conversation",
        class_name="visit",
    )


def _head() -> rx.Component:
    visit = VisitState.visit
    return rx.el.header(
        rx.el.a(
            icon("arrow-left"),
            href=f"/apps/{VisitsState.app}/conversations",
            aria_label="All conversations",
            class_name="button button--quiet button--icon visit-back",
        ),
        rx.el.div(
            rx.el.h2(visit.who, class_name="visit-who truncate"),
            rx.el.p(visit.facts, class_name="visit-facts"),
            class_name="grow visit-about",
        ),
        rx.el.div(*visit_marks(visit), class_name="visits-marks"),
        rx.el.div(
            rx.cond(
                visit.human != "",
                rx.el.button(
                    icon("undo", 16),
                    "Hand back",
                    type="button",
                    on_click=VisitState.hand_back,
                    title="Let the agent answer again",
                    class_name="button button--small",
                ),
                rx.el.button(
                    icon("user", 16),
                    "Take over",
                    type="button",
                    on_click=VisitState.take_over,
                    title="Answer in the place of the agent; the visitor sees your name",
                    class_name="button button--primary button--small",
                ),
            ),
            menu(
                "More for this conversation",
                rx.cond(
                    VisitsState.has_agent,
                    menu_item("check", "Keep as test…", on_click=VisitState.open_dialog("keep")),
                ),
                menu_item("trash", "Erase…", danger=True, on_click=VisitState.open_dialog("erase")),
            ),
            class_name="row visit-acts",
        ),
        class_name="visit-head",
    )


def _lines() -> rx.Component:
    return follow_end(
        rx.cond(
            VisitState.has_earlier,
            rx.el.button(
                "Show earlier messages",
                type="button",
                on_click=VisitState.show_earlier,
                class_name="button button--quiet button--small visit-earlier",
            ),
        ),
        rx.foreach(VisitState.lines, _line),
        rx.cond(
            VisitState.visit.answering,
            rx.el.p(
                rx.el.span(class_name="dot dot--live"),
                "The agent is answering",
                role="status",
                class_name="doing",
            ),
        ),
        follow_key=VisitState.visit.id,
        label="What was said",
    )


def _line(line: VisitLine) -> rx.Component:
    return rx.el.article(
        rx.el.p(
            rx.cond(line.by == "person", icon("user", 14)),
            rx.el.span(line.name),
            time_ago(line.at),
            class_name="visit-by",
        ),
        rx.cond(
            line.text != "",
            rx.cond(
                line.by == "agent",
                rx.el.div(markdown(source=line.text), class_name="visit-text md"),
                rx.el.p(line.text, class_name="visit-text"),
            ),
        ),
        rx.cond(
            line.problem != "",
            rx.el.p(icon("warning", 14), line.problem, class_name="visit-problem"),
        ),
        rx.foreach(line.tools, _tool),
        rx.cond(
            line.sources, rx.el.ol(rx.foreach(line.sources, _source), class_name="visit-sources")
        ),
        rx.cond(
            line.rating != "",
            rx.el.p(
                rx.cond(line.rating == "up", icon("thumb-up", 14), icon("thumb-down", 14)),
                rx.cond(line.rating == "up", "Rated up", "Rated down"),
                rx.cond(line.comment != "", rx.el.span(f"“{line.comment}”")),
                class_name=rx.cond(
                    line.rating == "up", "visit-rating is-up", "visit-rating is-down"
                ),
            ),
        ),
        class_name=f"visit-line is-{line.by}",
        key=line.id,
    )


def _tool(words: Any) -> rx.Component:
    return rx.el.p(icon("code", 14), words, class_name="visit-tool")


def _source(source: VisitSource) -> rx.Component:
    return rx.el.li(
        rx.el.span(f"[{source.number}] ", class_name="mono"),
        rx.cond(
            source.url != "",
            rx.el.a(source.place, href=source.url, rel="noopener noreferrer", class_name="link"),
            source.place,
        ),
        rx.cond(source.quote != "", rx.el.q(source.quote, class_name="faint")),
    )


def _foot() -> rx.Component:
    """The box to answer in, or why there is none."""
    visit = VisitState.visit
    return rx.cond(
        visit.human != "",
        composer(
            draft_key=f"visit.{visit.id}",
            returned=VisitState.returned,
            placeholder=f"Answer {visit.who} as {visit.human}",
            on_send=VisitState.say,
        ),
        rx.el.p(
            rx.cond(
                visit.asked,
                "The agent has asked for a person. Take over to answer, or hand back to let it begin anew.",
                rx.cond(
                    visit.ended != "",
                    visit.ended,
                    "The agent answers here. Take over to answer yourself.",
                ),
            ),
            rx.cond(
                visit.asked,
                rx.el.button(
                    "Hand back",
                    type="button",
                    on_click=VisitState.hand_back,
                    class_name="button button--small",
                ),
            ),
            class_name="visit-note",
        ),
    )


def _dialogs() -> list[rx.Component]:
    return [
        name_dialog(
            rx.el.p(
                "What the visitor said, what the model answered and what came of it is kept with the agent, even when the"
                " conversation is erased. The test runs by itself on every new version.",
                class_name="field-hint",
            ),
            is_open=VisitState.dialog == "keep",
            title="Keep as test",
            field_label="Name",
            label="Keep as test",
            value=VisitState.suggestion,
            problem=VisitState.problem,
            on_submit=VisitState.keep_test,
            on_close=VisitState.close_dialog,
        ),
        confirm_dialog(
            rx.el.p(
                "This erases all that was said in it, for the visitor too. It cannot be undone."
            ),
            is_open=VisitState.dialog == "erase",
            title=f"Erase the conversation with {VisitState.visit.who}?",
            label="Erase",
            on_confirm=VisitState.erase,
            on_close=VisitState.close_dialog,
        ),
    ]
