"""Accounts, logins and what identifies a caller."""

from __future__ import annotations

from typing import Literal

from babble_app.schemas.base import Schema, Timestamp

Role = Literal["admin", "member"]

LOGIN_COOKIE = "babble_session"
"""The browser's cookie that holds a login's token."""


class User(Schema):
    """An account as its owner sees it."""

    id: str
    email: str
    name: str
    role: Role
    default_model: str = ""
    """Empty: the server's BABBLE_DEFAULT_MODEL."""
    fallback_models: tuple[str, ...] = ()
    """Asked in this order when the default model cannot answer."""
    theme: Literal["system", "light", "dark"] = "system"
    suspended: bool = False
    created_at: Timestamp


class Login(Schema):
    """A browser that is logged in."""

    id: str
    user_id: str
    created_at: Timestamp
    last_seen_at: Timestamp
    expires_at: Timestamp
    address: str
    user_agent: str


class NewLogin(Schema):
    """A login just made; the token goes into the cookie and is never seen again."""

    token: str
    login: Login
    user: User


class AccessToken(Schema):
    """A short-lived JWT for scripts."""

    access_token: str
    token_type: Literal["bearer"] = "bearer"  # noqa: S105 - the scheme's name, no secret
    expires_in: int
    """Seconds."""


class ApiKey(Schema):
    """A person's key of the API, as far as it is ever shown again."""

    id: str
    name: str
    prefix: str
    last4: str
    expires_at: Timestamp | None = None
    last_used_at: Timestamp | None = None
    created_at: Timestamp


class NewApiKey(ApiKey):
    """A key that was just made."""

    key: str
    """`bbk_...`; shown here only."""
