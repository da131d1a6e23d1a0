"""Test conversations with an agent."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field

from babble_app.store.tables.base import Table, Versioned, new_id, now


class SessionRow(Versioned, Table, table=True):
    """A conversation; `log` holds the answers from which the program is run again to where it stands."""

    __tablename__ = "sessions"

    id: str = Field(default_factory=lambda: new_id("ses"), primary_key=True)
    owner_id: str = Field(foreign_key="users.id", ondelete="CASCADE", index=True)
    agent_id: str = Field(foreign_key="agents.id", ondelete="CASCADE", index=True)
    version_id: str | None = Field(
        default=None, foreign_key="versions.id", ondelete="SET NULL", index=True
    )
    program: str
    model: str = ""
    log: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    events: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    mocks: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    status: str = "waiting"
    line: int | None = None
    created_at: datetime = Field(default_factory=now)
    updated_at: datetime = Field(default_factory=now)
