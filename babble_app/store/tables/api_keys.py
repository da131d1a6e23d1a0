"""Personal keys of the API."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field

from babble_app.store.tables.base import Table, new_id, now


class ApiKeyRow(Table, table=True):
    """A credential of a person's scripts; only its hash is kept."""

    __tablename__ = "api_keys"

    id: str = Field(default_factory=lambda: new_id("key"), primary_key=True)
    owner_id: str = Field(foreign_key="users.id", ondelete="CASCADE", index=True)
    name: str
    key_hash: str = Field(unique=True)
    """SHA-256 of the key, in hex."""
    prefix: str
    last4: str
    expires_at: datetime | None = None
    last_used_at: datetime | None = None
    created_at: datetime = Field(default_factory=now)
