"""What is behind an answer: the passages of files and web pages that it cites, and what the model was shown."""

from __future__ import annotations

from typing import Any

import reflex as rx

from babble_app.components.icons import icon
from babble_app.states.files import FilesState
from babble_app.states.message_views import SourceView, UseView


def sources(items: Any, anchor: Any) -> rx.Component:
    """Show the passages that an answer cites; each opens."""

    def make(source: SourceView) -> rx.Component:
        return _source(source, anchor)

    return rx.cond(
        items,
        rx.el.ol(
            rx.foreach(items, make),
            class_name="sources",
            aria_label="Sources",
        ),
    )


def used(items: Any) -> rx.Component:
    """Name what the model was shown of the files; each opens."""
    return rx.cond(
        items,
        rx.el.div(
            "used:",
            rx.foreach(items, _use),
            role="group",
            aria_label="Files used",
            class_name="used",
        ),
    )


def _use(use: UseView) -> rx.Component:
    return rx.el.button(
        icon("file", 14),
        use.words,
        type="button",
        title="Open the file",
        on_click=FilesState.view(use.file_id),
        class_name="used-file",
        key=use.file_id,
    )


def _source(source: SourceView, anchor: Any) -> rx.Component:
    return rx.el.li(
        rx.el.details(
            rx.el.summary(
                rx.el.span(source.number, class_name="source-number"),
                rx.cond(source.url != "", icon("external", 14), icon("file", 14)),
                rx.cond(
                    source.url != "", _link(source), rx.el.span(source.file, class_name="truncate")
                ),
                rx.cond(source.place != "", rx.el.span(source.place, class_name="faint nowrap")),
            ),
            rx.el.blockquote(source.quote),
        ),
        id=rx.Var.create(f"source-{anchor}-{source.number}"),
    )


def _link(source: SourceView) -> rx.Component:
    """The page itself, in a tab of its own that learns nothing of this one."""
    return rx.el.a(
        source.file,
        href=source.url,
        target="_blank",
        rel="noopener noreferrer nofollow",
        class_name="truncate",
    )
