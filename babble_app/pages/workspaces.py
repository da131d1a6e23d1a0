"""The home page: a person's workspaces."""

from __future__ import annotations

import reflex as rx

from babble_app.components.app_shell import app_shell
from babble_app.components.dialogs import confirm_dialog, modal, name_dialog
from babble_app.components.icons import icon
from babble_app.components.parts import (
    demo_hint,
    empty,
    how_many,
    menu,
    menu_item,
    problem_text,
    skeleton_list,
    time_ago,
)
from babble_app.components.uploader import uploader
from babble_app.states.shell import ShellState
from babble_app.states.workspaces import WorkspaceRow, WorkspacesState


@rx.page(route="/", title="Workspaces · Babble", on_load=WorkspacesState.load)
@app_shell
def workspaces() -> rx.Component:
    """List them, make one, rename, delete."""
    return rx.el.div(
        rx.el.div(
            rx.el.div(
                rx.el.h1("Workspaces", class_name="page-title"),
                rx.el.p(
                    "Each holds its own files, chats and agents. Only you see yours.",
                    class_name="page-note",
                ),
            ),
            _new_button(),
            class_name="page-head",
        ),
        rx.cond(ShellState.on_demo_model, demo_hint()),
        rx.cond(
            WorkspacesState.loaded,
            rx.cond(how_many(WorkspacesState.rows) > 0, _list(), _empty()),
            skeleton_list(),
        ),
        _new_dialog(),
        _rename_dialog(),
        _delete_dialog(),
        class_name="page",
    )


def _new_button() -> rx.Component:
    return rx.el.button(
        icon("plus"),
        "New workspace",
        type="button",
        on_click=WorkspacesState.open_new,
        class_name="button button--primary",
    )


def _list() -> rx.Component:
    return rx.el.ul(rx.foreach(WorkspacesState.rows, _row), class_name="list")


def _row(row: WorkspaceRow) -> rx.Component:
    return rx.el.li(
        icon("folder"),
        rx.el.a(
            rx.el.span(row.name, class_name="list-title"),
            rx.el.span(
                rx.el.span(row.files),
                rx.el.span(row.chats),
                rx.el.span(row.agents),
                rx.el.span(row.size),
                rx.el.span("edited ", time_ago(row.edited_at)),
                class_name="list-note",
            ),
            href=f"/workspace/{row.id}",
            class_name="list-main",
        ),
        rx.el.div(
            menu(
                f"More for {row.name}",
                menu_item("pencil", "Rename", on_click=WorkspacesState.open_rename(row.id)),
                menu_item(
                    "trash", "Delete…", danger=True, on_click=WorkspacesState.open_delete(row.id)
                ),
            ),
            class_name="list-actions",
        ),
        key=row.id,
        class_name="list-item",
    )


def _empty() -> rx.Component:
    return empty(
        "Begin with a workspace",
        rx.el.p(
            "A workspace is a place for one matter: the files your agent should know (a price list, a manual, a"
            " table), the chats in which you describe it, and the agent itself with all its versions."
        ),
        rx.el.p("Name it after the matter, such as “Bike shop”. Files can come later."),
        _new_button(),
    )


def _new_dialog() -> rx.Component:
    return modal(
        rx.el.form(
            rx.el.div(
                rx.el.label(
                    rx.el.span("Name", class_name="field-label"),
                    rx.el.input(
                        name="name",
                        required=True,
                        auto_complete="off",
                        placeholder="Bike shop",
                        read_only=WorkspacesState.made_id != "",
                        class_name="input",
                    ),
                    class_name="field",
                ),
                rx.el.div(
                    rx.el.span("Files (optional)", class_name="field-label"),
                    uploader(
                        workspace_id=WorkspacesState.made_id,
                        max_mb=WorkspacesState.max_upload_mb,
                        on_finished=WorkspacesState.finish_create,
                    ),
                    class_name="field",
                ),
                problem_text(WorkspacesState.problem),
                class_name="dialog-body stack",
            ),
            rx.el.div(
                rx.cond(
                    WorkspacesState.made_id == "",
                    rx.fragment(
                        rx.el.button(
                            "Cancel",
                            type="button",
                            on_click=WorkspacesState.close_dialog,
                            class_name="button",
                        ),
                        rx.el.button(
                            "Make workspace", type="submit", class_name="button button--primary"
                        ),
                    ),
                    rx.el.button(
                        "Open the workspace",
                        type="button",
                        on_click=WorkspacesState.close_dialog,
                        class_name="button button--primary",
                    ),
                ),
                class_name="dialog-foot",
            ),
            on_submit=WorkspacesState.create,
        ),
        open=WorkspacesState.dialog == "new",
        title="New workspace",
        on_close=WorkspacesState.close_dialog,
    )


def _rename_dialog() -> rx.Component:
    return name_dialog(
        is_open=WorkspacesState.dialog == "rename",
        title="Rename the workspace",
        field_label="Name",
        label="Rename",
        value=WorkspacesState.chosen.name,
        problem=WorkspacesState.problem,
        on_submit=WorkspacesState.rename,
        on_close=WorkspacesState.close_dialog,
    )


def _delete_dialog() -> rx.Component:
    return confirm_dialog(
        rx.el.p(
            "This deletes ", rx.el.strong(WorkspacesState.chosen.contents), ". It cannot be undone."
        ),
        is_open=WorkspacesState.dialog == "delete",
        title=f"Delete “{WorkspacesState.chosen.name}”?",
        label="Delete everything",
        on_confirm=WorkspacesState.delete,
        on_close=WorkspacesState.close_dialog,
    )
