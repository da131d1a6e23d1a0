"""Who sits at a tab: the guard before every event, and the binding of a tab's state to one person.

Reflex gives a tab's whole state to whoever presents its token, calls any handler that a socket names, and knows no users
(REFLEX.md 0, findings 3 and 4). So every event passes `RequireSession`, which reads the login cookie of the socket's
handshake, and every new socket passes `BindTab` before it may listen.
"""

from __future__ import annotations

import re
from http.cookies import CookieError, SimpleCookie
from logging import getLogger
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, quote

import reflex as rx
from reflex.event import Event
from reflex.middleware.middleware import Middleware
from reflex.state import BaseState, StateUpdate

from babble_app.errors import BabbleError, RateLimitedError, UnauthenticatedError
from babble_app.schemas.accounts import LOGIN_COOKIE, User
from babble_app.services import accounts, limits, runtime
from babble_app.states.arguments import arguments_fit

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

logger = getLogger(__name__)

_FRAMEWORK = "reflex___state____"
PUBLIC_EVENTS = frozenset(
    {
        f"{_FRAMEWORK}state.hydrate",
        f"{_FRAMEWORK}state.hydrate_and_load",
        f"{_FRAMEWORK}state.set_is_hydrated",
        f"{_FRAMEWORK}state.{_FRAMEWORK}on_load_internal_state.on_load_internal",
        f"{_FRAMEWORK}state.{_FRAMEWORK}on_load_internal_state.set_is_hydrated",
        f"{_FRAMEWORK}state.{_FRAMEWORK}update_vars_internal_state.update_vars_internal",
        f"{_FRAMEWORK}state.{_FRAMEWORK}frontend_event_exception_state.handle_frontend_exception",
        f"{_FRAMEWORK}state.babble_app___states___login____login_state.load",
        f"{_FRAMEWORK}state.babble_app___states___login____login_state.choose_form",
    }
)
"""What may be called without a login, by full name; everything else is refused."""
_REPORT = f"{_FRAMEWORK}state.{_FRAMEWORK}frontend_event_exception_state.handle_frontend_exception"
_MAX_REPORT_CHARS = 500
_TAB_TOKEN = re.compile(r"[A-Za-z0-9-]{16,64}")


class SessionState(rx.State):
    """The person this tab's state belongs to; never sent to the browser."""

    _user: User | None = None

    def _bind(self, user: User | None) -> bool:
        """Note who is there now; return whether that is somebody else than before."""
        changed = (self._user and self._user.id) != (user and user.id)
        if self._user != user:
            self._user = user
        return changed

    def _who(self) -> User | None:
        return self._user


async def find_user(state: BaseState) -> User | None:
    """Return the person at the tab, as the guard last saw them."""
    session = await state.get_state(SessionState)
    return session._who()  # noqa: SLF001 - underscore: not callable from outside  # pyright: ignore[reportPrivateUsage]


async def get_user(state: BaseState) -> User:
    """Return the person whose event is being handled.

    Raises:
        UnauthenticatedError: nobody is logged in at this tab any more.
    """
    user = await find_user(state)
    if user is None:
        message = "Log in again: this page's login has ended."
        raise UnauthenticatedError(message)
    return user


async def is_somebody_else(state: BaseState, owner_id: str) -> bool:
    """Return whether the person has left the tab; background handlers ask it under the lock, before they write."""
    there = await find_user(state)
    return there is None or there.id != owner_id or not await _is_still_good(state)


async def _is_still_good(state: BaseState) -> bool:
    """Return whether the login with which the tab's socket was opened has not ended since.

    The guard asks before each event; a handler that follows an answer for minutes must ask by itself.
    """
    cookie = state.router.headers.cookie
    return not cookie or await find_user_by_cookie(cookie) is not None


async def find_user_by_cookie(header: str) -> User | None:
    """Return whose login the Cookie header carries; None for a missing, ended or suspended one."""
    token = read_cookie(header, LOGIN_COOKIE)
    if not token:
        return None
    try:
        return await accounts.find_user_by_login(runtime.current(), token)
    except BabbleError:
        return None


def read_cookie(header: str, name: str) -> str:
    """Return one cookie of a Cookie header, or an empty string."""
    try:
        morsel = SimpleCookie(header).get(name)
    except CookieError:
        return ""
    return morsel.value if morsel else ""


