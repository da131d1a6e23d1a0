"""The canvas: the program in its editor, what changed, and its versions."""

from __future__ import annotations

from typing import Any

import reflex as rx

from babble_app.components.code_editor import code_editor
from babble_app.components.copy_button import copy_button
from babble_app.components.icons import icon
from babble_app.components.version_list import comparison, revert_dialog, version_list
from babble_app.states.canvas import CanvasState
from babble_app.states.live import LiveState
from babble_app.states.testing import TestState
from babble_app.states.versions import VersionsState

TABS = (("code", "Code"), ("changes", "Changes"), ("versions", "Versions"))


def canvas_pane() -> rx.Component:
    """Show the agent on the canvas."""
    return rx.el.div(
        _head(),
        _notices(),
        rx.match(
            _shown_tab(),
            ("changes", comparison()),
            ("versions", rx.el.div(version_list(in_canvas=True), class_name="canvas-scroll")),
            _code(),
        ),
        revert_dialog(CanvasState.revert),
        class_name="canvas",
    )


def _streams() -> Any:
    """Whether the editor shows what the builder writes: not over unsaved edits."""
    edited: Any = CanvasState.dirty
    return LiveState.writing & ~edited


def _shown_tab() -> Any:
    return rx.cond(_streams(), "code", CanvasState.tab)


def _head() -> rx.Component:
    return rx.el.div(
        rx.el.div(*[_tab(name, title) for name, title in TABS], role="tablist", class_name="tabs"),
        rx.el.div(
            rx.cond(
                _streams(),
                rx.el.span(
                    rx.el.span(class_name="dot dot--live"),
                    "Writing",
                    class_name="badge badge--warn",
                ),
                _version_badge(),
            ),
            class_name="row grow canvas-state",
        ),
        rx.cond(CanvasState.dirty, _unsaved_acts(), _saved_acts()),
        class_name="canvas-head",
    )


def _tab(name: str, title: str) -> rx.Component:
    count = (
        rx.cond(
            VersionsState.rows,
            rx.el.span(_length(VersionsState.rows), class_name="section-count"),
        )
        if name == "versions"
        else rx.fragment()
    )
    return rx.el.button(
        title,
        count,
        type="button",
        role="tab",
        aria_selected=_shown_tab() == name,
        on_click=CanvasState.pick_tab(name),
        class_name="tab",
    )


def _length(items: Any) -> Any:
    return items.length()


def _version_badge() -> rx.Component:
    return rx.fragment(
        rx.cond(
            CanvasState.number > 0,
            rx.el.span("v", CanvasState.number, class_name="badge badge--accent mono"),
        ),
        rx.cond(CanvasState.dirty, rx.el.span("Unsaved", class_name="badge badge--warn")),
        rx.cond(
            CanvasState.error_count > 0,
            rx.el.span(
                CanvasState.error_count,
                rx.cond(CanvasState.error_count == 1, " error", " errors"),
                class_name="badge badge--bad",
            ),
        ),
    )


def _saved_acts() -> rx.Component:
    return rx.el.div(
        rx.el.button(
            icon("play", 16),
            "Test",
            type="button",
            on_click=CanvasState.show_test,
            disabled=CanvasState.number == 0,
            class_name="button button--small",
        ),
        copy_button(text=CanvasState.text),
        rx.el.button(
            icon("download", 16),
            type="button",
            aria_label="Download the program",
            title="Download",
            on_click=CanvasState.download,
            class_name="button button--quiet button--icon button--small",
        ),
        class_name="row",
    )


def _unsaved_acts() -> rx.Component:
    return rx.el.div(
        rx.el.button(
            icon("play", 16),
            "Test",
            type="button",
            on_click=CanvasState.show_test,
            class_name="button button--small",
        ),
        rx.el.button(
            "Discard",
            type="button",
            on_click=CanvasState.discard,
            class_name="button button--quiet button--small",
        ),
        rx.el.button(
            "Save version",
            type="button",
            title="Ctrl/Cmd+S in the editor",
            on_click=CanvasState.save_draft,
            disabled=CanvasState.saving,
            class_name="button button--primary button--small",
        ),
        class_name="row",
    )


def _notices() -> rx.Component:
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
                rx.el.div(
                    rx.el.p(CanvasState.problem),
                    rx.cond(CanvasState.conflict, _conflict_acts()),
                    class_name="grow stack stack--tight",
                ),
                _dismiss(CanvasState.dismiss_problem),
                role="alert",
                class_name="notice notice--bad canvas-notice",
            ),
        ),
        rx.cond(
            _newer_to_tell(),
            rx.el.div(
                icon("info"),
                rx.el.p(
                    "Version ",
                    CanvasState.newer,
                    " was saved meanwhile. Your unsaved edits are based on version ",
                    CanvasState.number,
                    ".",
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
            LiveState.writing & CanvasState.dirty,
            rx.el.div(
                rx.el.span(class_name="dot dot--live"),
                "The builder is writing; your unsaved edits stay on screen.",
                role="status",
                class_name="notice notice--warn canvas-notice",
            ),
        ),
    )


def _newer_to_tell() -> Any:
    conflict: Any = CanvasState.conflict
    return (CanvasState.newer > 0) & ~conflict


def _conflict_acts() -> rx.Component:
    return rx.el.div(
        rx.el.button(
            "Save mine on top",
            type="button",
            on_click=CanvasState.save_on_head,
            class_name="button button--small",
        ),
        rx.el.button(
            "Drop my edits",
            type="button",
            on_click=CanvasState.discard,
            class_name="button button--quiet button--small",
        ),
        class_name="row",
    )


def _dismiss(event: Any) -> rx.Component:
    return rx.el.button(
        icon("x", 16),
        type="button",
        aria_label="Dismiss",
        on_click=event,
        class_name="button button--quiet button--icon button--small",
    )


def _code() -> rx.Component:
    return code_editor(
        value=rx.cond(
            _streams(), LiveState.program_base + LiveState.program_tail, CanvasState.text
        ),
        doc_key=rx.cond(_streams(), LiveState.program_key, CanvasState.doc_key),
        read_only=_streams() | (CanvasState.number == 0),
        following=_streams(),
        findings=rx.cond(_streams(), [], CanvasState.findings),
        lit_line=rx.cond(_streams() | CanvasState.dirty, 0, TestState.line),
        label="Program",
        on_edit=CanvasState.edit,
        on_save=CanvasState.save,
    )
