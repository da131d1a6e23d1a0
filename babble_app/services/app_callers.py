"""Who calls an app: an app token, or a visitor's token that a page got for it; and from which pages that is allowed.

An app token in a page is public: it names the app. A page is therefore checked by its Origin, and gives the token in exchange for a
visitor's, which is signed by this server, bound to one app and one visitor, and valid for 15 minutes (SECURITY.md 2).
"""

from __future__ import annotations

import base64
import hmac
import re
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import orjson

from babble_app.errors import AppPausedError, OriginNotAllowedError, UnauthenticatedError
from babble_app.services import last_uses
from babble_app.services.token_format import hash_token, is_well_formed
from babble_app.services.vault import working_key
from babble_app.store import apps as rows

if TYPE_CHECKING:
    from babble_app.schemas.apps import App, Channel
    from babble_app.services.runtime import Runtime
    from babble_app.store.apps import OpenedApp

VISITOR_TOKEN = re.compile(r"bv_([0-9A-Za-z_-]{20,3000})\.([0-9A-Za-z_-]{43})")
VISITOR_SECONDS = 15 * 60
RENEWAL_SECONDS = 24 * 3600
"""How long after its end a visitor's token may still be exchanged for a new one."""
_REFUSED = (
    "This token is not valid: it is mistyped, revoked or expired. Make a new one on the app's page."
)
_EXPIRED = "This visit has expired. Load the page again."


@dataclass(frozen=True)
class AppCaller:
    """Who calls an app, and what for."""

    owner_id: str
    app: App
    channel: Channel
    token_id: str
    """Empty: a visitor of the page that this server itself serves."""
    live_version_id: str | None
    head_version_id: str | None
    visitor: str = ""
    """`vis_...` of a visitor's token, else empty."""
    visitor_name: str = ""
    token_limit: int | None = None
    """Messages a minute of everybody who comes with the token."""
    origin: str = ""
    """Of the page that calls; empty: not a browser's page of another site."""

    @property
    def token_is_public(self) -> bool:
        """Whether the credential is one that everybody has who sees a page which uses the app."""
        return not self.visitor and bool(self.app.origins or self.origin)


async def find_caller(
    rt: Runtime, token: str, origin: str = "", *, even_expired: bool = False
) -> AppCaller:
    """Return who comes with the token; `origin` is that of the page that sends it, if one does.

    Raises:
        UnauthenticatedError: the token is none, or not valid any more.
        OriginNotAllowedError: pages of that origin may not use the app.
        AppPausedError: the owner has paused the app.
    """
    if VISITOR_TOKEN.fullmatch(token):
        caller = await _find_visitor(rt, token, even_expired=even_expired)
    else:
        caller = await _find_by_app_token(rt, token)
    check_origin(caller.app, origin)
    check_running(caller.app)
    return replace(caller, origin=origin)


async def find_app(rt: Runtime, slug: str) -> AppCaller:
    """Return a caller without a token, for the page that this server itself serves; raises UnauthenticatedError."""
    opened = await _find_opened(rt, f"slug {slug}", rows.find_by_slug, slug)
    if opened is None or opened.suspended:
        raise UnauthenticatedError("There is no such app here.")
    return _caller(opened, token_id="", channel="production")


async def frame_ancestors(rt: Runtime, slug: str) -> tuple[str, ...]:
    """Return the origins whose pages may show the app in a frame; none when there is no such app."""
    try:
        return (await find_app(rt, slug)).app.origins
    except UnauthenticatedError:
        return ()


def check_origin(app: App, origin: str) -> None:
    """Raise OriginNotAllowedError when pages of that origin may not use the app; ours, which have none here, always may."""
    if not origin or origin in app.origins:
        return
    message = f"Pages of {origin} may not use this app. Its owner can allow that origin on the app's page."
    raise OriginNotAllowedError(message)


def check_running(app: App) -> None:
    """Raise AppPausedError when the owner has paused the app."""
    if app.paused:
        raise AppPausedError("This app is paused. Its owner can let it go on.")


