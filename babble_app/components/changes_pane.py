"""The tab Changes: a merge, the proposed change, the unsaved edits, or any two versions compared."""

from __future__ import annotations

from typing import Any

import reflex as rx

from babble_app.components.comparison import comparison
from babble_app.components.diff_view import counts, diff_view, layout_switch
from babble_app.components.merge_view import merge_view
from babble_app.components.proposal_view import proposal_view
from babble_app.states.canvas import CanvasState
from babble_app.states.choices import ChoicesState
from babble_app.states.drafts import DraftState
from babble_app.states.merging import MergeState
from babble_app.states.panes import PanesState
from babble_app.states.proposals import ProposalState
from babble_app.states.restoring import RestoringState
from babble_app.states.versions import VersionsState


def changes_pane() -> rx.Component:
    """Show what changed, or would."""
    choose: Any = ChoicesState.choose_review
    return rx.cond(
        MergeState.open,
        rx.el.div(merge_view(), class_name="changes"),
        rx.el.div(
            rx.el.div(
                rx.cond(_has_proposal() | CanvasState.dirty, _kinds()),
                rx.el.label(
                    rx.el.input(type="checkbox", checked=ChoicesState.review, on_change=choose),
                    rx.el.span("Review changes before they are saved"),
                    class_name="check review-switch",
                ),
                class_name="changes-kinds",
            ),
            rx.match(
                _shown(),
                ("proposal", proposal_view()),
                ("draft", _draft()),
                comparison(RestoringState.restore),
            ),
            class_name="changes",
        ),
    )


def _has_proposal() -> Any:
    return ProposalState.proposal != ""


def _shown() -> Any:
    """Return what was picked, if it is there; else what waits for a word."""
    return rx.cond(
        _has_proposal() & ((PanesState.changes == "") | (PanesState.changes == "proposal")),
        "proposal",
        rx.cond(CanvasState.dirty & (PanesState.changes != "versions"), "draft", "versions"),
    )


def _kinds() -> rx.Component:
    return rx.el.div(
        rx.cond(_has_proposal(), _kind("proposal", "Proposed change")),
        rx.cond(CanvasState.dirty, _kind("draft", "Unsaved edits")),
        _kind("versions", "Versions"),
        role="group",
        aria_label="What is compared",
        class_name="segmented",
    )


def _kind(name: str, title: str) -> rx.Component:
    return rx.el.button(
        title,
        type="button",
        aria_pressed=_shown() == name,
        on_click=PanesState.pick_changes(name),
        class_name="segmented-option",
    )


def _draft() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.el.span("Your edits of version ", CanvasState.number),
            counts(DraftState.added, DraftState.removed),
            layout_switch(VersionsState.layout, VersionsState.pick_layout),
            class_name="comparison-head",
        ),
        diff_view(
            original=DraftState.old_text,
            modified=DraftState.new_text,
            hunks=DraftState.hunks,
            layout=VersionsState.layout,
            label="Unsaved edits",
        ),
        on_mount=DraftState.compare,
        class_name="comparison",
    )
