"""Refuses what a page of another site makes a browser send with our cookie."""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.datastructures import Headers

from babble_app.api._problems import problem
from babble_app.errors import OriginNotAllowedError
from babble_app.schemas.accounts import LOGIN_COOKIE

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
_REFUSAL = (
    "This call came from a page of another site, or does not say where it came from. "
    "Scripts send `Authorization: Bearer ...` instead of the cookie. Where people reach this server under a name, "
    "the operator sets BABBLE_PUBLIC_URL to that address."
)


class OwnOrigins:
    """Tells pages of this server from those of other sites."""

    def __init__(self, allowed: str, public_url: str) -> None:
        """Take further origins, separated by commas, beside the one that a request is addressed to."""
        urls = [*allowed.split(","), public_url]
        self._allowed = frozenset(filter(None, (_origin_of(url.strip()) for url in urls)))
        self._names = frozenset(urlsplit(origin).hostname for origin in self._allowed)

    def has(self, url: str, host: str) -> bool:
        """Say whether an address is one of ours; `host` is the one that the request is addressed to."""
        origin = _origin_of(url)
        if not origin:
            return False
        if origin in self._allowed:
            return True
        # The scheme is the origin's own: behind a proxy that ends TLS we see http where the browser sees https.
        own = f"{origin.partition(':')[0]}://{host}"
        name = urlsplit(origin).hostname or ""
        return origin == _origin_of(own) and (name in self._names or _cannot_be_rebound(name))


class OriginCheck:
    """Checks where unsafe requests of browsers, the login forms and websockets come from.

    A request with an Authorization header is not checked: no browser adds that by itself.
    """

    def __init__(self, app: ASGIApp, allowed: str, public_url: str) -> None:
        """Take further origins, separated by commas, beside the one the request is addressed to."""
        self._app = app
        self._own = OwnOrigins(allowed, public_url)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] == "websocket" and not self._socket_is_ours(scope):
            # Before it is accepted, closing a websocket answers 403.
            await receive()
            await send({"type": "websocket.close", "code": 1008, "reason": "origin not allowed"})
            return
        if scope["type"] == "http" and _must_be_checked(scope) and not self._request_is_ours(scope):
            response = problem(
                scope, OriginNotAllowedError.status, _REFUSAL, code=OriginNotAllowedError.code
            )
            await response(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _socket_is_ours(self, scope: Scope) -> bool:
        origin = Headers(scope=scope).get("origin")
        return origin is None or self._is_ours(scope, origin)

    def _request_is_ours(self, scope: Scope) -> bool:
        headers = Headers(scope=scope)
        if (origin := headers.get("origin")) is not None:
            return self._is_ours(scope, origin)
        if (site := headers.get("sec-fetch-site")) is not None:
            return site == "same-origin"
        return self._is_ours(scope, headers.get("referer", ""))

    def _is_ours(self, scope: Scope, url: str) -> bool:
        return self._own.has(url, Headers(scope=scope).get("host", ""))


def _must_be_checked(scope: Scope) -> bool:
    if scope["method"] in _SAFE_METHODS:
        return False
    headers = Headers(scope=scope)
    if scope["path"].startswith("/auth/"):
        return True
    if "authorization" in headers:
        return False
    return "origin" in headers or f"{LOGIN_COOKIE}=" in headers.get("cookie", "")


def _cannot_be_rebound(host: str) -> bool:
    """Say whether the host is an address or localhost.

    Any other name can be made to point at us by whoever owns it (DNS rebinding): a page of that name would then count as
    ours. So the operator names it, in BABBLE_PUBLIC_URL, which the pages' websocket needs too.
    """
    try:
        ip_address(host)
    except ValueError:
        return host == "localhost"
    return True


def _origin_of(url: str) -> str:
    """Return `scheme://host[:port]` in lower case without the scheme's own port; empty when it is none."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return ""
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return ""
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    own_port = {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{host}" + (f":{port}" if port not in {None, own_port} else "")
