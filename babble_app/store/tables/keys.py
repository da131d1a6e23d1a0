"""Keys of model providers, encrypted."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field

from babble_app.store.tables.base import Table, new_id, now


class ProviderKeyRow(Table, table=True):
    """A person's key for a provider, one of several; only `services/vault.py` can read it."""

    __tablename__ = "provider_keys"

    id: str = Field(default_factory=lambda: new_id("key"), primary_key=True)
    owner_id: str = Field(foreign_key="users.id", ondelete="CASCADE", index=True)
    provider: str
    workspace_id: str | None = Field(
        default=None, foreign_key="workspaces.id", ondelete="CASCADE", index=True
    )
    """The only workspace that it is used in; None: all of the owner's."""
    label: str = ""
    key_id: str
    """Which master key encrypted it."""
    nonce: bytes
    ciphertext: bytes
    last4: str
    base_url: str = ""
    created_at: datetime = Field(default_factory=now)
