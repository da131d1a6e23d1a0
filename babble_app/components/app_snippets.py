"""What to paste where: one snippet at a time, filled in, with a button that copies it."""

from __future__ import annotations

import reflex as rx

from babble_app.components.copy_button import copy_button
from babble_app.components.parts import settings_section
from babble_app.states.app_snippets import Snippet
from babble_app.states.app_tokens import AppTokensState


def snippets_section() -> rx.Component:
    """Return the section."""
    return settings_section(
        "Snippets",
        rx.cond(
            AppTokensState.fresh.token != "",
            f"Filled in with the token “{AppTokensState.fresh.name}”.",
            "Put a token of yours where bb_YOUR_TOKEN stands; one that you make now stands there by itself.",
        ),
        rx.el.div(
            rx.foreach(AppTokensState.snippets, _option),
            role="group",
            aria_label="Snippet for",
            class_name="segmented snippet-options",
        ),
        rx.foreach(AppTokensState.snippets, _snippet),
    )


def _option(snippet: Snippet) -> rx.Component:
    return rx.el.button(
        snippet.title,
        type="button",
        aria_pressed=rx.cond(AppTokensState.snippet == snippet.id, "true", "false"),
        on_click=AppTokensState.pick_snippet(snippet.id),
        key=snippet.id,
        class_name="segmented-option",
    )


def _snippet(snippet: Snippet) -> rx.Component:
    return rx.cond(
        AppTokensState.snippet == snippet.id,
        rx.el.div(
            rx.el.div(
                rx.el.p(snippet.note, class_name="field-hint grow"),
                copy_button(text=snippet.text, label="Copy", class_name="button button--small"),
                class_name="snippet-head",
            ),
            rx.el.pre(rx.el.code(snippet.text), tab_index=0, class_name="snippet-text"),
            key=snippet.id,
            class_name="snippet",
        ),
    )
