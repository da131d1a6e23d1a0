"""A workspace's files: the drop zone and the list."""

from __future__ import annotations

from typing import Any

import reflex as rx

from babble_app.components.dialogs import confirm_dialog
from babble_app.components.file_viewer import file_viewer
from babble_app.components.icons import icon
from babble_app.components.native import download_link
from babble_app.components.parts import how_many, menu, menu_item
from babble_app.components.uploader import uploader
from babble_app.states.files import FileRow, FilesState


def file_list(workspace_id: Any) -> rx.Component:
    """Show the files and take more."""
    return rx.el.section(
        rx.el.div(
            rx.el.h2(
                "Files",
                rx.cond(
                    how_many(FilesState.rows) > 0,
                    rx.el.span(how_many(FilesState.rows), class_name="section-count"),
                ),
                class_name="section-title",
            ),
            class_name="section-head",
        ),
        uploader(
            workspace_id=workspace_id,
            max_mb=FilesState.max_upload_mb,
            anywhere=True,
            on_stored=FilesState.follow_reading,
        ),
        rx.cond(
            how_many(FilesState.rows) > 0,
            rx.el.ul(rx.foreach(FilesState.rows, _row), class_name="list"),
            rx.el.p(
                "What your agent should know: a price list, a manual, opening hours. Each chat chooses which of"
                " them the model sees.",
                class_name="faint",
            ),
        ),
        file_viewer(),
        _delete_dialog(),
        class_name="section",
    )


def _row(row: FileRow) -> rx.Component:
    return rx.el.li(
        rx.match(
            row.kind,
            ("image", icon("image")),
            ("video", icon("play")),
            ("pdf", icon("files")),
            icon("file"),
        ),
        rx.el.button(
            rx.el.span(row.name, class_name="list-title"),
            rx.match(
                row.status,
                ("unreadable", rx.el.span(row.reason, class_name="list-note list-note--bad")),
                (
                    "reading",
                    rx.el.span(
                        rx.el.span(
                            rx.el.span(class_name="dot dot--live"), "being read", class_name="row"
                        ),
                        rx.el.span(row.size),
                        class_name="list-note",
                    ),
                ),
                rx.el.span(
                    rx.cond(row.pages != "", rx.el.span(row.pages)),
                    rx.el.span(row.size),
                    class_name="list-note",
                ),
            ),
            type="button",
            title=f"View {row.name}",
            on_click=FilesState.view(row.id),
            class_name="list-main file-open",
        ),
        rx.el.div(
            menu(
                f"More for {row.name}",
                menu_item("eye", "View", on_click=FilesState.view(row.id)),
                download_link(
                    icon("download", 16),
                    "Download",
                    href=row.content,
                    name=row.name,
                    role="menuitem",
                    class_name="menu-item",
                ),
                menu_item("trash", "Delete…", danger=True, on_click=FilesState.ask_delete(row.id)),
            ),
            class_name="list-actions",
        ),
        key=row.id,
        class_name="list-item",
    )


def _delete_dialog() -> rx.Component:
    return confirm_dialog(
        rx.el.p("Chats that use it lose it. Agents stay as they are. It cannot be undone."),
        is_open=FilesState.deleting.id != "",
        title=f"Delete “{FilesState.deleting.name}”?",
        label="Delete",
        on_confirm=FilesState.delete,
        on_close=FilesState.keep,
    )
