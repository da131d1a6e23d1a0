"""People and their logins."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON
from sqlmodel import Field

from babble_app.store.tables.base import Table, Versioned, new_id, now


class UserRow(Versioned, Table, table=True):
    """An account."""

    __tablename__ = "users"

    id: str = Field(default_factory=lambda: new_id("usr"), primary_key=True)
    email: str = Field(unique=True)
    """Lower case."""
    name: str
    role: str
    password_hash: str
    default_model: str = ""
    fallback_models: list[str] = Field(default_factory=list, sa_type=JSON)
    """Asked in this order when the default model cannot answer."""
    theme: str = "system"
    suspended_at: datetime | None = None
    tokens_valid_after: datetime = Field(default_factory=now)
    """Access tokens issued before are refused."""
    created_at: datetime = Field(default_factory=now)


class LoginRow(Table, table=True):
    """A browser that is logged in; the token itself is never stored."""

    __tablename__ = "logins"

    id: str = Field(default_factory=lambda: new_id("lgn"), primary_key=True)
    user_id: str = Field(foreign_key="users.id", ondelete="CASCADE", index=True)
    token_hash: str = Field(unique=True)
    """SHA-256 in hexadecimal."""
    created_at: datetime = Field(default_factory=now)
    last_seen_at: datetime = Field(default_factory=now)
    expires_at: datetime
    """The absolute end; idleness ends it earlier."""
    address: str = ""
    user_agent: str = ""
