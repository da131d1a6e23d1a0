"""Logins of browsers: 256 random bits in a cookie, of which only the SHA-256 is stored (SECURITY.md 1)."""

from __future__ import annotations

import hashlib
import secrets
import time
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from babble_app.schemas.accounts import NewLogin
from babble_app.store import users as rows
from babble_app.store.tables.accounts import LoginRow
from babble_app.store.tables.base import now

if TYPE_CHECKING:
    from datetime import datetime

    from sqlmodel.ext.asyncio.session import AsyncSession

    from babble_app.schemas.accounts import Login, User
    from babble_app.services.runtime import Runtime
    from babble_app.store.tables.accounts import UserRow

IDLE = timedelta(days=14)
LIFETIME = timedelta(days=90)
_TOUCH_EVERY = timedelta(minutes=1)
_CACHE_SECONDS = 0.9
"""Below a second: also a suspension by another process (the command line) is obeyed within one."""
_MOST_CACHED = 10_000
_MAX_USER_AGENT_CHARS = 300


class Known(NamedTuple):
    """Who came with a credential."""

    user: User
    tokens_valid_after: datetime


class LoginCache:
    """Remembers for a moment who came with which credential, as a page asks many times a second."""

    def __init__(self) -> None:
        """Start empty."""
        self._known: dict[str, tuple[float, Known]] = {}

    def find(self, key: str) -> Known | None:
        """Return what was kept for the key less than a moment ago."""
        until, known = self._known.get(key, (0.0, None))
        return known if until > time.monotonic() else None

    def keep(self, key: str, known: Known) -> None:
        """Keep the answer for a moment."""
        if len(self._known) >= _MOST_CACHED:
            self._known.clear()
        self._known[key] = (time.monotonic() + _CACHE_SECONDS, known)

    def forget(self) -> None:
        """Forget everything; whoever takes rights away calls this."""
        self._known.clear()


async def add_login(db: AsyncSession, user: UserRow, *, address: str, user_agent: str) -> NewLogin:
    """Add a login of the account; the token is shown here only."""
    token = secrets.token_urlsafe(32)
    at = now()
    row = LoginRow(
        user_id=user.id,
        token_hash=hash_token(token),
        created_at=at,
        last_seen_at=at,
        expires_at=at + LIFETIME,
        address=address[:64],
        user_agent=user_agent[:_MAX_USER_AGENT_CHARS],
    )
    db.add(row)
    await db.flush()
    await rows.delete_old_logins(db, at - IDLE)
    return NewLogin(token=token, login=rows.login_shape(row), user=rows.user_shape(user))


async def find_user_by_login(rt: Runtime, token: str) -> User | None:
    """Return whose login the cookie's token is; None when it is unknown, ended, revoked, or the account suspended."""
    key = hash_token(token)
    if known := rt.login_cache.find(key):
        return known.user
    async with rt.database.reading() as db:
        found = await rows.find_login(db, key)
    if found is None:
        return None
    login, row = found
    at = now()
    if login.expires_at <= at or login.last_seen_at + IDLE <= at or row.suspended_at is not None:
        return None
    if login.last_seen_at + _TOUCH_EVERY < at:
        async with rt.database.unit_of_work() as db:
            await rows.touch_login(db, login.id, at - _TOUCH_EVERY)
    user = rows.user_shape(row)
    rt.login_cache.keep(key, Known(user, row.tokens_valid_after))
    return user


async def log_out(rt: Runtime, token: str) -> None:
    """End the login with this token; an unknown one is no error."""
    async with rt.database.unit_of_work() as db:
        await rows.delete_login_by_token(db, hash_token(token))
    rt.login_cache.forget()


async def list_logins(rt: Runtime, owner_id: str) -> list[Login]:
    """Return where the account is logged in, the last used first."""
    async with rt.database.reading() as db:
        found = await rows.list_logins(db, owner_id, now() - IDLE)
    return [rows.login_shape(row) for row in found]


async def revoke_login(rt: Runtime, owner_id: str, login_id: str) -> None:
    """End one login of the account."""
    async with rt.database.unit_of_work() as db:
        await rows.delete_login(db, owner_id, login_id)
    rt.login_cache.forget()


async def revoke_all_logins(rt: Runtime, owner_id: str) -> None:
    """Log the account out everywhere: all logins end, and so do all access tokens made before."""
    async with rt.database.unit_of_work() as db:
        user = await rows.get_user(db, owner_id, lock=True)
        await end_all(db, user)
    rt.login_cache.forget()


async def end_all(db: AsyncSession, user: UserRow, *, but_token: str = "") -> None:
    """Delete the account's logins, but for one where wanted, and refuse its access tokens from now on."""
    user.tokens_valid_after = now()
    db.add(user)
    await rows.delete_logins(db, user.id, but_token_hash=hash_token(but_token) if but_token else "")


def hash_token(token: str) -> str:
    """Return what is stored of a token."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
