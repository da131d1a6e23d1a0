"""The test pane: talk to the program on screen, see what it does line by line, and keep what was said as a test."""

from __future__ import annotations

from typing import Any

import reflex as rx

from babble_app.components.answer_dialog import answer_dialog
from babble_app.components.composer import composer
from babble_app.components.icons import icon
from babble_app.components.keep_dialog import keep_dialog
from babble_app.components.mock_list import mock_list
from babble_app.components.tab_list import tab, tab_list
from babble_app.components.test_conversation import test_conversation
from babble_app.components.test_inside import test_inside
from babble_app.components.trace_list import line_link, trace_list
from babble_app.states.canvas import CanvasState
from babble_app.states.keeping import KeepState
from babble_app.states.testing import TestState

VIEWS = (("talk", "Talk"), ("trace", "Trace"), ("inside", "Inside"), ("mocks", "Mocks"))


def test_pane() -> rx.Component:
    """Show the test conversation of the agent on the canvas, or the button that begins one."""
    return rx.el.div(
        _head(),
        _notices(),
        rx.match(
            TestState.view,
            ("mocks", mock_list()),
            rx.cond(_running(), _view(), _invitation()),
        ),
        answer_dialog(),
        keep_dialog(),
        class_name="test",
    )


test_pane.__test__ = False  # pyright: ignore[reportFunctionMemberAccess]  # no test


def _running() -> Any:
    """Whether there is a conversation with this agent."""
    return (TestState.session != "") & (TestState.agent == CanvasState.agent)


def _view() -> rx.Component:
    return rx.fragment(
        rx.match(
            TestState.view,
            ("trace", trace_list()),
            ("inside", test_inside()),
            test_conversation(),
        ),
        rx.cond(TestState.busy | (TestState.status == "waiting"), rx.fragment(), _ended()),
        rx.cond(TestState.can_talk, _box()),
    )


def _head() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.el.h2("Test", class_name="visually-hidden"),
            rx.cond(_running(), _which()),
            class_name="test-which",
        ),
        rx.cond(_running(), _acts()),
        tab_list(
            *[_tab(name, title) for name, title in VIEWS],
            label="What of the test is shown",
            class_name="tabs test-tabs",
        ),
        class_name="test-head",
    )


def _which() -> rx.Component:
    """Say what runs, and where it stands."""
    return rx.fragment(
        rx.el.span(TestState.label, class_name="badge badge--accent"),
        rx.cond(
            TestState.text_key != CanvasState.text_key,
            rx.el.span("not the text on screen", class_name="badge badge--warn"),
            rx.cond(TestState.line > 0, line_link(TestState.line)),
        ),
    )


def _acts() -> rx.Component:
    return rx.el.div(
        rx.el.button(
            icon("check", 16),
            "Keep as test",
            type="button",
            on_click=KeepState.ask,
            disabled=TestState.busy,
            title="Make a test of this conversation, which every new version must pass",
            class_name="button button--quiet button--small",
        ),
        rx.cond(
            TestState.text_key != CanvasState.text_key,
            rx.el.button(
                icon("refresh", 16),
                "Replay",
                type="button",
                on_click=TestState.replay,
                disabled=TestState.busy,
                title="Say the same things to the text on screen",
                class_name="button button--quiet button--small",
            ),
        ),
        rx.el.button(
            icon("undo", 16),
            "Reset",
            type="button",
            on_click=TestState.start,
            disabled=TestState.busy,
            title="Begin anew with the text on screen",
            class_name="button button--quiet button--small",
        ),
        class_name="row test-acts",
    )


def _tab(name: str, title: str) -> rx.Component:
    return tab(title, selected=TestState.view == name, on_click=TestState.pick_view(name))


def _notices() -> rx.Component:
    """Say what could not be done, with the way out of it, and what became of a replay."""
    return rx.fragment(
        rx.cond(
            TestState.problem != "",
            rx.el.div(
                icon("warning"),
                rx.el.div(
                    rx.el.p(TestState.problem),
                    rx.cond(TestState.problem_line > 0, line_link(TestState.problem_line)),
                    class_name="grow stack stack--tight",
                ),
                rx.cond(
                    TestState.failed == "",
                    rx.cond(
                        TestState.session == "",
                        rx.el.button(
                            "Retry",
                            type="button",
                            on_click=TestState.start,
                            class_name="button button--small",
                        ),
                        _dismiss(),
                    ),
                ),
                role="alert",
                class_name="notice notice--bad canvas-notice",
            ),
        ),
        rx.cond(
            TestState.note != "",
            rx.el.div(
                icon("info"),
                rx.el.p(TestState.note, class_name="grow"),
                _dismiss(),
                role="status",
                class_name="notice canvas-notice",
            ),
        ),
    )


def _dismiss() -> rx.Component:
    return rx.el.button(
        icon("x", 16),
        type="button",
        aria_label="Dismiss",
        on_click=TestState.dismiss_note,
        class_name="button button--quiet button--icon button--small",
    )


def _invitation() -> rx.Component:
    return rx.el.div(
        rx.el.p(
            rx.cond(
                CanvasState.dirty,
                "Talk to the program as it stands in the editor, unsaved edits included.",
                "Talk to the version on screen.",
            ),
            " Network calls and actions are answered by mocks: only the model is asked.",
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


def _box() -> rx.Component:
    return composer(
        draft_key="test",
        disabled_reason=rx.cond(TestState.busy, "The agent is at work", ""),
        returned=TestState.returned,
        placeholder="Say something to the agent",
        on_send=TestState.send,
    )


def _ended() -> rx.Component:
    return rx.el.div(
        rx.el.span(TestState.status_words, role="status"),
        rx.el.button(
            icon("undo", 16),
            "Start again",
            type="button",
            on_click=TestState.start,
            disabled=TestState.busy,
            class_name="button button--small",
        ),
        class_name="test-ended",
    )
