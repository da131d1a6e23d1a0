"""A row of tabs that the arrow keys walk through."""

from __future__ import annotations

from typing import Any

import reflex as rx

from babble_app.components.local_modules import local_module


class TabList(rx.Component):
    """Children are `tab`s."""

    library = local_module(__name__, "tab_list.jsx")
    tag = "TabList"

    label: rx.Var[str]


tab_list = TabList.create


def tab(*children: Any, selected: Any, on_click: Any) -> rx.Component:
    """Return one tab; only the selected one is in Tab's order."""
    return rx.el.button(
        *children,
        type="button",
        role="tab",
        aria_selected=selected,
        tab_index=rx.cond(selected, 0, -1),
        on_click=on_click,
        class_name="tab",
    )
