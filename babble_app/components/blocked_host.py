"""That a host is not called, because its workspace does not allow it; and the button that does."""

from __future__ import annotations

from typing import Any

import reflex as rx

from babble_app.components.parts import notice


def blocked_notice(host: Any, allow: Any) -> rx.Component:
    """Say that a host is not called yet, and offer to allow it; nothing where there is none."""
    return rx.cond(
        host != "",
        notice(
            "warn",
            rx.el.div(
                rx.el.span(
                    "Calls to ",
                    rx.el.strong(host),
                    " are refused: this workspace does not allow them.",
                ),
                rx.el.button(
                    f"Allow {host} in this workspace",
                    type="button",
                    on_click=allow,
                    class_name="button button--small",
                ),
                class_name="tool-blocked",
            ),
        ),
    )
