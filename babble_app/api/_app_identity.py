"""Which app a host app, a page or a visitor calls: the dependency of all routes that take an app's token."""

from __future__ import annotations

from functools import cache
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPBearer

from babble_app.api._identity import Rt
from babble_app.api.middleware.origin import OwnOrigins
from babble_app.errors import BabbleError, UnauthenticatedError
from babble_app.services import app_callers
from babble_app.services.app_callers import AppCaller
from babble_app.services.runtime import Runtime

_bearer = HTTPBearer(
    scheme_name="app_token",
    auto_error=False,
    description="An app's token (`bb_...`), or the token of one visitor (`bv_...`).",
)
_MISSING = "Send `Authorization: Bearer bb_...` with a token of the app."


async def current_caller(
    request: Request, rt: Rt, _token: Annotated[object, Depends(_bearer)]
) -> AppCaller:
    """Return who calls which app.

    Raises:
        UnauthenticatedError: no valid token came with the call.
        OriginNotAllowedError: it comes from a page that may not use the app.
        AppPausedError: the app's owner has paused it.
    """
    return await app_callers.find_caller(rt, bearer(request), page_origin(request))


def bearer(request: Request) -> str:
    """Return the token that came with the call; raises UnauthenticatedError without one."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise UnauthenticatedError(_MISSING)
    return token.strip()


def page_origin(request: Request) -> str:
    """Return the origin of the page that sends the call; empty: no browser, or a page of this very server.

    Whose page it is cannot be told from the Host header alone: a name can be made to point at us (DNS rebinding).
    """
    origin = request.headers.get("origin", "")
    settings = request.app.state.runtime_getter().settings
    own = _own_origins(settings.allowed_origins, settings.public_url)
    return "" if own.has(origin, request.headers.get("host", "")) else origin


@cache
def _own_origins(allowed: str, public_url: str) -> OwnOrigins:
    return OwnOrigins(allowed, public_url)


async def is_still_allowed(request: Request, rt: Runtime) -> bool:
    """Say whether the token of a call that is still being answered was not taken back since."""
    return await find_refusal(request, rt) is None


async def find_refusal(request: Request, rt: Runtime) -> BabbleError | None:
    """Return what the next call with the token would be told, if it would not be let through."""
    try:
        await app_callers.find_caller(rt, bearer(request), page_origin(request), even_expired=True)
    except BabbleError as error:
        return error
    return None


Caller = Annotated[AppCaller, Depends(current_caller)]
