"""The canvas: the program in its editor, what changed, and its versions."""

from __future__ import annotations

from typing import Any

import reflex as rx

from babble_app.components.canvas_notices import canvas_notices
from babble_app.components.code_editor import code_editor
from babble_app.components.copy_button import copy_button
from babble_app.components.icons import icon
from babble_app.components.tests_tab import tests_tab
from babble_app.components.version_list import comparison, revert_dialog, version_list
from babble_app.states.canvas import CanvasState
from babble_app.states.live import LiveState
from babble_app.states.panes import PanesState
from babble_app.states.testing import TestState
from babble_app.states.versions import VersionsState

TABS = (
    ("code", "Code"),
    ("changes", "Changes"),
    ("versions", "Versions"),
    ("tests", "Tests"),
)


def canvas_pane() -> rx.Component:
    """Show the agent on the canvas."""
    return rx.el.div(
        _head(),
        canvas_notices(),
        # The editor stays: it holds the undo history, the cursor, and the last moment's typing.
        rx.el.div(_code(), hidden=_shown_tab() != "code", class_name="canvas-code"),
        rx.match(
            _shown_tab(),
            ("changes", comparison()),
            ("versions", rx.el.div(version_list(in_canvas=True), class_name="canvas-scroll")),
            ("tests", tests_tab()),
            rx.fragment(),
        ),
        revert_dialog(CanvasState.revert),
        class_name="canvas",
    )


def _streams() -> Any:
    """Whether the editor shows what the builder writes: not over unsaved edits."""
    edited: Any = CanvasState.dirty
    return LiveState.writing & ~edited


def _shown_tab() -> Any:
    return rx.cond(_streams(), "code", PanesState.tab)


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
        on_click=PanesState.pick_tab(name),
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
            on_click=PanesState.show_test,
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
            on_click=PanesState.show_test,
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


def _code() -> rx.Component:
    return code_editor(
        value=rx.cond(
            _streams(), LiveState.program_base + LiveState.program_tail, CanvasState.text
        ),
        doc_key=rx.cond(_streams(), LiveState.program_key, CanvasState.doc_key),
        read_only=_streams() | (CanvasState.number == 0),
        following=_streams(),
        unsaved=CanvasState.dirty,
        findings=rx.cond(_streams(), [], CanvasState.findings),
        lit_line=rx.cond(
            _streams() | (TestState.text_key != CanvasState.text_key), 0, TestState.line
        ),
        goto=PanesState.goto,
        label="Program",
        on_edit=CanvasState.edit,
        on_save=CanvasState.save,
    )
