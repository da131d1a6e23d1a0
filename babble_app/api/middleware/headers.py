"""What every answer tells the browser about its safety and its age."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.datastructures import Headers, MutableHeaders

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_HOST = re.compile(r"[A-Za-z0-9.\-]+(:\d{1,5})?|\[[0-9A-Fa-f:.]+\](:\d{1,5})?")
_API_POLICY = "default-src 'none'; frame-ancestors 'none'"
_PAGE_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'{sockets}; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors {ancestors}"
)
_LOADER = "/babble-buddy.js"
"""The widget's loader: the one file that pages of other sites take from here."""
_LOADER_HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Cache-Control": "public, max-age=300, must-revalidate",
}
_FIXED = {
    "X-Content-Type-Options": "nosniff",
    # Not `no-referrer`: browsers then send `Origin: null` with our own forms, and the origin check would refuse them.
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_IMMUTABLE = "public, max-age=31536000, immutable"
_HSTS = "max-age=31536000; includeSubDomains"


class SecurityHeaders:
    """Adds the security headers and the Cache-Control that a route has not set itself."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                _complete(scope, message["status"], MutableHeaders(scope=message))
            await send(message)

        await self._app(scope, receive, send_with_headers)


def _complete(scope: Scope, status: int, headers: MutableHeaders) -> None:
    for name, value in _FIXED.items():
        headers.setdefault(name, value)
    if scope["path"] == _LOADER:
        headers.update(_LOADER_HEADERS)
    is_page = headers.get("content-type", "").startswith("text/html")
    # A 304 has no type, and a browser takes its headers over into the page it has kept: that one has its policy.
    if status != HTTPStatus.NOT_MODIFIED:
        headers.setdefault(
            "Content-Security-Policy", page_policy(scope) if is_page else _API_POLICY
        )
    if scope.get("scheme") == "https":
        headers.setdefault("Strict-Transport-Security", _HSTS)
    if age := _cache_control(scope["path"], status, is_page=is_page):
        headers.setdefault("Cache-Control", age)


def _cache_control(path: str, status: int, *, is_page: bool) -> str:
    if path.startswith("/assets/"):
        # The build puts a hash of the content into these files' names.
        return _IMMUTABLE if status in {200, 206, 304} else "no-store"
    if path.startswith(("/api/", "/auth/", "/v1/", "/health")):
        return "no-store"
    return "no-cache" if is_page else ""


def page_policy(scope: Scope, ancestors: str = "'none'") -> str:
    """Return the policy of a page that those may show in a frame."""
    # Chromium and Firefox let 'self' cover our websocket too, older Safari wants it by name.
    host = Headers(scope=scope).get("host", "")
    sockets = f" ws://{host} wss://{host}" if _HOST.fullmatch(host) else ""
    return _PAGE_POLICY.format(sockets=sockets, ancestors=ancestors)
