"""Workspaces and their files."""

from __future__ import annotations

from typing import Literal

from babble_app.schemas.base import Schema, Timestamp

FileKind = Literal["text", "pdf", "image", "video"]
"""Videos are made here and never uploaded."""
FileStatus = Literal["reading", "ready", "unreadable"]


class Workspace(Schema):
    """A person's file system with its chats and agents."""

    id: str
    name: str
    allowed_hosts: tuple[str, ...] = ()
    """Hosts that live runs of its agents may call; none: they stay off the network."""
    file_count: int = 0
    chat_count: int = 0
    agent_count: int = 0
    size_bytes: int = 0
    created_at: Timestamp
    updated_at: Timestamp


class File(Schema):
    """An uploaded file."""

    id: str
    workspace_id: str
    name: str
    kind: FileKind
    media_type: str
    size_bytes: int
    sha256: str
    status: FileStatus
    reason: str = ""
    """Why it is unreadable, in words for the person."""
    page_count: int = 0
    created_at: Timestamp


class FilePage(Schema):
    """The text of one page; files without pages have one, number 1."""

    page: int
    text: str


class FileText(Schema):
    """What could be read from a file."""

    pages: tuple[FilePage, ...]
    status: FileStatus
    reason: str = ""
