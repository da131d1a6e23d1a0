"""An app's chat, alone in its page: what the widget shows in a frame, and `<iframe src=".../embed/<app>">` without a script."""

from __future__ import annotations

import reflex as rx

from babble_app.components.embed_chat import embed_chat


@rx.page(route="/embed/[app_slug]", title="Chat")
def embed() -> rx.Component:
    """Lay the chat out; who may show it is said by the answer's frame-ancestors."""
    return embed_chat()
