"""What stands in the head of every page's document."""

from __future__ import annotations

import reflex as rx


def head() -> list[rx.Component]:
    """Return the boot script (first: the others rely on it), the icon and the viewport."""
    return [
        rx.el.script(src="/boot.js"),
        rx.el.link(rel="icon", type="image/svg+xml", href="/favicon.svg"),
        rx.el.meta(name="viewport", content="width=device-width, initial-scale=1"),
    ]
