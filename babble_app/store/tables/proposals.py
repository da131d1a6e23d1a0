"""Changes that wait for a person's word."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, text
from sqlmodel import Field

from babble_app.store.tables.base import Table, new_id, now

_PENDING = text("status = 'pending'")


class ProposalRow(Table, table=True):
    """A checked change of an agent that is no version yet; an agent has at most one that is pending."""

    __tablename__ = "proposals"
    __table_args__ = (
        Index(
            "uq_proposals_pending",
            "agent_id",
            unique=True,
            sqlite_where=_PENDING,
            postgresql_where=_PENDING,
        ),
    )

    id: str = Field(default_factory=lambda: new_id("prp"), primary_key=True)
    owner_id: str = Field(foreign_key="users.id", ondelete="CASCADE", index=True)
    agent_id: str = Field(foreign_key="agents.id", ondelete="CASCADE", index=True)
    chat_id: str | None = Field(
        default=None, foreign_key="chats.id", ondelete="SET NULL", index=True
    )
    run_id: str
    parent_id: str
    """The version that the change was made from: the head of that time."""
    text_zlib: bytes
    """The changed program's UTF-8 bytes, compressed."""
    sha256: str
    request: str = ""
    summary: str = ""
    findings: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    rounds: int = 0
    raw: str = ""
    model: str = ""
    added: int = 0
    removed: int = 0
    status: str = "pending"
    version_id: str | None = None
    """What was made of it."""
    tests: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    created_at: datetime = Field(default_factory=now)
    decided_at: datetime | None = None
