"""A button that copies a text to the clipboard and says so."""

from __future__ import annotations

import reflex as rx


class CopyButton(rx.Component):
    """Works without the server, and on plain http too."""

    library = rx.asset("copy_button.jsx", shared=True).importable_path
    tag = "CopyButton"

    text: rx.Var[str]
    label: rx.Var[str]


copy_button = CopyButton.create
