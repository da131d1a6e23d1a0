"""Composition root: the only module that knows every part."""

from __future__ import annotations

import logging
import sys
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import reflex as rx
from reflex.event import EventSpec

from babble_app import pages
from babble_app.api.app import create_api
from babble_app.api.middleware.stack import wrap
from babble_app.discovery import import_modules
from babble_app.errors import BabbleError
from babble_app.services import runtime, startup
from babble_app.settings import get_settings
from babble_app.states.session import BindTab, RequireSession
from babble_app.states.toasts import ToastState

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

logger = logging.getLogger(__name__)

STYLES = Path(__file__).parent.parent / "assets" / "styles"


def report_failure(exception: Exception) -> EventSpec:
    """Tell the person what a handler raised: its words when it was expected, else that it is our fault."""
    if isinstance(exception, BabbleError):
        return ToastState.show_failure(str(exception))
    logger.error("an event handler failed", exc_info=exception)
    return ToastState.show_failure("Something went wrong on the server. It was noted in its log.")


@asynccontextmanager
async def lifespan() -> AsyncGenerator[None]:
    """Open everything when the server starts, and say where to click."""
    settings = get_settings()
    logging.basicConfig(
        level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    logging.getLogger("alembic").setLevel(logging.WARNING)
    async with startup.serving(settings):
        address = settings.public_url or f"http://localhost:{settings.port}"
        sys.stdout.write(f"Babble is ready: {address}\n")
        sys.stdout.flush()
        yield


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
    # Each wraps the ones before it.
    api_transformer=[create_api(runtime.current), lambda inner: BindTab(inner, app), wrap],
)
app.register_lifespan_task(lifespan)
app.add_middleware(RequireSession(), index=0)
