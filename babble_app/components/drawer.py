"""The column beside the page, which is a drawer on phones; see drawer.jsx."""

from __future__ import annotations

import reflex as rx

from babble_app.components.local_modules import local_module


class Drawer(rx.Component):
    """An `aside` that a button with `popoverTarget` opens."""

    library = local_module(__name__, "drawer.jsx")
    tag = "Drawer"


drawer = Drawer.create
