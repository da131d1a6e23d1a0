"""The outermost layer: gives every request an id, and answers what nobody caught."""

from __future__ import annotations

import re
import secrets
from logging import getLogger
from typing import TYPE_CHECKING

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect

from babble_app.api._problems import INTERNAL_DETAIL, REQUEST_ID, problem

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

logger = getLogger(__name__)

_SANE = re.compile(r"[A-Za-z0-9._:/+=@-]{1,128}")


class Edge:
    """Echoes a sane X-Request-ID or makes one; turns an unforeseen exception into `internal`."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        sent = Headers(scope=scope).get("x-request-id", "")
        request_id = sent if _SANE.fullmatch(sent) else secrets.token_hex(12)
        scope[REQUEST_ID] = request_id
        started = False

        async def send_with_id(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                MutableHeaders(scope=message)["X-Request-ID"] = request_id
            await send(message)

        try:
            await self._app(scope, receive, send_with_id)
        except ClientDisconnect:
            logger.info("request %s was left by its client", request_id)
        except Exception:
            logger.exception("request %s failed: %s %s", request_id, scope["method"], scope["path"])
            if not started:
                response = problem(scope, 500, INTERNAL_DETAIL)
                await response(scope, receive, send_with_id)
