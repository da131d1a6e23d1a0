"""Says which pages may show an app's chat in a frame; no other page of ours may be shown in any."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from starlette.datastructures import MutableHeaders

from babble_app.api.middleware.headers import page_policy
from babble_app.services import app_callers

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from babble_app.services.runtime import Runtime

_EMBED = re.compile(r"/embed/([a-z0-9][a-z0-9-]{0,99})/?")
_ORIGIN = re.compile(r"https?://[A-Za-z0-9.\-\[\]:]+")


class FrameAncestors:
    """Puts an app's origins into the policy of its embed page; the list is asked at each request, and kept by the service."""

    def __init__(self, app: ASGIApp, runtime_getter: Callable[[], Runtime]) -> None:
        self._app = app
        self._runtime_getter = runtime_getter

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        match = _EMBED.fullmatch(scope["path"]) if scope["type"] == "http" else None
        if match is None:
            await self._app(scope, receive, send)
            return
        origins = await app_callers.frame_ancestors(self._runtime_getter(), match[1])
        policy = page_policy(scope, _ancestors(origins))

        async def send_with_policy(message: Message) -> None:
            if message["type"] == "http.response.start":
                # Also with a 304: the browser takes it over into the page that it has kept.
                MutableHeaders(scope=message)["Content-Security-Policy"] = policy
            await send(message)

        await self._app(scope, receive, send_with_policy)


def _ancestors(origins: tuple[str, ...]) -> str:
    """Return the sources of the directive; ourselves too, where there is anybody: the Publish page shows a preview."""
    allowed = [origin for origin in origins if _ORIGIN.fullmatch(origin)]
    return " ".join(["'self'", *allowed]) if allowed else "'none'"
