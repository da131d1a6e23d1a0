"""Chats, the files they see, and their messages."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field

from babble_app.store.tables.base import Table, Versioned, new_id, now


class ChatRow(Versioned, Table, table=True):
    """A conversation."""

    __tablename__ = "chats"

    id: str = Field(default_factory=lambda: new_id("cht"), primary_key=True)
    owner_id: str = Field(foreign_key="users.id", ondelete="CASCADE", index=True)
    workspace_id: str = Field(foreign_key="workspaces.id", ondelete="CASCADE", index=True)
    title: str = ""
    titled_by_person: bool = False
    model: str = ""
    profile: str = ""
    """Id of a built-in profile or of one of the owner's."""
    agent_id: str | None = Field(
        default=None, foreign_key="agents.id", ondelete="SET NULL", index=True
    )
    app_id: str | None = Field(default=None, index=True)
    """The app whose visitor has the chat; None: the owner's own. No foreign key, which SQLite cannot add to a table:
    whoever deletes an app deletes its chats first."""
    review_changes: bool = False
    """Whether changes of the agent become proposals, not versions."""
    created_at: datetime = Field(default_factory=now)
    updated_at: datetime = Field(default_factory=now)


class ChatFileRow(Table, table=True):
    """A file that is in a chat's context."""

    __tablename__ = "chat_files"

    chat_id: str = Field(foreign_key="chats.id", ondelete="CASCADE", primary_key=True)
    file_id: str = Field(foreign_key="files.id", ondelete="CASCADE", primary_key=True, index=True)


class MessageRow(Table, table=True):
    """A question or an answer; `position` orders a chat's messages, never the clock."""

    __tablename__ = "messages"
    __table_args__ = (UniqueConstraint("chat_id", "position"),)

    id: str = Field(default_factory=lambda: new_id("msg"), primary_key=True)
    owner_id: str = Field(foreign_key="users.id", ondelete="CASCADE", index=True)
    chat_id: str = Field(foreign_key="chats.id", ondelete="CASCADE")
    run_id: str | None = None
    role: str
    text: str
    status: str = "done"
    model: str = ""
    details: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    """Reasoning, usage, problem, attempts, tools, citations, versions, raw: as `schemas.chats.Message` has them."""
    position: int
    created_at: datetime = Field(default_factory=now)
