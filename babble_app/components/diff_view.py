"""The diff view: two programs compared, unified or side by side, unchanged parts folded away."""

from __future__ import annotations

import reflex as rx

from babble_app.components.based_language import CODEMIRROR
from babble_app.components.local_modules import local_module


class DiffView(rx.NoSSRComponent):
    """A read-only comparison; falls back to unified where side by side would be too narrow."""

    library = local_module(__name__, "diff_view.jsx")
    tag = "DiffView"
    lib_dependencies: list[str] = CODEMIRROR

    original: rx.Var[str]
    modified: rx.Var[str]
    layout: rx.Var[str]
    """`unified` or `split`."""
    old_label: rx.Var[str]
    new_label: rx.Var[str]


diff_view = DiffView.create
