"""The API's exception handlers, and the routes that answer where no other route does."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from fastapi import APIRouter, Request
from fastapi.routing import iter_route_contexts

from babble_app.api._problems import (
    INTERNAL_DETAIL,
    code_of_status,
    problem,
    problem_of_error,
    problem_of_validation,
)

if TYPE_CHECKING:
    from fastapi.exceptions import RequestValidationError
    from starlette.exceptions import HTTPException
    from starlette.responses import Response

    from babble_app.errors import BabbleError

unknown_paths = APIRouter(include_in_schema=False)
_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


async def answer_babble_error(request: Request, error: Exception) -> Response:
    """Answer an expected failure."""
    return problem_of_error(request.scope, cast("BabbleError", error))


async def answer_validation_error(request: Request, error: Exception) -> Response:
    """Answer a request that does not fit the route's schema."""
    return problem_of_validation(request.scope, cast("RequestValidationError", error).errors())


async def answer_http_exception(request: Request, error: Exception) -> Response:
    """Answer what the framework refuses by itself."""
    refusal = cast("HTTPException", error)
    return problem(
        request.scope,
        refusal.status_code,
        str(refusal.detail),
        code=code_of_status(refusal.status_code),
        headers=refusal.headers,
    )


async def answer_unforeseen(request: Request, _: Exception) -> Response:
    """Answer a bug without its details; the outermost layer logs it."""
    return problem(request.scope, 500, INTERNAL_DETAIL)


# Without these the pages' application, mounted behind, would answer with an HTML page.
@unknown_paths.api_route("/api", methods=_METHODS)
@unknown_paths.api_route("/v1", methods=_METHODS)
@unknown_paths.api_route("/health", methods=_METHODS)
@unknown_paths.api_route("/api/{path:path}", methods=_METHODS)
@unknown_paths.api_route("/auth/{path:path}", methods=_METHODS)
@unknown_paths.api_route("/health/{path:path}", methods=_METHODS)
@unknown_paths.api_route("/v1/{path:path}", methods=_METHODS)
async def answer_unknown_path(request: Request) -> Response:
    """Answer 405 where another method would be served, else 404."""
    allowed = _allowed_methods(request)
    if allowed:
        detail = f"{request.method} is not possible here; {', '.join(allowed)} is."
        return problem(request.scope, 405, detail, headers={"Allow": ", ".join(allowed)})
    return problem(request.scope, 404, "There is no such path. /docs lists those that are.")


def _allowed_methods(request: Request) -> list[str]:
    path = request.scope["path"]
    found: set[str] = set()
    for route in iter_route_contexts(request.app.routes):
        if route.endpoint is answer_unknown_path or not route.methods:
            continue
        if route.path_regex.match(path):
            found |= route.methods
    return sorted(found)
