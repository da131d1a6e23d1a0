"""Access tokens for scripts: JWTs of 15 minutes, HS256 with the server's secret, audience and issuer checked."""

from __future__ import annotations

import hashlib
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import jwt

from babble_app.schemas.accounts import AccessToken
from babble_app.services.logins import Known
from babble_app.store import users as rows
from babble_app.store.tables.base import now

if TYPE_CHECKING:
    from babble_app.schemas.accounts import User
    from babble_app.services.runtime import Runtime

LIFETIME_SECONDS = 15 * 60
_ALGORITHM = "HS256"
_ISSUER = "babble"
_AUDIENCE = "babble-api"


async def make_access_token(rt: Runtime, user: User) -> AccessToken:
    """Return a token with which the account's scripts may call the API."""
    at = time.time()
    claims = {
        "iss": _ISSUER,
        "aud": _AUDIENCE,
        "sub": user.id,
        # With the fraction: a token made in the second of a log-out everywhere must be told from those made before it.
        "iat": at,
        "exp": int(at) + LIFETIME_SECONDS,
    }
    token = jwt.encode(claims, _key(rt), algorithm=_ALGORITHM)
    return AccessToken(access_token=token, expires_in=LIFETIME_SECONDS)


async def find_user_by_bearer(
    rt: Runtime, token: str, *, even_expired: bool = False
) -> User | None:
    """Return whose token it is; None when it is not ours, expired, revoked, or the account suspended.

    A stream that was begun with a token goes on when that expires, but not when it is revoked: `even_expired`.
    """
    try:
        claims = jwt.decode(
            token,
            _key(rt),
            algorithms=[_ALGORITHM],
            audience=_AUDIENCE,
            issuer=_ISSUER,
            options={"require": ["exp", "iat", "sub"], "verify_exp": not even_expired},
        )
    except jwt.InvalidTokenError:
        return None
    known = await _find_user(rt, str(claims["sub"]))
    made_at = datetime.fromtimestamp(float(claims["iat"]), UTC)
    if known is None or known.user.suspended or made_at < known.tokens_valid_after:
        return None
    return known.user


async def revoke_access_tokens(rt: Runtime, owner_id: str) -> None:
    """Refuse all tokens of the account that were made before now; logins of browsers go on."""
    async with rt.database.unit_of_work() as db:
        user = await rows.get_user(db, owner_id)
        user.tokens_valid_after = now()
        db.add(user)
    rt.login_cache.forget()


def _key(rt: Runtime) -> bytes:
    """Return 32 bytes whatever the secret's length, used for nothing but these tokens."""
    return hashlib.sha256(b"babble access tokens\0" + rt.settings.secret("secret_key")).digest()


async def _find_user(rt: Runtime, owner_id: str) -> Known | None:
    if known := rt.login_cache.find(owner_id):
        return known
    async with rt.database.reading() as db:
        row = await rows.find_user(db, owner_id)
    if row is None:
        return None
    known = Known(rows.user_shape(row), row.tokens_valid_after)
    rt.login_cache.keep(owner_id, known)
    return known
