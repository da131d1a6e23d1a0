"""Workspaces, their files, and the text read from those."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON
from sqlmodel import Field

from babble_app.store.tables.base import Table, Versioned, new_id, now


class WorkspaceRow(Versioned, Table, table=True):
    """A person's workspace."""

    __tablename__ = "workspaces"

    id: str = Field(default_factory=lambda: new_id("wsp"), primary_key=True)
    owner_id: str = Field(foreign_key="users.id", ondelete="CASCADE", index=True)
    name: str
    allowed_hosts: list[str] = Field(default_factory=list, sa_type=JSON)
    """Hosts that live runs of its agents may call; none: they stay off the network."""
    created_at: datetime = Field(default_factory=now)
    updated_at: datetime = Field(default_factory=now)


class FileRow(Table, table=True):
    """An uploaded file; its contents are the blob `sha256`."""

    __tablename__ = "files"

    id: str = Field(default_factory=lambda: new_id("fil"), primary_key=True)
    owner_id: str = Field(foreign_key="users.id", ondelete="CASCADE", index=True)
    workspace_id: str = Field(foreign_key="workspaces.id", ondelete="CASCADE", index=True)
    session_id: str | None = Field(default=None, index=True)
    """The visitor's conversation that it was given to; None: the owner's own. No foreign key, as for `chats.app_id`."""
    name: str
    kind: str
    media_type: str
    size_bytes: int
    sha256: str = Field(index=True)
    status: str = Field(default="reading", index=True)
    reason: str = ""
    page_count: int = 0
    created_at: datetime = Field(default_factory=now)


class FilePageRow(Table, table=True):
    """The text of one page."""

    __tablename__ = "file_pages"

    file_id: str = Field(foreign_key="files.id", ondelete="CASCADE", primary_key=True)
    page: int = Field(primary_key=True)
    text: str
