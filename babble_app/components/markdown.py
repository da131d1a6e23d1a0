"""Markdown of messages: GitHub's dialect without raw HTML, code blocks with colours and a copy button.

Not `rx.markdown`: that one executes raw HTML unless told otherwise, and its code blocks and links bring Radix Themes,
which weigh on every page. This one adds about 50 KiB (gz) to the pages that show messages.
"""

from __future__ import annotations

import reflex as rx

from babble_app.components.copy_button import CopyButton
from babble_app.components.local_modules import local_module

PACKAGES = ["react-markdown@10.1.0", "remark-gfm@4.0.1", "highlight.js@11.12.0", "lowlight@3.3.0"]

local_module(__name__, "highlighter.js")


assert CopyButton.library  # markdown.jsx imports that script; its module links it


class Markdown(rx.Component):
    """A rendered text; it is rendered again only when its source changes."""

    library = local_module(__name__, "markdown.jsx")
    tag = "Markdown"
    lib_dependencies: list[str] = PACKAGES

    source: rx.Var[str]
    sources: rx.Var[list[int]]
    """Numbers that the message has sources for; `[2]` in the text becomes a link to them."""
    anchor: rx.Var[str]
    """What tells this message's sources from another's in the page's anchors."""


markdown = Markdown.create
