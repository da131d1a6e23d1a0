"""The chat that an app's visitors see in a frame: our own small component, which speaks `/api/v1` itself.

It uses nothing of the workbench: no state, no socket, no Markdown library. So its page loads what Reflex itself needs, and these
files (REFLEX.md 5: chunks follow modules).
"""

from __future__ import annotations

from pathlib import Path

import reflex as rx

from babble_app.components.local_modules import local_module

# They import one another by their place in this folder, so each of them must be linked.
_FILES = {
    path.name: local_module(__name__, f"embed/{path.name}")
    for path in sorted((Path(__file__).parent / "embed").glob("*.js*"))
}


class EmbedChat(rx.Component):
    """Reads the app from the address, and the visitor's token from the page around the frame or from this server."""

    library = _FILES["embed.jsx"]
    tag = "EmbedChat"


embed_chat = EmbedChat.create
