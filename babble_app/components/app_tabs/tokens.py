"""The Tokens tab: what opens the app, and what to paste where."""

from __future__ import annotations

import reflex as rx

from babble_app.components.app_snippets import snippets_section
from babble_app.components.app_tab import AppTab
from babble_app.components.app_tokens import tokens_section
from babble_app.states.app_tokens import AppTokensState


def panel() -> rx.Component:
    """Return the tokens, then the snippets that need one."""
    return rx.el.div(tokens_section(), snippets_section(), class_name="app-sections")


TAB = AppTab(
    name="tokens",
    title="Tokens and snippets",
    place=30,
    panel=panel,
    on_load=(AppTokensState.load,),
)
