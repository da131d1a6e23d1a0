"""A button that copies a text to the clipboard and says so."""

from __future__ import annotations

import reflex as rx

from babble_app.components.local_modules import local_module


class CopyButton(rx.Component):
    """Works without the server, and on plain http too."""

    library = local_module(__name__, "copy_button.jsx")
    tag = "CopyButton"

    text: rx.Var[str]
    label: rx.Var[str]


copy_button = CopyButton.create
