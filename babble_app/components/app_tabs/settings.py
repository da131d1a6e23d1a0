"""The Settings tab: version, answers, pages that may embed it, limits."""

from __future__ import annotations

import reflex as rx

from babble_app.components.app_behaviour import answers_section, limits_section
from babble_app.components.app_origins import origins_section
from babble_app.components.app_releases import releases_section
from babble_app.components.app_tab import AppTab
from babble_app.states.app_behaviour import BehaviourState
from babble_app.states.app_origins import OriginsState
from babble_app.states.app_page import AppState
from babble_app.states.app_releases import ReleasesState


def panel() -> rx.Component:
    """Return what is asked most first."""
    return rx.el.div(
        rx.cond(AppState.app.agent != "", releases_section()),
        origins_section(),
        answers_section(),
        limits_section(),
        class_name="app-sections",
    )


TAB = AppTab(
    name="settings",
    title="Settings",
    place=10,
    panel=panel,
    on_load=(ReleasesState.load, OriginsState.load, BehaviourState.load),
)
