"""Questions and answers: the stored ones, the one being written, and what an answer brought along."""

from __future__ import annotations

from typing import Any

import reflex as rx

from babble_app.components.copy_button import copy_button
from babble_app.components.icons import icon
from babble_app.components.markdown import markdown
from babble_app.components.message_files import sources, used
from babble_app.components.parts import notice, time_ago
from babble_app.components.proposal_card import proposal_card
from babble_app.states.canvas import CanvasState
from babble_app.states.chat import ChatState
from babble_app.states.live import LiveState
from babble_app.states.message_views import (
    AttemptView,
    MessageView,
    ToolView,
    VersionView,
)
from babble_app.states.panes import PanesState
from babble_app.states.versions import VersionsState

ENDINGS = {
    "stopped": "You stopped this answer.",
    "interrupted": "This answer was interrupted: the server stopped while it was being written.",
    "failed": "This answer failed.",
}


def message(item: MessageView) -> rx.Component:
    """Show a stored message."""
    return rx.cond(item.role == "user", question(item), _answer(item))


def question(item: MessageView, *marks: rx.Component) -> rx.Component:
    """Show what the person wrote, as they wrote it."""
    return rx.el.article(
        rx.el.p(item.text, class_name="question-text"),
        rx.el.div(
            *marks,
            copy_button(text=item.text),
            time_ago(item.at),
            class_name="message-foot",
        ),
        class_name="message question",
        aria_label="You",
        key=item.id,
    )


def waiting_question(item: MessageView) -> rx.Component:
    """Show a question that waits in line."""
    return question(item, rx.el.span(icon("clock", 14), "Queued", class_name="badge badge--warn"))


def live_answer() -> rx.Component:
    """Show the answer that is being written: finished blocks, and the tail that grows."""
    return rx.el.article(
        _thoughts(LiveState.thoughts, "Thinking aloud"),
        _tools(LiveState.tools),
        _rounds(LiveState.attempts),
        rx.el.div(
            rx.foreach(LiveState.blocks, _block),
            markdown(source=LiveState.tail_base + LiveState.tail),
            class_name="md",
        ),
        rx.foreach(LiveState.versions, _version_card),
        proposal_card(LiveState.proposal),
        sources(LiveState.sources, LiveState.run_id),
        used(LiveState.used),
        rx.cond(
            LiveState.doing != "",
            rx.el.p(
                rx.el.span(class_name="dot dot--live"),
                LiveState.doing,
                class_name="doing",
                role="status",
            ),
        ),
        class_name="message answer is-live",
        aria_label="Babble",
        aria_busy="true",
    )


def _block(text: Any) -> rx.Component:
    return markdown(source=text)


def _answer(item: MessageView) -> rx.Component:
    return rx.el.article(
        rx.cond(item.reasoning != "", _thoughts(item.reasoning, "Reasoning")),
        _tools(item.tools),
        _rounds(item.attempts),
        rx.el.div(
            markdown(source=item.text, sources=item.source_numbers, anchor=item.id),
            class_name="md",
        ),
        rx.foreach(item.versions, _version_card),
        proposal_card(item.proposal),
        sources(item.sources, item.id),
        used(item.used),
        rx.cond(item.status != "done", _ending(item)),
        rx.el.div(
            time_ago(item.at),
            rx.cond(item.repeated != "", _given_again(item)),
            copy_button(text=item.text),
            rx.el.span(item.figures, class_name="mono"),
            rx.cond(item.why != "", _why(item.why)),
            class_name="message-foot",
        ),
        class_name="message answer",
        aria_label="Babble",
        key=item.id,
    )


def _given_again(item: MessageView) -> rx.Component:
    """Say since when the answer is known, and offer one that is made now."""
    return rx.fragment(
        rx.el.span(
            icon("clock", 14),
            rx.el.span(
                item.repeated,
                rx.cond(item.repeated_at != "", rx.fragment(", ", time_ago(item.repeated_at))),
            ),
            class_name="badge",
        ),
        rx.el.button(
            icon("refresh", 14),
            "Ask anew",
            type="button",
            title="Ask the same question again, for an answer that is made now",
            on_click=ChatState.ask_anew(item.run_id),
            class_name="button button--quiet button--small",
        ),
    )


