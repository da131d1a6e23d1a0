"""A button that reads a text file of the person's, in the browser."""

from __future__ import annotations

import reflex as rx

from babble_app.components.local_modules import local_module


class TextFile(rx.Component):
    """What is chosen is read in the browser and comes back as text; too large a file is refused there."""

    library = local_module(__name__, "text_file.jsx")
    tag = "TextFile"

    label: rx.Var[str]
    accept: rx.Var[str]
    max_chars: rx.Var[int]

    on_text: rx.EventHandler[rx.event.passthrough_event_spec(str)]


text_file = TextFile.create
