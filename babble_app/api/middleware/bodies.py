"""Bounds what a request may carry: bytes in all, and depth of JSON."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException

from babble_app.api._problems import problem

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_JSON_DEPTH = 64
MAX_BODY_BYTES = 1024 * 1024
_FORM_BYTES = 16 * 1024
_PICTURES_BYTES = 24 * 1024 * 1024
_WITH_PICTURES = frozenset({"/v1/chat/completions", "/v1/responses", "/v1/embeddings"})
"""Their bodies hold pictures as text, or a thousand passages at once."""

_UPLOAD_PATH = re.compile(r"/api/workspaces/[^/]+/files|/api/v1/sessions/[^/]+/files")
_TOKENS = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"?|[\[{]|[\]}]', re.DOTALL)


class BodyLimits:
    """Answers 413 to a body over its route's cap, as soon as that is known, and 422 to JSON nested too deep."""

    def __init__(self, app: ASGIApp, max_upload_bytes: int) -> None:
        """Take the cap of upload requests; all others have fixed ones."""
        self._app = app
        self._max_upload_bytes = max_upload_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http" or scope["method"] in {"GET", "HEAD", "OPTIONS"}:
            await self._app(scope, receive, send)
            return
        limit = self._limit(scope["path"])
        headers = Headers(scope=scope)
        if _declared_length(headers) > limit:
            await problem(scope, 413, _too_large(limit))(scope, receive, send)
            return
        bounded = _bounded(receive, limit)
        if "json" not in headers.get("content-type", "").lower():
            await self._app(scope, bounded, send)
            return
        await self._serve_json(scope, bounded, send)

    def _limit(self, path: str) -> int:
        if _UPLOAD_PATH.fullmatch(path):
            return self._max_upload_bytes
        if path in _WITH_PICTURES:
            return _PICTURES_BYTES
        return _FORM_BYTES if path.startswith("/auth/") else MAX_BODY_BYTES

    async def _serve_json(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = bytearray()
        more = True
        while more:
            try:
                message = await receive()
            except HTTPException as error:
                await problem(scope, error.status_code, error.detail)(scope, receive, send)
                return
            if message["type"] != "http.request":
                return
            body += message.get("body", b"")
            more = message.get("more_body", False)
        if is_too_deep(bytes(body)):
            detail = f"The JSON is nested deeper than {MAX_JSON_DEPTH} levels."
            await problem(scope, 422, detail)(scope, receive, send)
            return
        await self._app(scope, replayed(bytes(body), receive), send)


def is_too_deep(body: bytes) -> bool:
    """Tell whether JSON text opens more than `MAX_JSON_DEPTH` brackets at once; brackets in strings do not count."""
    if body.count(b"[") + body.count(b"{") <= MAX_JSON_DEPTH:
        return False
    depth = 0
    for token in _TOKENS.finditer(body):
        first = body[token.start()]
        if first in b"[{":
            depth += 1
            if depth > MAX_JSON_DEPTH:
                return True
        elif first in b"]}":
            depth -= 1
    return False


def _declared_length(headers: Headers) -> int:
    length = headers.get("content-length", "")
    return int(length) if length.isascii() and length.isdigit() else 0


def _too_large(limit: int) -> str:
    size = f"{limit // (1024 * 1024)} MB" if limit >= 1024 * 1024 else f"{limit // 1024} KB"
    return f"The request is larger than the {size} that are accepted here."


def _bounded(receive: Receive, limit: int) -> Receive:
    taken = 0

    async def receive_bounded() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > limit:
            raise HTTPException(413, _too_large(limit))
        return message

    return receive_bounded


def replayed(body: bytes, receive: Receive) -> Receive:
    """Return a `receive` that gives a body once more that was read already."""
    given = False

    async def receive_again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receive_again
