"""The login forms of the pages: native posts that set the cookie no script can read, and answer with a redirect."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from babble_app.api._identity import Rt, client_address, user_agent
from babble_app.errors import BabbleError
from babble_app.schemas.accounts import LOGIN_COOKIE
from babble_app.services import accounts
from babble_app.services.flash import FLASH_COOKIE, FLASH_SECONDS, Flash, seal_flash
from babble_app.services.redirects import HOME, local_path

if TYPE_CHECKING:
    from babble_app.schemas.accounts import NewLogin
    from babble_app.services.runtime import Runtime

router = APIRouter(prefix="/auth", include_in_schema=False)

_LOGIN_PAGE = "/login/"
_MAX_FIELDS = 10
_MAX_FIELD_BYTES = 4096
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@router.post("/login")
async def log_in(rt: Rt, request: Request) -> Response:
    """Log in and go on to `next`, or go back to the form with the reason."""
    form = await _read_form(request)
    try:
        login = await accounts.log_in(
            rt,
            email=form.get("email", ""),
            password=form.get("password", ""),
            address=client_address(request),
            user_agent=user_agent(request),
        )
    except BabbleError as error:
        return _go_back(rt, request, _flash("login", form, error))
    return _enter(rt, request, login, form)


@router.post("/register")
async def register(rt: Rt, request: Request) -> Response:
    """Make an account, log in and go on, or go back to the form with the reason."""
    form = await _read_form(request)
    try:
        login = await accounts.register(
            rt,
            email=form.get("email", ""),
            password=form.get("password", ""),
            name=form.get("name", ""),
            address=client_address(request),
            user_agent=user_agent(request),
        )
    except BabbleError as error:
        return _go_back(rt, request, _flash("register", form, error))
    return _enter(rt, request, login, form)


@router.post("/logout")
async def log_out(rt: Rt, request: Request) -> Response:
    """End the login, also on the server, and go to the login page."""
    if token := request.cookies.get(LOGIN_COOKIE):
        await accounts.log_out(rt, token)
    response = _redirect(_LOGIN_PAGE)
    response.delete_cookie(LOGIN_COOKIE, httponly=True, samesite="lax")
    return response


async def _read_form(request: Request) -> dict[str, str]:
    """Return the form's text fields; files and repeated names count for nothing."""
    form = await request.form(max_files=0, max_fields=_MAX_FIELDS, max_part_size=_MAX_FIELD_BYTES)
    return {name: value for name, value in form.items() if isinstance(value, str)}


def _enter(rt: Runtime, request: Request, login: NewLogin, form: dict[str, str]) -> Response:
    response = _redirect(local_path(form.get("next", HOME)))
    lifetime = login.login.expires_at - datetime.now(UTC)
    response.set_cookie(
        LOGIN_COOKIE,
        login.token,
        max_age=int(lifetime.total_seconds()),
        httponly=True,
        secure=_is_secure(rt, request),
        samesite="lax",
    )
    response.delete_cookie(FLASH_COOKIE, httponly=True, samesite="lax")
    return response


def _go_back(rt: Runtime, request: Request, flash: Flash) -> Response:
    response = _redirect(_LOGIN_PAGE)
    response.set_cookie(
        FLASH_COOKIE,
        seal_flash(rt.settings, flash),
        max_age=FLASH_SECONDS,
        httponly=True,
        secure=_is_secure(rt, request),
        samesite="lax",
    )
    return response


def _flash(which: Literal["login", "register"], form: dict[str, str], error: BabbleError) -> Flash:
    # A cookie holds 4 KB; what nobody types is cut.
    return Flash(
        form=which,
        code=error.code,
        message=str(error)[:500],
        email=form.get("email", "")[:320],
        name=form.get("name", "")[:200],
        next=local_path(form.get("next", HOME))[:500],
    )


def _redirect(path: str) -> RedirectResponse:
    return RedirectResponse(path, HTTPStatus.SEE_OTHER)


def _is_secure(rt: Runtime, request: Request) -> bool:
    """Tell whether the browser reaches us over https, here or at the address the operator named."""
    if request.url.scheme == "https":
        return True
    public = urlsplit(rt.settings.public_url)
    return public.scheme == "https" and public.hostname not in _LOOPBACK
