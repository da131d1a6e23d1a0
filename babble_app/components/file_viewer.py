"""A file over the page: its text page by page, or the picture."""

from __future__ import annotations

import reflex as rx

from babble_app.components.dialogs import modal
from babble_app.components.icons import icon
from babble_app.components.native import download_link
from babble_app.components.parts import notice
from babble_app.states.files import FilesState, PageText


def file_viewer() -> rx.Component:
    """Show the file that was opened, over the page."""
    file = FilesState.viewing
    return modal(
        rx.el.div(
            rx.match(
                file.kind,
                ("image", rx.el.img(src=file.content, alt=file.name, class_name="viewer-image")),
                (
                    "video",
                    rx.el.video(
                        src=file.content,
                        controls=True,
                        aria_label=file.name,
                        class_name="viewer-image",
                    ),
                ),
                rx.fragment(
                    rx.cond(file.reason != "", notice("warn", file.reason)),
                    rx.cond(
                        file.status == "reading", notice("info", "The file is still being read.")
                    ),
                    rx.foreach(FilesState.pages, _page),
                    rx.cond(
                        FilesState.cut,
                        notice(
                            "info",
                            "Only the beginning is shown here; download the file for the rest.",
                        ),
                    ),
                ),
            ),
            class_name="dialog-body stack",
        ),
        rx.el.div(
            download_link(
                icon("download"), "Download", href=file.content, name=file.name, class_name="button"
            ),
            class_name="dialog-foot",
        ),
        open=file.id != "",
        title=file.name,
        wide=True,
        on_close=FilesState.close_view,
    )


def _page(page: PageText) -> rx.Component:
    return rx.el.div(
        rx.cond(
            FilesState.viewing.kind == "pdf", rx.el.h3("Page ", page.page, class_name="viewer-page")
        ),
        rx.cond(
            page.text != "",
            rx.el.pre(page.text, class_name="viewer-text"),
            rx.el.p("No text on this page.", class_name="faint"),
        ),
        key=page.page,
    )
