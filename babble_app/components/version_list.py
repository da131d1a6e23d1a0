"""An agent's versions: the list, the difference of any two, and the question before going back."""

from __future__ import annotations

from typing import Any

import reflex as rx

from babble_app.components.dialogs import modal
from babble_app.components.diff_view import diff_view
from babble_app.components.icons import icon
from babble_app.components.parts import time_ago
from babble_app.states.canvas import CanvasState
from babble_app.states.panes import PanesState
from babble_app.states.versions import VersionRow, VersionsState


def version_list(*, in_canvas: bool) -> rx.Component:
    """List the versions, the newest first; in the canvas each can be opened in the editor."""

    def make(row: VersionRow) -> rx.Component:
        return _version(row, in_canvas=in_canvas)

    return rx.el.ol(
        rx.foreach(VersionsState.rows, make),
        class_name="versions",
        aria_label="Versions",
    )


def _version(row: VersionRow, *, in_canvas: bool) -> rx.Component:
    return rx.el.li(
        rx.el.span("v", row.number, class_name="version-number mono"),
        rx.el.div(
            rx.el.p(row.summary, class_name="version-summary"),
            rx.el.p(
                rx.cond(row.is_head, rx.el.span("current", class_name="badge badge--accent")),
                rx.cond(row.kind != "", rx.el.span(row.kind)),
                rx.cond(row.author != "", rx.el.span(row.author)),
                time_ago(row.at),
                _counts(row.added, row.removed),
                class_name="list-note",
            ),
            rx.cond(
                row.request != "", rx.el.p("“", row.request, "”", class_name="version-request")
            ),
            class_name="grow version-main",
        ),
        rx.el.div(
            rx.el.button(
                "Changes",
                type="button",
                on_click=PanesState.show_changes(row.id)
                if in_canvas
                else VersionsState.show_change(row.id),
                aria_label=rx.Var.create(f"Changes of version {row.number}"),
                class_name="button button--quiet button--small",
            ),
            _open(row) if in_canvas else rx.fragment(),
            rx.cond(
                row.is_head,
                rx.fragment(),
                rx.el.button(
                    "Go back to it",
                    type="button",
                    on_click=VersionsState.ask_revert(row.id, row.number),
                    aria_label=rx.Var.create(f"Go back to version {row.number}"),
                    disabled=VersionsState.busy,
                    class_name="button button--quiet button--small",
                ),
            ),
            class_name="version-acts",
        ),
        class_name="version",
        key=row.id,
        aria_current=rx.cond(row.id == VersionsState.to_id, "true", "false"),
    )


def _open(row: VersionRow) -> rx.Component:
    return rx.el.button(
        "Open",
        type="button",
        on_click=CanvasState.show_version(row.id),
        aria_label=rx.Var.create(f"Open version {row.number}"),
        class_name="button button--quiet button--small",
    )


def comparison() -> rx.Component:
    """Show the difference of the two chosen versions."""
    return rx.el.div(
        rx.el.div(
            _picker("From", VersionsState.from_id, VersionsState.pick_from, nothing=True),
            icon("chevron-right", 16),
            _picker("To", VersionsState.to_id, VersionsState.pick_to, nothing=False),
            _counts(VersionsState.added, VersionsState.removed),
            _layout_switch(),
            class_name="comparison-head",
        ),
        rx.cond(
            (VersionsState.to_id != "") & (VersionsState.old_text == VersionsState.new_text),
            rx.el.p(
                "These two versions are the same, byte for byte.",
                class_name="muted comparison-same",
            ),
            diff_view(
                original=VersionsState.old_text,
                modified=VersionsState.new_text,
                layout=VersionsState.layout,
                old_label="Before",
                new_label="After",
            ),
        ),
        class_name="comparison",
    )


def _picker(label: str, value: Any, event: Any, *, nothing: bool) -> rx.Component:
    first = rx.el.option("Nothing", value="") if nothing else rx.fragment()
    return rx.el.select(
        first,
        rx.foreach(VersionsState.rows, _option),
        value=value,
        on_change=event,
        aria_label=label,
        class_name="select comparison-select",
    )


def _option(row: VersionRow) -> rx.Component:
    return rx.el.option(rx.Var.create(f"Version {row.number}"), value=row.id)


def _layout_switch() -> rx.Component:
    return rx.el.div(
        *[
            rx.el.button(
                title,
                type="button",
                aria_pressed=VersionsState.layout == name,
                on_click=VersionsState.pick_layout(name),
                class_name="segmented-option",
            )
            for name, title in (("unified", "Unified"), ("split", "Side by side"))
        ],
        role="group",
        aria_label="Layout",
        class_name="segmented comparison-layout",
    )


def _counts(added: Any, removed: Any) -> rx.Component:
    return rx.el.span(
        rx.el.span("+", added, class_name="count-added"),
        rx.el.span("−", removed, class_name="count-removed"),
        class_name="counts mono",
        title="Lines added and removed",
    )


def revert_dialog(on_confirm: Any) -> rx.Component:
    """Ask before a version is made the current one again."""
    return modal(
        rx.el.div(
            rx.el.p(
                "This makes a new version with the text of version ",
                VersionsState.reverting_number,
                ". Nothing is lost: every version stays in the list.",
            ),
            class_name="dialog-body",
        ),
        rx.el.div(
            rx.el.button(
                "Cancel", type="button", on_click=VersionsState.cancel_revert, class_name="button"
            ),
            rx.el.button(
                "Go back",
                type="button",
                on_click=on_confirm,
                class_name="button button--primary",
            ),
            class_name="dialog-foot",
        ),
        open=VersionsState.reverting_id != "",
        title=rx.Var.create(f"Go back to version {VersionsState.reverting_number}?"),
        on_close=VersionsState.cancel_revert,
    )
