"""Which version of an agent was live, and when."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from babble_app.store.tables.base import Table, new_id, now


class PublicationRow(Table, table=True):
    """One move of an agent's live pointer; `number` counts an agent's moves from 1."""

    __tablename__ = "publications"
    __table_args__ = (UniqueConstraint("agent_id", "number"),)

    id: str = Field(default_factory=lambda: new_id("pub"), primary_key=True)
    owner_id: str = Field(foreign_key="users.id", ondelete="CASCADE", index=True)
    agent_id: str = Field(foreign_key="agents.id", ondelete="CASCADE")
    number: int
    kind: str
    """`publish` or `rollback`."""
    version_id: str
    previous_version_id: str | None = None
    author: str
    created_at: datetime = Field(default_factory=now)
