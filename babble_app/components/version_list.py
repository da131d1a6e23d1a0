"""An agent's versions: the list with names, notes and badges, and the question before going back."""

from __future__ import annotations

from typing import Any

import reflex as rx

from babble_app.components.dialogs import modal
from babble_app.components.diff_view import counts
from babble_app.components.icons import icon
from babble_app.components.parts import empty, menu, menu_item, time_ago
from babble_app.states.canvas import CanvasState
from babble_app.states.labels import LabelState
from babble_app.states.panes import PanesState
from babble_app.states.proposals import ProposalState
from babble_app.states.publishing import PublishState
from babble_app.states.version_details import DetailsState
from babble_app.states.version_rows import VersionRow
from babble_app.states.versions import VersionsState


def version_list(*, in_canvas: bool) -> rx.Component:
    """List the versions, the newest first; in the canvas each can be opened in the editor."""

    def make(row: VersionRow) -> rx.Component:
        return _version(row, in_canvas=in_canvas)

    return rx.cond(
        VersionsState.rows,
        rx.el.ol(
            rx.foreach(VersionsState.rows, make),
            class_name="versions",
            aria_label="Versions",
        ),
        rx.el.div(
            empty(
                "No versions yet",
                rx.el.p("Describe an agent in the chat: what is written becomes version 1."),
            ),
            class_name="canvas-empty",
        ),
    )


def _version(row: VersionRow, *, in_canvas: bool) -> rx.Component:
    return rx.el.li(
        rx.el.span("v", row.number, class_name="version-number mono"),
        rx.cond(LabelState.editing == row.id, _label_form(row), _about(row)),
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
            _more(row, in_canvas=in_canvas),
            class_name="version-acts",
        ),
        class_name="version",
        key=row.id,
        aria_current=rx.cond(row.id == VersionsState.to_id, "true", "false"),
    )


def _about(row: VersionRow) -> rx.Component:
    return rx.el.div(
        rx.cond(row.name != "", rx.el.p(row.name, class_name="version-name")),
        rx.el.p(row.summary, class_name="version-summary"),
        rx.el.p(
            rx.cond(row.is_head, rx.el.span("current", class_name="badge badge--accent")),
            rx.cond(row.is_live, rx.el.span("live", class_name="badge badge--good")),
            tests_badge(row.tests, row.tests_kind),
            rx.cond(row.kind != "", rx.el.span(row.kind)),
            rx.el.span(_sign(row.sign), row.author, class_name="version-author"),
            time_ago(row.at),
            counts(row.added, row.removed),
            class_name="list-note",
        ),
        rx.cond(row.request != "", rx.el.p("“", row.request, "”", class_name="version-request")),
        rx.cond(row.note != "", rx.el.p(row.note, class_name="version-note")),
        class_name="grow version-main",
    )


def tests_badge(words: Any, kind: Any) -> rx.Component:
    """Say how the tests of a version ended; nothing where there are none."""
    colour = rx.match(
        kind, ("good", "badge badge--good"), ("bad", "badge badge--bad"), "badge badge--warn"
    )
    return rx.cond(words != "", rx.el.span(words, class_name=colour))


def _sign(sign: Any) -> Any:
    return rx.match(
        sign,
        ("builder", icon("agent", 14)),
        ("iterator", icon("pencil", 14)),
        ("revert", icon("undo", 14)),
        icon("user", 14),
    )


def _more(row: VersionRow, *, in_canvas: bool) -> rx.Component:
    opened = (
        menu_item(
            "code",
            "Open in the editor",
            on_click=[
                ProposalState.show_in_editor(False),
                CanvasState.show_version(row.id),
            ],
        )
        if in_canvas
        else rx.fragment()
    )
    take_parts: Any = (
        [VersionsState.show_parts(row.id), PanesState.show_comparison]
        if in_canvas
        else VersionsState.show_parts(row.id)
    )
    return menu(
        rx.Var.create(f"More about version {row.number}"),
        opened,
        menu_item("pencil", "Name and note", on_click=LabelState.edit_label(row.id)),
        rx.cond(
            row.is_head,
            rx.fragment(),
            menu_item("copy", "Take parts of it", on_click=take_parts),
        ),
        rx.cond(
            row.is_live,
            rx.fragment(),
            menu_item(
                "upload",
                "Publish this version",
                on_click=PublishState.ask_publish(row.id, row.number),
            ),
        ),
        rx.cond(
            row.is_live,
            menu_item(
                "globe", "Put it into a web page", href=f"/apps/?agent={VersionsState.agent}"
            ),
        ),
        menu_item("info", "Details", on_click=DetailsState.show_details(row.id)),
    )


def _label_form(row: VersionRow) -> rx.Component:
    return rx.el.form(
        rx.el.label(
            rx.el.span("Name", class_name="field-label"),
            rx.el.input(
                name="name",
                default_value=row.name,
                auto_focus=True,
                max_length=80,
                placeholder="What you call it",
                auto_complete="off",
                class_name="input",
            ),
            class_name="field",
        ),
        rx.el.label(
            rx.el.span("Note", class_name="field-label"),
            rx.el.textarea(
                name="note",
                default_value=row.note,
                rows="2",
                max_length=2000,
                placeholder="What you want to remember of it",
                class_name="textarea",
            ),
            class_name="field",
        ),
        rx.cond(
            LabelState.problem != "",
            rx.el.span(LabelState.problem, role="alert", class_name="field-error"),
        ),
        rx.el.div(
            rx.el.button("Save", type="submit", class_name="button button--primary button--small"),
            rx.el.button(
                "Cancel",
                type="button",
                on_click=LabelState.cancel,
                class_name="button button--quiet button--small",
            ),
            class_name="row",
        ),
        on_submit=LabelState.save,
        aria_label=rx.Var.create(f"Name and note of version {row.number}"),
        class_name="grow version-main stack stack--tight",
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