class RequireSession(Middleware):
    """Refuses every event of every state unless a valid login came with its socket; must be the first middleware."""

    async def preprocess(self, app: rx.App, state: BaseState, event: Event) -> StateUpdate | None:
        """Let the event pass (None), or answer it here."""
        if event.name.endswith(".setvar") or not arguments_fit(event):
            logger.warning("refused an event that no page of ours sends: %s", event.name)
            return StateUpdate()
        if event.name == _REPORT:
            _shorten(event.payload)
        root = state._get_root_state()  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
        user = await find_user_by_cookie(root.router.headers.cookie)
        session = await root.get_state(SessionState)
        if _is_stale(app, root) and session._who() != user:  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
            # A late event of an older socket must not give the tab back to whoever sat there before.
            return StateUpdate()
        if session._bind(user):  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
            root.reset()
            session._bind(user)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
        if user is None and event.name not in PUBLIC_EVENTS:
            return await _refusal(root)
        return StateUpdate() if _is_flooding(root, user) else None


def _shorten(payload: dict[str, str]) -> None:
    """Cut what a browser reports: Reflex searches it with patterns whose time grows with the cube of its length.

    Measured: 8,000 characters 0.3 s, so one message of a megabyte, from anybody, would stop the server for days.
    """
    for name, value in payload.items():
        payload[name] = value[:_MAX_REPORT_CHARS]


def _is_flooding(root: BaseState, user: User | None) -> bool:
    """Count the event, and say whether its sender has sent more than any person can."""
    try:
        address = limits.network_of(root.router.session.client_ip)
        runtime.current().limiter.hit("event", user.id if user else address)
    except RateLimitedError:
        return True
    return False


def _is_stale(app: rx.App, root: BaseState) -> bool:
    """Return whether the event came through another socket than the tab's present one."""
    tab = root.router.session
    namespace = app.event_namespace
    return namespace is not None and namespace.token_to_sid.get(tab.client_token) != tab.session_id


async def _refusal(root: BaseState) -> StateUpdate:
    """Send the emptied state, and the browser to the login page."""
    delta = await root._get_resolved_delta()  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    root._clean()  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    url = root.router.url
    here = url.path + (f"?{url.query}" if url.query else "")
    redirect = rx.redirect(f"/login/?next={quote(here, safe='')}")
    events = Event.from_event_type(redirect)  # pyright: ignore[reportUnknownMemberType] - partly untyped
    return StateUpdate(delta=delta, events=events)


class BindTab:
    """Empties a tab's state before a socket of another person may listen to it.

    Between the socket's handshake and its first event, background handlers of the person before would still send to it.
    """

    def __init__(self, inner: ASGIApp, app: rx.App) -> None:
        """Wrap the whole server."""
        self.inner = inner
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Look at websocket handshakes only."""
        if scope["type"] == "websocket" and scope["path"].startswith("/_event"):
            token = _tab_token(scope)
            if not token or _opens_too_many(scope):
                # Before it is accepted, closing a websocket answers 403.
                await receive()
                await send({"type": "websocket.close", "code": 1008, "reason": "refused"})
                return
            await self._bind(scope, token)
        await self.inner(scope, receive, send)

    async def _bind(self, scope: Scope, tab_token: str) -> None:
        headers = {name.lower(): value for name, value in scope["headers"]}
        user = await find_user_by_cookie(headers.get(b"cookie", b"").decode("latin-1"))
        token = rx.BaseStateToken(ident=tab_token, cls=SessionState)
        async with self.app.state_manager.modify_state(token) as state:
            root = state._get_root_state()  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
            session = await root.get_state(SessionState)
            if session._bind(user):  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
                root.reset()
                session._bind(user)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]


def _tab_token(scope: Scope) -> str:
    """Return the tab's token; empty when there is none, several, or one that is no token."""
    tokens = parse_qs(scope["query_string"].decode("latin-1")).get("token", [])
    return tokens[0] if len(tokens) == 1 and _TAB_TOKEN.fullmatch(tokens[0]) else ""


def _opens_too_many(scope: Scope) -> bool:
    """Count the socket: each costs a tree of states that is kept for an hour."""
    client = scope.get("client")
    try:
        runtime.current().limiter.hit("socket", limits.network_of(client[0]) if client else "")
    except RateLimitedError:
        return True
    return False
