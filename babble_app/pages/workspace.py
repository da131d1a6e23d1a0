"""One workspace: its chats, its agents and its files."""

from __future__ import annotations

from typing import Any

import reflex as rx

from babble_app.components.app_shell import app_shell
from babble_app.components.dialogs import confirm_dialog, name_dialog
from babble_app.components.file_list import file_list
from babble_app.components.icons import icon
from babble_app.components.parts import (
    demo_hint,
    empty,
    how_many,
    menu,
    menu_item,
    skeleton_list,
    time_ago,
)
from babble_app.states.shell import ShellState
from babble_app.states.workspace import AgentRow, ChatRow, WorkspaceState


@rx.page(route="/workspace/[workspace_id]", title="Workspace · Babble", on_load=WorkspaceState.load)
@app_shell
def workspace() -> rx.Component:
    """Show everything in it; the acts are beside what they act on."""
    return rx.el.div(
        rx.cond(
            WorkspaceState.missing,
            empty(
                "There is no such workspace",
                rx.el.p("It was deleted, or the address is not quite right."),
                rx.el.a("All workspaces", href="/", class_name="button"),
            ),
            rx.fragment(
                _head(),
                rx.cond(ShellState.on_demo_model, demo_hint()),
                rx.el.div(
                    rx.el.div(_chats(), _agents(), class_name="workspace-main"),
                    rx.el.div(file_list(WorkspaceState.workspace.id), class_name="workspace-side"),
                    class_name="workspace",
                ),
            ),
        ),
        *_dialogs(),
        class_name="page",
    )


def _head() -> rx.Component:
    row = WorkspaceState.workspace
    return rx.el.div(
        rx.el.div(
            rx.el.h1(row.name, class_name="page-title"),
            rx.el.p(
                rx.cond(
                    WorkspaceState.loaded,
                    f"{row.files}, {row.chats}, {row.agents} · {row.size}",
                    " ",
                ),
                class_name="page-note",
            ),
        ),
        rx.el.div(
            rx.el.button(
                icon("plus"),
                "New chat",
                type="button",
                on_click=WorkspaceState.new_chat,
                class_name="button button--primary",
            ),
            menu(
                "More for this workspace",
                menu_item(
                    "pencil",
                    "Rename",
                    on_click=WorkspaceState.open_dialog("rename", row.id, row.name),
                ),
                menu_item(
                    "trash",
                    "Delete…",
                    danger=True,
                    on_click=WorkspaceState.open_dialog("delete", row.id, row.name),
                ),
                trigger_class="button button--icon",
            ),
            class_name="row",
        ),
        class_name="page-head",
    )


def _section(title: str, count: Any, body: rx.Component) -> rx.Component:
    return rx.el.section(
        rx.el.div(
            rx.el.h2(
                title,
                rx.cond(count > 0, rx.el.span(count, class_name="section-count")),
                class_name="section-title",
            ),
            class_name="section-head",
        ),
        rx.cond(WorkspaceState.loaded, body, skeleton_list(2)),
        class_name="section",
    )


def _chats() -> rx.Component:
    rows = WorkspaceState.chat_rows
    return _section(
        "Chats",
        how_many(rows),
        rx.cond(
            how_many(rows) > 0,
            rx.el.ul(rx.foreach(rows, _chat_row), class_name="list"),
            empty(
                "Describe an agent",
                rx.el.p(
                    "Say in a chat what the agent should do: “Greet callers of a bike shop, ask what is broken and for"
                    " their phone number, then say goodbye.” Babble writes its program beside the chat; you can talk"
                    " to it there and change it by asking."
                ),
                rx.el.button(
                    icon("plus"),
                    "New chat",
                    type="button",
                    on_click=WorkspaceState.new_chat,
                    class_name="button button--primary",
                ),
            ),
        ),
    )


def _chat_row(row: ChatRow) -> rx.Component:
    return rx.el.li(
        icon("chat"),
        rx.el.a(
            rx.el.span(row.title, class_name="list-title"),
            rx.el.span(
                rx.cond(
                    row.running,
                    rx.el.span(
                        rx.el.span(class_name="dot dot--live"), "answering", class_name="row"
                    ),
                    rx.el.span("edited ", time_ago(row.edited_at)),
                ),
                class_name="list-note",
            ),
            href=f"/chat/{row.id}",
            class_name="list-main",
        ),
        _row_menu("chat", row.id, row.title),
        key=row.id,
        class_name="list-item",
    )


def _agents() -> rx.Component:
    rows = WorkspaceState.agent_rows
    return _section(
        "Agents",
        how_many(rows),
        rx.cond(
            how_many(rows) > 0,
            rx.el.ul(rx.foreach(rows, _agent_row), class_name="list"),
            rx.el.p(
                "An agent appears here as soon as its first version is written.", class_name="muted"
            ),
        ),
    )


def _agent_row(row: AgentRow) -> rx.Component:
    return rx.el.li(
        icon("agent"),
        rx.el.a(
            rx.el.span(row.name, class_name="list-title"),
            rx.el.span(
                rx.el.span("version ", row.number),
                rx.el.span("changed ", time_ago(row.edited_at)),
                class_name="list-note",
            ),
            href=f"/agent/{row.id}/versions",
            class_name="list-main",
        ),
        _row_menu("agent", row.id, row.name),
        key=row.id,
        class_name="list-item",
    )


def _row_menu(noun: str, row_id: Any, name: Any) -> rx.Component:
    return rx.el.div(
        menu(
            f"More for {name}",
            menu_item(
                "pencil",
                "Rename",
                on_click=WorkspaceState.open_dialog(f"rename-{noun}", row_id, name),
            ),
            menu_item(
                "trash",
                "Delete…",
                danger=True,
                on_click=WorkspaceState.open_dialog(f"delete-{noun}", row_id, name),
            ),
        ),
        class_name="list-actions",
    )


def _dialogs() -> list[rx.Component]:
    dialog, name = WorkspaceState.dialog, WorkspaceState.chosen_name
    what_goes = rx.match(
        dialog,
        ("delete", f"This deletes {WorkspaceState.workspace.contents}."),
        ("delete-chat", "This deletes all its messages. Agents and files stay."),
        ("delete-agent", "This deletes all its versions. Chats and files stay."),
        "",
    )
    return [
        name_dialog(
            is_open=(dialog == "rename") | (dialog == "rename-chat") | (dialog == "rename-agent"),
            title=f"Rename “{name}”",
            field_label="Name",
            label="Rename",
            value=name,
            problem=WorkspaceState.problem,
            on_submit=WorkspaceState.rename,
            on_close=WorkspaceState.close_dialog,
        ),
        confirm_dialog(
            rx.el.p(what_goes, " It cannot be undone."),
            is_open=(dialog == "delete") | (dialog == "delete-chat") | (dialog == "delete-agent"),
            title=f"Delete “{name}”?",
            label="Delete",
            on_confirm=WorkspaceState.delete,
            on_close=WorkspaceState.close_dialog,
        ),
    ]
