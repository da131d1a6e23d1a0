"""A button with a panel: closes on Esc and on a press elsewhere."""

from __future__ import annotations

import reflex as rx

from babble_app.components.local_modules import local_module


class Popover(rx.Component):
    """Opens without the server."""

    library = local_module(__name__, "popover.jsx")
    tag = "Popover"

    label: rx.Var[str]
    title: rx.Var[str]
    side: rx.Var[str]
    """`top` or `bottom`."""


popover = Popover.create
