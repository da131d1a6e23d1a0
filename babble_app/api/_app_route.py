"""The route of calls that come many times a second: a plain one reaches its function past the frameworks.

The function stays an endpoint like any other, with its place in the OpenAPI document. What is not plain goes the long way: headers
that only some send, and every body that does not fit, so that what is wrong with it is said in one place.
"""

from __future__ import annotations

import json
from functools import cached_property
from typing import TYPE_CHECKING, Any, get_type_hints

from fastapi.routing import APIRoute
from starlette.responses import Response

from babble_app.api._app_identity import bearer, page_origin
from babble_app.api._identity import get_runtime
from babble_app.services import app_callers

if TYPE_CHECKING:
    from fastapi import Request

    from babble_app.schemas.base import Schema

_GIVEN = {"rt", "caller", "request", "keyed"}
UNUSUAL_HEADERS = ("idempotency-key", "x-app-context", "last-event-id")


class AppRoute(APIRoute):
    """Has a function of `rt`, `caller`, `request`, `keyed`, and `body` unless it reads that itself (others have defaults)."""

    @cached_property
    def has_plain_calls(self) -> bool:
        """Whether there are any: not where more is taken from the address."""
        return self._hints.keys() >= _GIVEN

    @cached_property
    def _hints(self) -> dict[str, Any]:
        return get_type_hints(self.endpoint)

    async def answer_plainly(self, request: Request) -> Response | None:
        """Answer a plain call; None: it is not one, and nothing was done.

        Raises:
            BabbleError: what the function, or the look at who calls, raised.
            RequestValidationError: the function reads the body itself, and cannot.
        """
        if not _is_plain(request):
            return None
        rt = await get_runtime(request)
        # Before anything that a stranger sent is looked into.
        caller = await app_callers.find_caller(rt, bearer(request), page_origin(request))
        given: dict[str, Any] = {"rt": rt, "caller": caller, "request": request, "keyed": None}
        shape: type[Schema] | None = self._hints.get("body")
        if shape is not None:
            try:
                given["body"] = shape.model_validate(json.loads(await request.body()))
            except (ValueError, RecursionError):
                return None
        answered = await self.endpoint(**given)
        if isinstance(answered, Response):
            return answered
        return Response(answered.model_dump_json(), media_type="application/json")


def _is_plain(request: Request) -> bool:
    headers = request.headers
    if headers.get("content-type") != "application/json":
        return False
    return not any(name in headers for name in UNUSUAL_HEADERS)
