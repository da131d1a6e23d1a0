"""The canvas: the program in its editor, what changed or would, and its versions."""

from __future__ import annotations

from typing import Any

import reflex as rx

from babble_app.components.canvas_notices import canvas_notices
from babble_app.components.changes_pane import changes_pane
from babble_app.components.code_editor import code_editor
from babble_app.components.copy_button import copy_button
from babble_app.components.icons import icon
from babble_app.components.parts import how_many
from babble_app.components.proposal_view import proposal_banner
from babble_app.components.publish_bar import publish_bar
from babble_app.components.tab_list import tab, tab_list
from babble_app.components.tests_tab import tests_tab
from babble_app.components.version_details import version_details
from babble_app.components.version_list import revert_dialog, version_list
from babble_app.states.canvas import CanvasState
from babble_app.states.live import LiveState
from babble_app.states.merging import MergeState
from babble_app.states.panes import PanesState
from babble_app.states.proposals import ProposalState
from babble_app.states.publishing import PublishState
from babble_app.states.restoring import RestoringState
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
        rx.el.div(
            rx.cond(_waits() & ~_edited(), proposal_banner()),
            _code(),
            hidden=_shown_tab() != "code",
            class_name="canvas-code",
        ),
        rx.match(
            _shown_tab(),
            ("changes", changes_pane()),
            (
                "versions",
                rx.el.div(
                    publish_bar(tests_link=_tests_link()),
                    version_list(in_canvas=True),
                    class_name="canvas-scroll",
                ),
            ),
            ("tests", tests_tab()),
            rx.fragment(),
        ),
        revert_dialog(RestoringState.revert),
        version_details(),
        class_name="canvas",
    )


def _tests_link() -> rx.Component:
    return rx.el.button(
        "Show the tests",
        type="button",
        on_click=[PublishState.close, PanesState.show_tests],
        class_name="button button--small",
    )


def _edited() -> Any:
    return CanvasState.dirty


def _waits() -> Any:
    """Say whether a proposed change waits for the person's word."""
    return ProposalState.proposal != ""


def _streams() -> Any:
    """Say whether the editor shows what the builder writes: not over unsaved edits."""
    return LiveState.writing & ~_edited()


def _proposes() -> Any:
    """Say whether the editor shows the proposed text: not over unsaved edits, nor over what is being written."""
    return _waits() & ProposalState.in_editor & ~_edited() & ~_streams()


def _shown_tab() -> Any:
    return rx.cond(_streams(), "code", PanesState.tab)


def _head() -> rx.Component:
    return rx.el.div(
        tab_list(*[_tab(name, title) for name, title in TABS], label="Canvas"),
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
        rx.cond(
            MergeState.open,
            rx.fragment(),  # the merge has its own ways out
            rx.cond(CanvasState.dirty, _unsaved_acts(), _saved_acts()),
        ),
        rx.el.button(
            icon("expand", 16),
            type="button",
            aria_label="Canvas in full width",
            title="Full width: Chat and Test above bring the others back",
            on_click=PanesState.show_alone,
            class_name="button button--quiet button--icon button--small canvas-expand",
        ),
        class_name="canvas-head",
    )


def _tab(name: str, title: str) -> rx.Component:
    return tab(
        title,
        _mark(name),
        selected=_shown_tab() == name,
        on_click=PanesState.pick_tab(name),
    )


def _mark(name: str) -> rx.Component:
    """Count the versions; let a dot say that a change waits."""
    if name == "versions":
        number = how_many(VersionsState.rows)
        return rx.cond(number > 0, rx.el.span(number, class_name="section-count"))
    if name == "changes":
        waits = rx.el.span(class_name="segment-dot", role="img", aria_label="waits for your word")
        return rx.cond(_waits() | MergeState.open, waits)
    return rx.fragment()


def _version_badge() -> rx.Component:
    return rx.fragment(
        rx.cond(
            CanvasState.number > 0,
            rx.el.span("v", CanvasState.number, class_name="badge badge--accent mono"),
        ),
        rx.cond(CanvasState.dirty, rx.el.span("Unsaved", class_name="badge badge--warn")),
        rx.cond(_proposes(), rx.el.span("Proposed", class_name="badge badge--warn")),
        rx.cond(
            (CanvasState.error_count > 0) & ~_proposes(),
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
        copy_button(text=rx.cond(_proposes(), ProposalState.text, CanvasState.text)),
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
            on_click=MergeState.save_draft,
            disabled=MergeState.saving,
            class_name="button button--primary button--small",
        ),
        class_name="row",
    )


def _code() -> rx.Component:
    return code_editor(
        value=rx.cond(
            _streams(),
            LiveState.program_base + LiveState.program_tail,
            rx.cond(_proposes(), ProposalState.text, CanvasState.text),
        ),
        doc_key=rx.cond(
            _streams(),
            LiveState.program_key,
            rx.cond(_proposes(), ProposalState.proposal, CanvasState.doc_key),
        ),
        read_only=_streams() | _proposes() | (CanvasState.number == 0),
        following=_streams(),
        unsaved=CanvasState.dirty,
        findings=rx.cond(_streams() | _proposes(), [], CanvasState.findings),
        lit_line=rx.cond(
            _streams() | (TestState.text_key != CanvasState.text_key), 0, TestState.line
        ),
        goto=PanesState.goto,
        label="Program",
        on_edit=CanvasState.edit,
        on_save=MergeState.save,
    )