def _why(words: Any) -> rx.Component:
    """Fold away why this model answered: in reach of keys and fingers, not only of a mouse."""
    return rx.el.details(
        rx.el.summary("Why this model"), rx.el.span(words), class_name="message-why"
    )


def _ending(item: MessageView) -> rx.Component:
    """Say why the answer is not whole, and offer to ask again."""
    words = rx.match(
        item.status,
        *((status, text) for status, text in ENDINGS.items()),
        "",
    )
    body = rx.el.div(
        rx.el.p(rx.cond(item.problem != "", item.problem, words)),
        rx.cond(
            item.raw != "",
            _folded(
                "What the model sent last",
                rx.el.pre(item.raw, tab_index=0),
                copy_button(text=item.raw),
            ),
        ),
        rx.el.div(
            rx.cond(item.can_run_again, _retry(item)),
            rx.cond((item.raw != "") & (CanvasState.agent != ""), _edit_by_hand()),
            class_name="row",
        ),
        class_name="stack stack--tight",
    )
    return rx.cond(item.status == "failed", notice("bad", body, role="alert"), notice("warn", body))


def _retry(item: MessageView) -> rx.Component:
    return rx.el.button(
        icon("refresh", 16),
        rx.cond(item.status == "failed", "Retry", "Run again"),
        type="button",
        on_click=ChatState.run_again(item.run_id),
        disabled=LiveState.running,
        class_name="button button--small",
    )


def _edit_by_hand() -> rx.Component:
    """What the model could not write, the person may."""
    return rx.el.button(
        icon("pencil", 16),
        "Edit by hand",
        type="button",
        on_click=PanesState.show_code,
        class_name="button button--small",
    )


def _folded(title: Any, *children: rx.Component, **props: Any) -> rx.Component:
    return rx.el.details(
        rx.el.summary(icon("chevron-right", 14), title), *children, class_name="folded", **props
    )


def _thoughts(text: Any, title: str) -> rx.Component:
    return rx.cond(text != "", _folded(title, rx.el.p(text, class_name="thoughts")))


def _tools(tools: Any) -> rx.Component:
    return rx.foreach(tools, _tool)


def _tool(tool: ToolView) -> rx.Component:
    kind = rx.match(
        tool.state, ("ok", "badge badge--good"), ("failed", "badge badge--bad"), "badge badge--warn"
    )
    title = rx.fragment(
        rx.el.span(tool.name, class_name="mono"), rx.el.span(tool.state, class_name=kind)
    )
    return _folded(
        title,
        rx.el.pre(tool.arguments, tab_index=0),
        rx.cond(tool.summary != "", rx.el.p(tool.summary, class_name="thoughts")),
        key=tool.call_id,
    )


def _rounds(attempts: Any) -> rx.Component:
    """Rounds after the first: what had been wrong."""
    return rx.foreach(attempts, _round)


def _finding(text: Any) -> rx.Component:
    return rx.el.li(text)


def _round(attempt: AttemptView) -> rx.Component:
    return rx.cond(
        attempt.n > 1,
        _folded(
            rx.fragment("Round ", attempt.n, " of ", attempt.of, ": what was wrong"),
            rx.el.ul(rx.foreach(attempt.findings, _finding), class_name="findings"),
            key=attempt.n,
        ),
    )


def _version_card(version: VersionView) -> rx.Component:
    return rx.el.div(
        icon("versions"),
        rx.el.div(
            rx.el.strong(version.title),
            rx.cond(version.summary != "", rx.el.p(version.summary, class_name="muted")),
            _tests(version),
            class_name="grow",
        ),
        rx.el.button(
            icon("diff", 16),
            "See changes",
            type="button",
            on_click=PanesState.show_changes(version.version_id),
            class_name="button button--small",
        ),
        class_name="version-card",
        key=version.version_id,
    )


def _tests(version: VersionView) -> rx.Component:
    """Say how the version's tests ended, with the way to them."""
    words: Any = VersionsState.tests[version.version_id]
    kind = rx.match(
        VersionsState.tests_kinds[version.version_id],
        ("good", "badge badge--good"),
        ("bad", "badge badge--bad"),
        "badge badge--warn",
    )
    return rx.cond(
        words,
        rx.el.button(
            words,
            type="button",
            title="Show the tests",
            on_click=PanesState.show_tests,
            class_name=kind,
        ),
    )
