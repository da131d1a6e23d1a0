"""The test conversation: what was said, which exits were taken, and the way back to any message."""

from __future__ import annotations

from typing import Any

import reflex as rx

from babble_app.components.follow_end import follow_end
from babble_app.components.icons import icon
from babble_app.components.markdown import markdown
from babble_app.components.trace_list import line_link
from babble_app.states.testing import TestState
from babble_app.states.testing_views import TestLine


def test_conversation() -> rx.Component:
    """Show the conversation; it follows its end."""
    return follow_end(
        rx.foreach(TestState.lines, _line),
        rx.cond(
            TestState.pending != "",
            rx.el.p(TestState.pending, class_name="test-line is-user"),
        ),
        rx.cond(TestState.failed != "", _unsent()),
        rx.cond(
            TestState.busy,
            rx.el.p(
                rx.el.span(class_name="dot dot--live"),
                "The agent is at work",
                role="status",
                class_name="doing",
            ),
        ),
        follow_key=TestState.session,
        label="Test conversation",
    )


def _unsent() -> rx.Component:
    """Show a message that got no answer, and what can be done with it."""
    return rx.el.div(
        rx.el.p(TestState.failed, class_name="test-line is-user is-unsent"),
        rx.el.div(
            rx.el.span("Not answered", class_name="faint"),
            rx.el.button(
                icon("refresh", 16),
                "Retry",
                type="button",
                on_click=TestState.send_again,
                disabled=TestState.busy,
                class_name="button button--small",
            ),
            rx.el.button(
                "Change it",
                type="button",
                on_click=TestState.take_back,
                class_name="button button--quiet button--small",
            ),
            class_name="row",
        ),
        class_name="test-unsent",
    )


def _line(line: TestLine) -> Any:
    return rx.match(
        line.kind,
        (
            "user",
            rx.el.div(
                _go_on(line),
                rx.el.p(line.text, class_name="test-line is-user"),
                class_name="test-row is-user",
            ),
        ),
        (
            "exit",
            rx.el.p(
                icon("chevron-right", 14),
                rx.el.span("Exit: ", line.text),
                rx.cond(line.line > 0, line_link(line.line)),
                class_name="test-line is-exit",
            ),
        ),
        (
            "error",
            rx.el.p(
                icon("warning", 16),
                rx.el.span(line.text),
                rx.cond(line.line > 0, line_link(line.line)),
                role="alert",
                class_name="test-line is-error",
            ),
        ),
        rx.el.div(
            rx.el.div(markdown(source=line.text), class_name="test-line is-agent md"),
            _go_on(line),
            class_name="test-row",
        ),
    )


def _go_on(line: TestLine) -> rx.Component:
    """Offer to say something else here, or to have another answer."""
    words = rx.cond(line.kind == "user", "Say something else here", "Ask the model again here")
    return rx.cond(
        line.step >= 0,
        rx.el.button(
            icon("undo", 14),
            type="button",
            aria_label=words,
            title=words,
            on_click=TestState.ask_again(line.step),
            disabled=TestState.busy,
            class_name="button button--quiet button--icon button--small test-again",
        ),
    )


test_conversation.__test__ = False  # pyright: ignore[reportFunctionMemberAccess]  # no test
