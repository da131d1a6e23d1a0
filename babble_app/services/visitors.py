"""Begins the visits of pages: who may have a visitor's token, and who the visitor is."""

from __future__ import annotations

import hashlib
import hmac
import re
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit

from babble_app.errors import (
    OriginNotAllowedError,
    UnauthenticatedError,
    ValidationFailedError,
)
from babble_app.schemas.apps import AppFace, VisitorToken
from babble_app.services import app_callers, limits
from babble_app.services.app_callers import VISITOR_SECONDS, VISITOR_TOKEN, AppCaller
from babble_app.store import sightings as rows
from babble_app.store.tables.base import new_id

if TYPE_CHECKING:
    from babble_app.services.runtime import Runtime

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_NO_TOKEN = "Send `Authorization: Bearer bb_...`, with the token of the app."  # noqa: S105 - words, no secret


async def begin_visit(
    rt: Runtime,
    token: str,
    *,
    origin: str,
    address: str,
    slug: str = "",
    visitor_id: str = "",
    visitor_secret: str = "",
    user_id: str = "",
    user_name: str = "",
    signature: str = "",
    page: str = "",
) -> VisitorToken:
    """Return a token with which a page acts for one visitor.

    Args:
        rt: The runtime.
        token: The app's, or an earlier one of the visitor's, which is renewed; empty: a page of this very server asks.
        origin: Of the page that asks; empty: a page of this server, or a program.
        address: Of the caller, for the limit.
        slug: Of the app, where there is no token.
        visitor_id: Of a visit before.
        visitor_secret: What proves that it is the same visitor.
        user_id: The host app's name of its user.
        user_name: What to call the user.
        signature: What proves that the host app's server says so.
        page: Where the app is loaded.

    Raises:
        UnauthenticatedError: neither a valid token nor a page of this server.
        OriginNotAllowedError: pages of that origin may not use the app.
        AppPausedError: its owner has paused it.
        ValidationFailedError: the user's id or name holds control characters.
    """
    await limits.hit(rt, "visit", limits.network_of(address))
    caller = await _find_caller(rt, token, origin, slug, page)
    visitor, name = caller.visitor, caller.visitor_name
    secret = ""
    if not visitor:
        visitor, name = _named(rt, caller, user_id, user_name, signature)
    if not visitor:
        good = app_callers.visitor_secret(rt, caller.app.id, visitor_id)
        if visitor_id and _are_equal(good, visitor_secret):
            visitor = visitor_id
        else:
            visitor = new_id("vis")
            secret = app_callers.visitor_secret(rt, caller.app.id, visitor)
    if not VISITOR_TOKEN.fullmatch(token):
        await _note_sighting(rt, caller, origin, page, refused=False)
    app = caller.app
    return VisitorToken(
        visitor_token=app_callers.make_visitor_token(rt, caller, visitor, name),
        expires_in=VISITOR_SECONDS,
        visitor_id=visitor,
        visitor_secret=secret,
        app=AppFace(
            slug=app.slug,
            name=app.name,
            look=app.look,
            paused=app.paused,
            takes_files=app.takes_files,
            speaks_first=app.agent_id is not None,
        ),
    )


async def _find_caller(rt: Runtime, token: str, origin: str, slug: str, page: str) -> AppCaller:
    if not token:
        if origin or not slug:
            raise UnauthenticatedError(_NO_TOKEN)
        caller = await app_callers.find_app(rt, slug)
        app_callers.check_running(caller.app)
        return caller
    try:
        return await app_callers.find_caller(rt, token, origin, even_expired=True)
    except OriginNotAllowedError:
        refused = await app_callers.find_caller(rt, token, even_expired=True)
        await _note_sighting(rt, refused, origin, page, refused=True)
        raise


def _named(
    rt: Runtime, caller: AppCaller, user_id: str, user_name: str, signature: str
) -> tuple[str, str]:
    """Return whom the host app's server names; nobody when it has not signed that."""
    if not user_id or not signature:
        return "", ""
    if _CONTROL.search(user_id + user_name):
        # Of an id with a line feed nobody could say where it ends and the name begins: one signature would be good for two people.
        message = "A user's `id` and `name` have no line feeds and no other control characters."
        raise ValidationFailedError(message, field="user")
    key = app_callers.naming_key(rt, caller.app.id)
    signed = f"{user_id}\n{user_name}" if user_name else user_id
    good = hmac.new(key.encode(), signed.encode(), hashlib.sha256).hexdigest()
    if not _are_equal(good, signature.lower()):
        raise UnauthenticatedError("The signature of `user` does not fit its `id` and `name`.")
    return f"user {user_id}", user_name or user_id


def _are_equal(good: str, given: str) -> bool:
    """Compare in constant time; what was given may be any text."""
    return hmac.compare_digest(good.encode(), given.encode("utf-8", "surrogatepass"))


def _split(page: str) -> SplitResult:
    """Return the parts of a page's address; empty ones when it is none."""
    try:
        return urlsplit(page if page.startswith(("http://", "https://")) else "")
    except ValueError:
        return urlsplit("")


async def _note_sighting(
    rt: Runtime, caller: AppCaller, origin: str, page: str, *, refused: bool
) -> None:
    parts = _split(page)
    seen = origin or (f"{parts.scheme}://{parts.netloc}" if parts.netloc else "")
    if not seen:
        return
    count = await rt.database.fetch(rows.count_sightings, caller.owner_id, caller.app.id)
    # Anybody can make origins up: those that are the owner's must find room all the same.
    most = rows.MOST_SIGHTINGS if seen in caller.app.origins else rows.MOST_SIGHTINGS // 2
    await rt.writer.write(
        rows.add_sighting(
            caller.owner_id,
            caller.app.id,
            origin=seen[:200],
            page=parts.path[:200],
            refused=refused,
            known_only=count >= most,
        )
    )
