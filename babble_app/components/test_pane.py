"""The test pane: talk to the program on screen, and see what it does line by line."""

from __future__ import annotations

from typing import Any

import reflex as rx

from babble_app.components.composer import composer
from babble_app.components.follow_end import follow_end
from babble_app.components.icons import icon
from babble_app.components.markdown import markdown
from babble_app.states.canvas import CanvasState
from babble_app.states.testing import TestLine, TestState, TraceRow


def test_pane() -> rx.Component:
    """Show the test conversation, or the button that begins one."""
    return rx.el.div(
        _head(),
        rx.cond(
            TestState.problem != "",
            rx.el.div(
                icon("warning"),
                rx.el.p(TestState.problem, class_name="grow"),
                role="alert",
                class_name="notice notice--bad canvas-notice",
            ),
        ),
        rx.cond(
            TestState.session != "",
            rx.fragment(
                rx.cond(TestState.trace_open, _trace(), _conversation()),
                rx.cond(TestState.status == "waiting", _box(), _ended()),
            ),
            _invitation(),
        ),
        class_name="test",
    )


test_pane.__test__ = False  # pyright: ignore[reportFunctionMemberAccess]  # no test


def _head() -> rx.Component:
    return rx.el.div(
        rx.el.h2("Test", class_name="test-title"),
        rx.cond(
            TestState.session != "",
            rx.fragment(
                rx.el.span(TestState.label, class_name="badge badge--accent"),
                rx.cond(
                    (TestState.version != CanvasState.version_id) | CanvasState.dirty,
                    rx.cond(
                        TestState.version != "",
                        rx.el.span("not the text on screen", class_name="badge badge--warn"),
                    ),
                ),
                rx.el.span(class_name="grow"),
                rx.cond(
                    TestState.line > 0,
                    rx.el.span("line ", TestState.line, class_name="faint mono nowrap"),
                ),
                rx.el.button(
                    "Trace",
                    type="button",
                    aria_pressed=TestState.trace_open,
                    on_click=TestState.toggle_trace,
                    class_name="button button--quiet button--small",
                ),
                rx.el.button(
                    icon("refresh", 16),
                    "Reset",
                    type="button",
                    on_click=TestState.start,
                    disabled=TestState.busy,
                    title="Begin anew with the text on screen",
                    class_name="button button--quiet button--small",
                ),
            ),
        ),
        class_name="test-head",
    )


def _invitation() -> rx.Component:
    return rx.el.div(
        rx.el.p(
            rx.cond(
                CanvasState.dirty,
                "Talk to the program as it stands in the editor, unsaved edits included.",
                "Talk to the version on screen. Nothing leaves this machine but the calls of the model.",
            ),
            class_name="muted",
        ),
        rx.el.button(
            icon("play", 16),
            rx.cond(TestState.busy, "Starting", "Start the conversation"),
            type="button",
            on_click=TestState.start,
            disabled=TestState.busy | (CanvasState.agent == ""),
            class_name="button button--primary",
        ),
        class_name="test-invitation",
    )


def _conversation() -> rx.Component:
    return follow_end(
        rx.foreach(TestState.lines, _line),
        rx.cond(
            TestState.pending != "",
            rx.el.p(TestState.pending, class_name="test-line is-user"),
        ),
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


def _line(line: TestLine) -> Any:
    return rx.match(
        line.kind,
        ("user", rx.el.p(line.text, class_name="test-line is-user")),
        (
            "exit",
            rx.el.p(
                icon("chevron-right", 14),
                "Exit: ",
                line.text,
                rx.cond(line.line > 0, rx.el.span("line ", line.line, class_name="mono nowrap")),
                class_name="test-line is-exit",
            ),
        ),
        (
            "error",
            rx.el.p(
                icon("warning", 16),
                line.text,
                rx.cond(line.line > 0, rx.el.span("line ", line.line, class_name="mono nowrap")),
                role="alert",
                class_name="test-line is-error",
            ),
        ),
        rx.el.div(markdown(source=line.text), class_name="test-line is-agent md"),
    )


def _trace() -> rx.Component:
    return follow_end(
        rx.el.ol(rx.foreach(TestState.trace, _step), class_name="trace", aria_label="Steps"),
        follow_key=TestState.session,
        label="Trace",
    )


def _step(row: TraceRow) -> rx.Component:
    return rx.el.li(
        rx.el.span(rx.cond(row.line > 0, row.line, ""), class_name="trace-line"),
        rx.el.span(row.kind, class_name="trace-kind"),
        rx.el.div(
            rx.el.span(row.text),
            rx.cond(row.detail != "", rx.el.pre(row.detail, tab_index=0)),
            class_name="trace-text",
        ),
    )


def _box() -> rx.Component:
    return composer(
        draft_key=f"test.{TestState.session}",
        disabled_reason=rx.cond(TestState.busy, "The agent is at work", ""),
        returned=TestState.returned,
        placeholder="Say something to the agent",
        on_send=TestState.send,
    )


def _ended() -> rx.Component:
    return rx.el.div(
        rx.el.span(TestState.status_words, role="status"),
        rx.el.button(
            icon("refresh", 16),
            "Start again",
            type="button",
            on_click=TestState.start,
            disabled=TestState.busy,
            class_name="button button--small",
        ),
        class_name="test-ended",
    )
