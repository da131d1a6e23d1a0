"""Composition root: the only module that knows every part."""

from __future__ import annotations

from logging import getLogger
from pathlib import Path

import reflex as rx
from reflex.event import EventSpec

from babble_app import pages
from babble_app.discovery import import_modules
from babble_app.errors import BabbleError
from babble_app.states.session import BindTab, RequireSession
from babble_app.states.toasts import ToastState

logger = getLogger(__name__)

STYLES = Path(__file__).parent.parent / "assets" / "styles"


def report_failure(exception: Exception) -> EventSpec:
    """Tell the person what a handler raised: its words when it was expected, else that it is our fault."""
    if isinstance(exception, BabbleError):
        return ToastState.show_failure(str(exception))
    logger.error("an event handler failed", exc_info=exception)
    return ToastState.show_failure("Something went wrong on the server. It was noted in its log.")


list(import_modules(pages))

app = rx.App(
    stylesheets=[f"/styles/{sheet.name}" for sheet in sorted(STYLES.glob("*.css"))],
    head_components=[
        rx.el.script(src="/boot.js"),
        rx.el.link(rel="icon", type="image/svg+xml", href="/favicon.svg"),
        rx.el.meta(name="viewport", content="width=device-width, initial-scale=1"),
    ],
    html_lang="en",
    toaster=None,
    backend_exception_handler=report_failure,
    api_transformer=[lambda inner: BindTab(inner, app)],
)
app.add_middleware(RequireSession(), index=0)
