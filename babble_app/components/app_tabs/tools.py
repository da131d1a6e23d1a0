"""The Tools tab: what the app's agent may do, by HTTP calls of its own and by functions of the visitor's page."""

from __future__ import annotations

import reflex as rx

from babble_app.components.app_tab import AppTab
from babble_app.components.app_tools import tools_section
from babble_app.components.page_functions import page_functions_section
from babble_app.states.app_tools import ToolsState


def panel() -> rx.Component:
    """Return the app's own functions, then what is to say of the page's."""
    return rx.el.div(tools_section(), page_functions_section(), class_name="app-sections")


TAB = AppTab(name="tools", title="Tools", place=25, panel=panel, on_load=(ToolsState.load,))
