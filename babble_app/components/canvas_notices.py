"""What the canvas has to tell: refusals, conflicts, and versions that came while there were unsaved edits."""

from __future__ import annotations

from typing import Any

import reflex as rx

from babble_app.components.icons import icon
from babble_app.states.canvas import CanvasState
from babble_app.states.live import LiveState
from babble_app.states.merging import MergeState
from babble_app.states.versions import VersionsState


def canvas_notices() -> rx.Component:
    """Show refusals, conflicts and news above the tabs' content."""
    return rx.fragment(
        rx.cond(
            VersionsState.problem != "",
            rx.el.div(
                icon("warning"),
                rx.el.p(VersionsState.problem, class_name="grow"),
                _dismiss(VersionsState.dismiss_problem),
                role="alert",
                class_name="notice notice--bad canvas-notice",
            ),
        ),
        rx.cond(
            CanvasState.problem != "",
            rx.el.div(
                icon("warning"),
                rx.el.p(CanvasState.problem, class_name="grow"),
                _dismiss(CanvasState.dismiss_problem),
                role="alert",
                class_name="notice notice--bad canvas-notice",
            ),
        ),
        rx.cond(
            (MergeState.problem != "") & ~_merging(),
            rx.el.div(
                icon("warning"),
                rx.el.p(MergeState.problem, class_name="grow"),
                _dismiss(MergeState.dismiss_problem),
                role="alert",
                class_name="notice notice--bad canvas-notice",
            ),
        ),
        rx.cond(
            (CanvasState.newer > 0) & ~_merging(),
            rx.el.div(
                icon("info"),
                rx.el.p(
                    "Version ",
                    CanvasState.newer,
                    " was saved meanwhile. Your unsaved edits are based on version ",
                    CanvasState.number,
                    ". Saving them brings the two together.",
                    class_name="grow",
                ),
                rx.el.button(
                    "Drop my edits and show it",
                    type="button",
                    on_click=CanvasState.discard,
                    class_name="button button--small",
                ),
                role="status",
                class_name="notice notice--warn canvas-notice",
            ),
        ),
        rx.cond(
            CanvasState.dropped,
            rx.el.div(
                icon("info"),
                rx.el.p("Your edits were discarded.", class_name="grow"),
                rx.el.button(
                    "Take them back",
                    type="button",
                    on_click=CanvasState.take_edits_back,
                    class_name="button button--small",
                ),
                _dismiss(CanvasState.dismiss_dropped),
                role="status",
                class_name="notice canvas-notice",
            ),
        ),
        rx.cond(
            LiveState.writing & CanvasState.dirty,
            rx.el.div(
                rx.el.span(class_name="dot dot--live"),
                "The builder is writing; your unsaved edits stay on screen.",
                role="status",
                class_name="notice notice--warn canvas-notice",
            ),
        ),
    )


def _merging() -> Any:
    return MergeState.open


def _dismiss(event: Any) -> rx.Component:
    return rx.el.button(
        icon("x", 16),
        type="button",
        aria_label="Dismiss",
        on_click=event,
        class_name="button button--quiet button--icon button--small",
    )
