"""Who is calling, and the runtime the call is served with: the dependencies that routes take as arguments."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import APIKeyCookie, HTTPBearer

from babble_app.errors import AccountSuspendedError, NotReadyError, UnauthenticatedError
from babble_app.schemas.accounts import LOGIN_COOKIE, User
from babble_app.services import accounts
from babble_app.services.access_tokens import find_user_by_bearer
from babble_app.services.api_keys import find_user_by_key
from babble_app.services.runtime import Runtime

bearer_scheme = HTTPBearer(
    scheme_name="bearer",
    auto_error=False,
    description="The `access_token` of `POST /api/auth/login`, valid for 15 minutes, or a personal key (`bbk_...`).",
)
cookie_scheme = APIKeyCookie(
    name=LOGIN_COOKIE,
    scheme_name="cookie",
    auto_error=False,
    description="A browser's login, set by the login page. Unsafe methods then need our own Origin.",
)


async def get_runtime(request: Request) -> Runtime:
    """Return the runtime of the process; asynchronous, as FastAPI calls any other function on a thread (0.5 ms).

    Raises:
        NotReadyError: it is not open yet.
    """
    try:
        return request.app.state.runtime_getter()
    except RuntimeError as error:
        message = "The server is starting. Try again in a moment."
        raise NotReadyError(message) from error


Rt = Annotated[Runtime, Depends(get_runtime)]


async def current_user(
    request: Request,
    rt: Rt,
    _token: Annotated[object, Depends(bearer_scheme)],
    _login: Annotated[object, Depends(cookie_scheme)],
) -> User:
    """Return the caller.

    An Authorization header decides alone: with a bad token in it, a good cookie does not help.

    Raises:
        UnauthenticatedError: no valid credential came with the call.
        AccountSuspendedError: the credential is good, but the account is suspended.
    """
    user = await _find_user(request, rt)
    if user is None:
        message = (
            "Log in, or send `Authorization: Bearer <token>` with a token that has not expired."
        )
        raise UnauthenticatedError(message)
    if user.suspended:
        message = "This account was suspended. Ask the administrator of this server."
        raise AccountSuspendedError(message)
    return user


async def is_still_allowed(request: Request, rt: Runtime) -> bool:
    """Say whether the credential of a call that is still being answered was not taken back since."""
    user = await _find_user(request, rt, even_expired=True)
    return user is not None and not user.suspended


async def _find_user(request: Request, rt: Runtime, *, even_expired: bool = False) -> User | None:
    authorization = request.headers.get("authorization")
    if authorization is not None:
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer":
            return None
        find = find_user_by_key if token.strip().startswith("bbk_") else find_user_by_bearer
        return await find(rt, token.strip(), even_expired=even_expired)
    token = request.cookies.get(LOGIN_COOKIE)
    return await accounts.find_user_by_login(rt, token) if token else None


Me = Annotated[User, Depends(current_user)]


def client_address(request: Request) -> str:
    """Return the caller's address, as the trusted proxy reports it."""
    return request.client.host if request.client else ""


def user_agent(request: Request) -> str:
    """Return what the caller's program says it is, shortened."""
    return request.headers.get("user-agent", "")[:300]
