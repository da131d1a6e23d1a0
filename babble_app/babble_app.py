"""Composition root: the only module that knows every part."""

from __future__ import annotations

import logging
import sys
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, cast

import reflex as rx
from reflex.event import EventSpec

from babble_app import pages
from babble_app.api.app import create_api, plain_routes
from babble_app.api.middleware.fast_lane import FastLane
from babble_app.api.middleware.frames import FrameAncestors
from babble_app.api.middleware.stack import wrap
from babble_app.components.document import head
from babble_app.discovery import import_modules
from babble_app.errors import BabbleError, RateLimitedError
from babble_app.llm.redact import redact_logs
from babble_app.services import runtime, startup
from babble_app.settings import get_settings
from babble_app.states.session import BindTab, RequireSession
from babble_app.states.toasts import ToastState

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from starlette.types import ASGIApp

logger = logging.getLogger(__name__)

STYLES = Path(__file__).parent.parent / "assets" / "styles"


def report_failure(exception: Exception) -> EventSpec:
    """Tell the person what a handler raised: its words when it was expected, else that it is our fault."""
    words = str(exception)
    if not isinstance(exception, BabbleError):
        logger.error("an event handler failed", exc_info=exception)
        words = "Something went wrong on the server. It was noted in its log."
    # Reflex insists on this annotation, and its own calls of handlers are typed otherwise.
    return cast("EventSpec", ToastState.show_failure(words))


def note_page_error(exception: Exception) -> None:
    """Log what a browser reports, in one line and not too often: anybody can send it."""
    try:
        runtime.current().limiter.hit("page_error", "")
    except RateLimitedError:
        return
    logger.warning("a page reports an error: %.600s", ascii(str(exception)))


@asynccontextmanager
async def lifespan() -> AsyncGenerator[None]:
    """Open everything when the server starts, and say where to click."""
    settings = get_settings()
    logging.basicConfig(
        level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    logging.getLogger("alembic").setLevel(logging.WARNING)
    redact_logs()
    async with startup.serving(settings):
        address = settings.public_url or f"http://localhost:{settings.port}"
        sys.stdout.write(f"Babble is ready: {address}\n")
        sys.stdout.flush()
        yield


class OuterApp(rx.App):
    """Reflex's app with our layers around all of it.

    As the last `api_transformer` they would stand inside of Reflex's own CORS layer, which answers the preflights of other
    sites' pages itself (400), and lets every readable answer be read with cookies too.
    """

    def __call__(self) -> ASGIApp:
        """Build what the server serves."""
        return wrap(FastLane(super().__call__(), api, plain_routes()))


def bind_tabs(inner: ASGIApp) -> ASGIApp:
    """Put the check of websocket handshakes around the pages and the API."""
    return BindTab(inner, app)


def allow_frames(inner: ASGIApp) -> ASGIApp:
    """Let the apps' own origins show their chats in frames."""
    return FrameAncestors(inner, runtime.current)


list(import_modules(pages))

api = create_api(runtime.current)
app = OuterApp(
    stylesheets=[f"/styles/{sheet.name}" for sheet in sorted(STYLES.glob("*.css"))],
    head_components=head(),
    html_lang="en",
    toaster=None,
    frontend_exception_handler=note_page_error,
    backend_exception_handler=report_failure,
    # Each wraps the ones before it.
    api_transformer=[api, bind_tabs, allow_frames],
)
app.register_lifespan_task(lifespan)  # pyright: ignore[reportUnknownMemberType] - partly untyped
app.add_middleware(RequireSession(), index=0)