def make_visitor_token(rt: Runtime, caller: AppCaller, visitor: str, visitor_name: str = "") -> str:
    """Return a token with which a page acts for one visitor of the caller's app."""
    claims = {
        "app": caller.app.id,
        "tok": caller.token_id,
        "ch": caller.channel,
        "vis": visitor,
        "name": visitor_name,
        "exp": int(time.time()) + VISITOR_SECONDS,
    }
    body = base64.urlsafe_b64encode(orjson.dumps(claims)).rstrip(b"=").decode()
    return f"bv_{body}.{_signature(rt, body)}"


def visitor_secret(rt: Runtime, app_id: str, visitor: str) -> str:
    """Return what proves that a browser is the visitor it was before."""
    key = working_key(rt.settings.secret("secret_key"), "babble visitors that come back")
    return _in_words(hmac.digest(key, f"{app_id} {visitor}".encode(), "sha256"))


def naming_key(rt: Runtime, app_id: str) -> str:
    """Return the key with which the owner's own server signs who its visitors are, in hex."""
    key = working_key(rt.settings.secret("master_key"), "babble names of visitors")
    return hmac.digest(key, app_id.encode(), "sha256").hex()


async def _find_by_app_token(rt: Runtime, token: str) -> AppCaller:
    if not is_well_formed(token, "bb"):
        raise UnauthenticatedError(_REFUSED)
    token_hash = hash_token(token)
    opened = await _find_opened(rt, token_hash, rows.find_by_token, token_hash)
    if opened is None or opened.token is None or opened.suspended:
        raise UnauthenticatedError(_REFUSED)
    _check_valid(opened.token)
    last_uses.note(rt, opened.token.id, rows.touch_token(opened.token.id))
    caller = _caller(opened, opened.token.id, opened.token.channel)
    return replace(caller, token_limit=opened.token.rate_limit_per_minute)


def _check_valid(facts: rows.TokenFacts) -> None:
    over = facts.expires_at is not None and facts.expires_at <= datetime.now(UTC)
    if over or facts.revoked_at is not None:
        raise UnauthenticatedError(_REFUSED)


async def _find_visitor(rt: Runtime, token: str, *, even_expired: bool) -> AppCaller:
    match = VISITOR_TOKEN.fullmatch(token)
    assert match is not None
    if not hmac.compare_digest(_signature(rt, match[1]), match[2]):
        raise UnauthenticatedError(_EXPIRED)
    claims = orjson.loads(base64.urlsafe_b64decode(match[1] + "=" * (-len(match[1]) % 4)))
    if claims["exp"] + (RENEWAL_SECONDS if even_expired else 0) <= time.time():
        raise UnauthenticatedError(_EXPIRED)
    token_id = claims["tok"]
    if token_id:
        opened = await _find_opened(rt, token_id, rows.find_by_token_id, token_id)
    else:
        opened = await _find_opened(rt, claims["app"], rows.find_by_id, claims["app"])
    if opened is None or opened.suspended or opened.app.id != claims["app"]:
        raise UnauthenticatedError(_EXPIRED)
    limit = None
    if opened.token is not None:
        _check_valid(opened.token)
        last_uses.note(rt, token_id, rows.touch_token(token_id))
        limit = opened.token.rate_limit_per_minute
    caller = _caller(opened, token_id, claims["ch"])
    return replace(caller, token_limit=limit, visitor=claims["vis"], visitor_name=claims["name"])


async def _find_opened(rt: Runtime, key: str, find: rows.Finder, value: str) -> OpenedApp | None:
    if known := rt.app_cache.apps.find(key):
        return known[0]
    opened = await rt.database.fetch(find, value)
    rt.app_cache.apps.keep(key, opened)
    return opened


def _caller(opened: OpenedApp, token_id: str, channel: str) -> AppCaller:
    return AppCaller(
        owner_id=opened.owner_id,
        app=opened.app,
        channel="staging" if channel == "staging" else "production",
        token_id=token_id,
        live_version_id=opened.live_version_id,
        head_version_id=opened.head_version_id,
    )


def _signature(rt: Runtime, body: str) -> str:
    if not rt.app_cache.signing_key:
        secret = rt.settings.secret("secret_key")
        rt.app_cache.signing_key = working_key(secret, "babble visitors' tokens")
    return _in_words(hmac.digest(rt.app_cache.signing_key, body.encode(), "sha256"))


def _in_words(digest: bytes) -> str:
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
