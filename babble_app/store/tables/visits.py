"""Visitors' conversations with apps: what a chat has besides when it is one, and what visitors think of answers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index
from sqlmodel import Field

from babble_app.store.tables.base import Table, now


class VisitRow(Table, table=True):
    """A chat that a visitor has with an app."""

    __tablename__ = "visits"
    __table_args__ = (Index(None, "app_id", "updated_at"), Index(None, "app_id", "visitor"))

    chat_id: str = Field(foreign_key="chats.id", ondelete="CASCADE", primary_key=True)
    owner_id: str = Field(foreign_key="users.id", ondelete="CASCADE", index=True)
    app_id: str = Field(foreign_key="apps.id", ondelete="CASCADE")
    token_id: str = ""
    visitor: str = ""
    """Who it is: `vis_...` of a browser, or the host app's name for its user; empty: not told."""
    visitor_name: str = ""
    """Of a visitor whose name the host page's server signed."""
    channel: str = "production"
    origin: str = ""
    """Of the page; empty: not a browser."""
    version_id: str | None = None
    """The agent's version that runs; None: the plain assistant."""
    log: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    """The answers from which the program's run is played again."""
    status: str = "waiting"
    """Where the program stands: `new` (it has not run yet), `waiting`, or how it ended."""
    human: str = ""
    """The name of the person who has taken over; empty: the agent answers."""
    human_asked: bool = False
    """Whether the program handed over to a person."""
    created_at: datetime = Field(default_factory=now)
    updated_at: datetime = Field(default_factory=now)


class FeedbackRow(Table, table=True):
    """What a visitor thinks of an answer."""

    __tablename__ = "feedback"

    message_id: str = Field(foreign_key="messages.id", ondelete="CASCADE", primary_key=True)
    owner_id: str = Field(foreign_key="users.id", ondelete="CASCADE", index=True)
    app_id: str = Field(foreign_key="apps.id", ondelete="CASCADE", index=True)
    chat_id: str = Field(foreign_key="chats.id", ondelete="CASCADE", index=True)
    rating: str
    """`up` or `down`."""
    comment: str = ""
    created_at: datetime = Field(default_factory=now)
