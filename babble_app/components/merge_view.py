"""Two changes of one version brought together: what both touched is chosen side by side, the rest is shown as a difference."""

from __future__ import annotations

from typing import Any

import reflex as rx

from babble_app.components.diff_view import counts, diff_view, layout_switch
from babble_app.components.icons import icon
from babble_app.components.parts import notice
from babble_app.states.merging import ConflictView, MergeState
from babble_app.states.versions import VersionsState

SIDES = (("base", "Before"), ("yours", "Yours"), ("theirs", "Newest"))


def merge_view() -> rx.Component:
    """Show the merge."""
    return rx.el.div(
        rx.el.div(
            rx.el.p(
                "Version ",
                MergeState.head_number,
                " was saved while you were at work. ",
                rx.cond(
                    MergeState.open_count > 0,
                    "Both changed the same lines: choose what shall stand there.",
                    "This is what your changes make of it.",
                ),
                class_name="proposal-summary",
            ),
            rx.el.div(
                rx.cond(
                    MergeState.conflicts,
                    rx.el.span(
                        _open_words(),
                        role="status",
                        class_name=rx.cond(
                            MergeState.open_count > 0, "badge badge--warn", "badge badge--good"
                        ),
                    ),
                    rx.el.span("No conflicts", class_name="badge badge--good"),
                ),
                rx.cond(
                    MergeState.open_count == 0,
                    rx.fragment(
                        counts(MergeState.added, MergeState.removed),
                        layout_switch(VersionsState.layout, VersionsState.pick_layout),
                    ),
                ),
                class_name="row row--wrap",
            ),
            class_name="proposal-head",
        ),
        rx.el.div(
            rx.foreach(MergeState.conflicts, _conflict),
            rx.cond(
                MergeState.open_count == 0,
                diff_view(
                    original=MergeState.head_text,
                    modified=MergeState.text,
                    hunks=MergeState.hunks,
                    layout=VersionsState.layout,
                    label="What the merge changes in the newest version",
                ),
            ),
            class_name="comparison-body",
        ),
        rx.cond(MergeState.problem != "", notice("bad", MergeState.problem, role="alert")),
        rx.el.div(
            rx.el.button(
                "Back to my edits",
                type="button",
                on_click=MergeState.leave_merge,
                class_name="button button--quiet button--small foot-left",
            ),
            rx.el.button(
                icon("pencil", 16),
                "Edit the merged text",
                type="button",
                on_click=MergeState.edit_merged,
                class_name="button button--small",
            ),
            rx.el.button(
                "Save merged version",
                type="button",
                on_click=MergeState.save_merged,
                disabled=MergeState.saving | (MergeState.open_count > 0),
                class_name="button button--primary button--small",
            ),
            class_name="proposal-foot",
        ),
        class_name="comparison",
    )


def _open_words() -> Any:
    count = MergeState.open_count
    return rx.match(
        count,
        (0, "All conflicts are settled"),
        (1, "1 conflict to settle"),
        rx.Var.create(f"{count} conflicts to settle"),
    )


def _conflict(conflict: ConflictView) -> rx.Component:
    name = rx.Var.create(f"Conflict {conflict.number}")
    return rx.el.section(
        rx.el.div(
            rx.el.h3(name, class_name="hunk-place"),
            rx.el.span("line ", conflict.line, class_name="faint"),
            rx.el.button(
                "Take both",
                type="button",
                aria_pressed=conflict.choice == "both",
                on_click=MergeState.choose(conflict.number, "both"),
                class_name="button button--quiet button--small",
            ),
            rx.el.button(
                "Write it myself",
                type="button",
                aria_pressed=conflict.choice == "own",
                on_click=MergeState.choose(conflict.number, "own"),
                class_name="button button--quiet button--small",
            ),
            class_name="row row--wrap",
        ),
        rx.el.div(
            *[_side(conflict, side, title) for side, title in SIDES], class_name="merge-sides"
        ),
        rx.cond(
            conflict.choice != "",
            rx.el.label(
                rx.el.span("What shall stand there", class_name="field-label"),
                rx.el.textarea(
                    default_value=conflict.text,
                    key=conflict.choice,
                    rows="4",
                    spell_check=False,
                    on_blur=MergeState.write(conflict.number),
                    class_name="textarea merge-result",
                ),
                class_name="field",
            ),
        ),
        class_name="merge-conflict",
        aria_label=name,
        key=conflict.number,
    )


def _side(conflict: ConflictView, side: str, title: str) -> rx.Component:
    text = getattr(conflict, side)
    choose = (
        rx.fragment()
        if side == "base"
        else rx.el.button(
            "Take this",
            type="button",
            aria_pressed=conflict.choice == side,
            aria_label=f"Take this: {title.lower()}",
            on_click=MergeState.choose(conflict.number, side),
            class_name="button button--small",
        )
    )
    return rx.el.div(
        rx.el.div(rx.el.span(title), choose, class_name="merge-side-head"),
        rx.el.pre(rx.cond(text != "", text, "(nothing)"), tab_index=0),
        class_name=rx.cond(conflict.choice == side, "merge-side is-chosen", "merge-side"),
    )
