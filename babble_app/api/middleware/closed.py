"""Closes routes that the page framework opens by itself and that we do not use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from babble_app.api._problems import problem

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

_CLOSED = ("/_upload",)
"""Takes files of any size from anybody, and serves them to anybody; ours are `/api/.../files`."""


class ClosedPaths:
    """Answers 404 on the closed paths and everything below them."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] == "http" and scope["path"].startswith(_CLOSED):
            await problem(scope, 404, "There is nothing here.")(scope, receive, send)
            return
        await self._app(scope, receive, send)
