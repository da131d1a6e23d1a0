"""What tests do in pages of other sites that have the widget in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from babble_app.commands._host_site import (  # pyright: ignore[reportPrivateUsage] - shared with `embed-demo`
    Embedded,
    HostSite,
)

if TYPE_CHECKING:
    from playwright.sync_api import Frame, Page

__all__ = ["Embedded", "HostSite", "ask", "embedded_frame"]


def embedded_frame(page: Page) -> Frame:
    """Return the frame; no locator of the page's finds what is in a closed shadow root."""
    if not any("/embed/" in frame.url for frame in page.frames):
        page.wait_for_event("framenavigated", lambda frame: "/embed/" in frame.url)
    return next(frame for frame in page.frames if "/embed/" in frame.url)


def ask(frame: Frame, text: str) -> None:
    """Send a message as a visitor does."""
    box = frame.get_by_role("textbox", name="Write a message")
    box.fill(text)
    box.press("Enter")
