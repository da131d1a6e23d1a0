"""The login forms of the pages: native posts that set the cookie no script can read, and answer with a redirect."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from fastapi import APIRouter, Request
from starlette.datastructures import UploadFile
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

_PAGES = {"login": "/login/", "register": "/register/"}
_MAX_FIELDS = 10
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
        return _go_back(rt, request, Flash(**_said(form, error)))
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
        return _go_back(rt, request, Flash(form="register", **_said(form, error)))
    return _enter(rt, request, login, form)


@router.post("/logout")
async def log_out(rt: Rt, request: Request) -> Response:
    """End the login, also on the server, and go to the login page."""
    if token := request.cookies.get(LOGIN_COOKIE):
        await accounts.log_out(rt, token)
    response = _redirect(_PAGES["login"])
    forget_login(response, secure=_is_secure(rt, request))
    return response
