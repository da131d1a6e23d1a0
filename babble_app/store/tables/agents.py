"""Agents, their versions, and the names that people give to those."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field

from babble_app.store.tables.base import Table, Versioned, new_id, now


class AgentRow(Versioned, Table, table=True):
    """A Based program with a history: `head_version_id` is what it is now, `live_version_id` what apps run."""

    __tablename__ = "agents"
    __table_args__ = (UniqueConstraint("workspace_id", "slug"),)

    id: str = Field(default_factory=lambda: new_id("agt"), primary_key=True)
    owner_id: str = Field(foreign_key="users.id", ondelete="CASCADE", index=True)
    workspace_id: str = Field(foreign_key="workspaces.id", ondelete="CASCADE")
    name: str
    slug: str
    head_version_id: str
    live_version_id: str | None = None
    gated: bool = False
    """Whether a version goes live only when the chosen tests pass."""
    created_at: datetime = Field(default_factory=now)
    updated_at: datetime = Field(default_factory=now)


class VersionRow(Table, table=True):
    """One state of a program; the database itself refuses to change it, or to delete it before its agent."""

    __tablename__ = "versions"
    __table_args__ = (UniqueConstraint("agent_id", "number"),)

    id: str = Field(default_factory=lambda: new_id("ver"), primary_key=True)
    owner_id: str = Field(foreign_key="users.id", ondelete="CASCADE", index=True)
    agent_id: str = Field(foreign_key="agents.id", ondelete="CASCADE")
    number: int
    parent_id: str | None = None
    kind: str
    text_zlib: bytes
    """The program's UTF-8 bytes, compressed."""
    sha256: str
    """Of the program's UTF-8 bytes."""
    author: str
    request: str = ""
    summary: str = ""
    diff: str = ""
    raw: str = ""
    """The model's own last answer, from which text or diff were taken."""
    findings: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    rounds: int = 0
    model: str = ""
    added: int = 0
    removed: int = 0
    created_at: datetime = Field(default_factory=now)


class VersionLabelRow(Table, table=True):
    """A person's name and note for a version; beside it, as a version never changes."""

    __tablename__ = "version_labels"

    version_id: str = Field(foreign_key="versions.id", ondelete="CASCADE", primary_key=True)
    owner_id: str = Field(foreign_key="users.id", ondelete="CASCADE", index=True)
    name: str = ""
    note: str = ""
    updated_at: datetime = Field(default_factory=now)
