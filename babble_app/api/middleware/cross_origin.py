"""Lets pages of other sites call the routes that take an app's token (CORS).

Whether a page may use an app is decided by the service, by the app's own list of origins; here is only what browsers want to
hear before they let a page ask at all. No cookie ever goes along.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_PREFIXES = ("/api/v1/", "/v1/")
_CLOSED = "/api/v1/admin/"
_HEADERS = (
    "Authorization, Content-Type, Idempotency-Key, Last-Event-ID, X-App-Context, X-Request-ID"
)
_OF_OPENAI = re.compile(r"x-stainless-[a-z-]{1,40}|openai-[a-z]{1,20}", re.IGNORECASE)
"""Headers by which OpenAI's clients say of themselves what they are."""
_ALLOWED = {
    "Access-Control-Allow-Methods": "GET, POST, DELETE",
    "Access-Control-Max-Age": "7200",
}
_EXPOSED = "X-Request-ID, Retry-After, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset"


class CrossOrigin:
    """Answers preflights, and says of answers that the asking page may read them."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http" or not _is_open(scope["path"]):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        origin = headers.get("origin")
        if origin is None:
            await self._app(scope, receive, send)
            return
        if scope["method"] == "OPTIONS" and "access-control-request-method" in headers:
            answer = {"Access-Control-Allow-Origin": origin, "Vary": "Origin", **_ALLOWED}
            own = _OF_OPENAI.findall(headers.get("access-control-request-headers", ""))
            answer["Access-Control-Allow-Headers"] = ", ".join((_HEADERS, *own))
            await Response(status_code=204, headers=answer)(scope, receive, send)
            return

        async def send_readable(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer = MutableHeaders(scope=message)
                answer["Access-Control-Allow-Origin"] = origin
                answer["Access-Control-Expose-Headers"] = _EXPOSED
                answer.add_vary_header("Origin")
                # Reflex's own CORS layer, further inside, lets answers be read with cookies.
                del answer["Access-Control-Allow-Credentials"]
            await send(message)

        await self._app(scope, receive, send_readable)


def _is_open(path: str) -> bool:
    return path.startswith(_PREFIXES) and not path.startswith(_CLOSED)
