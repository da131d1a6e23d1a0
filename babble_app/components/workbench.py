"""The chat page's three panes: resizable beside one another, or behind tabs on a phone."""

from __future__ import annotations

from typing import Any

import reflex as rx

from babble_app.components.local_modules import local_module


class Workbench(rx.Component):
    """Children: what stands at the left of its head, then the panes chat, canvas and test."""

    library = local_module(__name__, "workbench.jsx")
    tag = "Workbench"

    has_canvas: rx.Var[bool]
    """The canvas opens when this turns true."""
    writing: rx.Var[bool]
    """A program is being written: a dot on the Canvas tab, where that is not in view."""
    reveal: rx.Var[dict[str, Any]]
    """`{"number", "pane"}`: a new number brings that pane into view; with `alone`, it closes the others."""
    chat_key: rx.Var[str]

    on_return: rx.EventHandler[rx.event.no_args_event_spec]
    """The person came back to this window."""


workbench = Workbench.create
