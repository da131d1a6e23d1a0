"""A button with a panel: closes on Esc and on a press elsewhere."""

from __future__ import annotations

import reflex as rx


class Popover(rx.Component):
    """Opens without the server."""

    library = rx.asset("popover.jsx", shared=True).importable_path
    tag = "Popover"

    label: rx.Var[str]
    title: rx.Var[str]
    side: rx.Var[str]
    """`top` or `bottom`."""


popover = Popover.create
