"""A list that follows its end until the reader scrolls up, and then offers "Jump to latest"."""

from __future__ import annotations

import reflex as rx

from babble_app.components.local_modules import local_module


class FollowEnd(rx.Component):
    """Scrolls by itself; nothing of it reaches the server."""

    library = local_module(__name__, "follow_end.jsx")
    tag = "FollowEnd"

    follow_key: rx.Var[str]
    """A new value takes the reader to the end: another chat, or a question just sent."""
    label: rx.Var[str]


follow_end = FollowEnd.create
