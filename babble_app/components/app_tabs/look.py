"""The Look tab: how the widget looks and what it says first, with a live preview."""

from __future__ import annotations

import reflex as rx

from babble_app.components.app_look import look_form
from babble_app.components.app_preview import preview
from babble_app.components.app_tab import AppTab
from babble_app.components.parts import skeleton_list
from babble_app.states.app_look import LookState


def panel() -> rx.Component:
    """Return the form and what comes of it side by side."""
    return rx.cond(
        LookState.loaded,
        rx.el.div(look_form(), preview(), class_name="look"),
        skeleton_list(),
    )


TAB = AppTab(name="look", title="Look", place=20, panel=panel, on_load=(LookState.load,))
