"""The composer: where a message is written. Its draft lives in the browser until it is sent."""

from __future__ import annotations

from typing import Any

import reflex as rx

from babble_app.components.local_modules import local_module


class Composer(rx.Component):
    """Enter sends, Shift+Enter breaks the line, Esc stops; what could not be sent comes back."""

    library = local_module(__name__, "composer.jsx")
    tag = "Composer"

    draft_key: rx.Var[str]
    """Under which name the draft is kept; empty: the last part of the address, which is the chat's id."""
    running: rx.Var[bool]
    """Stop takes Send's place; what is sent meanwhile is queued."""
    disabled_reason: rx.Var[str]
    """Why nothing can be sent now; empty when it can."""
    returned: rx.Var[dict[str, Any]]
    """`{"number", "text"}`: a text that could not be sent; a new number puts it back into the box."""
    suggestion: rx.Var[dict[str, Any]]
    """`{"number", "text"}`: a text to start from."""
    placeholder: rx.Var[str]

    on_send: rx.EventHandler[rx.event.passthrough_event_spec(str)]
    on_stop: rx.EventHandler[rx.event.no_args_event_spec]


composer = Composer.create
