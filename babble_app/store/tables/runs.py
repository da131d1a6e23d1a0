"""Runs and the log of their events."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field

from babble_app.store.tables.base import Table, new_id, now


class RunRow(Table, table=True):
    """One answer in the making, or made."""

    __tablename__ = "runs"

    id: str = Field(default_factory=lambda: new_id("run"), primary_key=True)
    owner_id: str = Field(foreign_key="users.id", ondelete="CASCADE", index=True)
    chat_id: str = Field(foreign_key="chats.id", ondelete="CASCADE", index=True)
    question_id: str
    answer_id: str | None = None
    status: str = Field(default="queued", index=True)
    mode: str = "auto"
    model: str = ""
    problem: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    created_at: datetime = Field(default_factory=now)
    started_at: datetime | None = None
    ended_at: datetime | None = None


class RunEventRow(Table, table=True):
    """An event as every reader sees it; `seq` counts from 1 without gaps within a run."""

    __tablename__ = "run_events"

    run_id: str = Field(foreign_key="runs.id", ondelete="CASCADE", primary_key=True)
    seq: int = Field(primary_key=True)
    type: str
    payload: str
    """The event as JSON."""
    at: datetime = Field(default_factory=now)
