"""The dialog with everything about one version, and the model's own answer."""

from __future__ import annotations

from typing import Any

import reflex as rx

from babble_app.components.copy_button import copy_button
from babble_app.components.dialogs import modal
from babble_app.components.icons import icon
from babble_app.components.version_list import tests_badge
from babble_app.states.version_details import DetailsState


def version_details() -> rx.Component:
    """Show the version that was asked about."""
    version = DetailsState.version
    return modal(
        rx.el.div(
            tests_badge(version.tests, version.tests_kind),
            rx.el.dl(rx.foreach(version.facts, _fact), class_name="facts"),
            rx.cond(
                version.findings,
                rx.el.div(
                    rx.el.h3("What the checker says", class_name="facts-title"),
                    rx.el.ul(rx.foreach(version.findings, _finding), class_name="findings"),
                ),
                rx.el.p("The checker has nothing to say about it.", class_name="muted"),
            ),
            rx.cond(version.raw != "", raw_answer(version.raw)),
            class_name="dialog-body stack",
        ),
        rx.el.div(
            copy_button(text=version.text, label="Copy the program"),
            rx.el.button(
                icon("download", 16),
                "Download",
                type="button",
                on_click=DetailsState.download,
                class_name="button button--quiet button--small",
            ),
            rx.el.button("Close", type="button", on_click=DetailsState.close, class_name="button"),
            class_name="dialog-foot",
        ),
        open=version.id != "",
        wide=True,
        title=rx.Var.create(f"Version {version.number}"),
        on_close=DetailsState.close,
    )


def raw_answer(raw: Any) -> rx.Component:
    """Fold away what the model itself had written."""
    return rx.el.details(
        rx.el.summary(icon("chevron-right", 14), "The model's own answer"),
        rx.el.pre(raw, tab_index=0),
        class_name="folded",
    )


def _fact(fact: Any) -> rx.Component:
    return rx.el.div(rx.el.dt(fact[0]), rx.el.dd(fact[1]))


def _finding(text: Any) -> rx.Component:
    return rx.el.li(text)
