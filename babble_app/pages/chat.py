"""The chat with its canvas and its test pane: where an agent is described, written, tried and changed."""

from __future__ import annotations

import reflex as rx

from babble_app.components.app_shell import app_shell
from babble_app.components.canvas_pane import canvas_pane
from babble_app.components.chat_pane import chat_pane
from babble_app.components.icons import icon
from babble_app.components.parts import empty
from babble_app.components.test_pane import test_pane
from babble_app.components.workbench import workbench
from babble_app.states.canvas import CanvasState
from babble_app.states.chat import ChatState
from babble_app.states.history import HistoryState
from babble_app.states.live import LiveState
from babble_app.states.panes import PanesState
from babble_app.states.version_dialogs import CLOSE_VERSION_DIALOGS


@rx.page(
    route="/chat/[chat_id]",
    title="Chat · Babble",
    on_load=[ChatState.load, *CLOSE_VERSION_DIALOGS],
)
@app_shell
def chat() -> rx.Component:
    """Show the chat that the address names."""
    return rx.el.div(
        rx.cond(ChatState.status == "missing", _missing(), _bench()),
        on_unmount=LiveState.detach,
        class_name="page page--flush",
    )


def _bench() -> rx.Component:
    return workbench(
        _head(),
        chat_pane(),
        canvas_pane(),
        test_pane(),
        has_canvas=(CanvasState.agent != "") | LiveState.writing,
        writing=LiveState.writing,
        reveal=PanesState.reveal,
        chat_key=ChatState.shown_id,
        on_return=ChatState.catch_up,
    )


def _head() -> rx.Component:
    return rx.el.div(
        rx.el.input(
            default_value=HistoryState.title,
            key=ChatState.shown_id + HistoryState.title,
            placeholder="New chat",
            aria_label="Title of the chat",
            on_blur=ChatState.rename,
            class_name="chat-title",
        ),
        rx.cond(
            CanvasState.agent != "",
            rx.el.a(
                icon("agent", 16),
                rx.el.span(CanvasState.agent_name, class_name="truncate"),
                href=f"/agent/{CanvasState.agent}/versions",
                title="All versions of this agent",
                class_name="chat-agent",
            ),
        ),
        class_name="chat-head",
    )


def _missing() -> rx.Component:
    return rx.el.div(
        empty(
            "This chat does not exist",
            rx.el.p("It was deleted, or the address belongs to somebody else's chat."),
            rx.el.a("Go to your workspaces", href="/", class_name="button button--primary"),
        ),
        class_name="page",
    )
