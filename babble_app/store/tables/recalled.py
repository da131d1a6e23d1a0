"""Turns of visitors' conversations by what was said up to them: a caller that keeps no session sends the whole each time."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field

from babble_app.store.tables.base import Table, now


class RecalledTurnRow(Table, table=True):
    """A turn that was answered; conversations in which the same was said have the same digest."""

    __tablename__ = "recalled_turns"

    digest: str = Field(primary_key=True)
    """Of the app, the visitor, and everything said up to this turn's answer (services/told.py)."""
    chat_id: str = Field(foreign_key="chats.id", ondelete="CASCADE", primary_key=True, index=True)
    owner_id: str = Field(foreign_key="users.id", ondelete="CASCADE", index=True)
    app_id: str = Field(foreign_key="apps.id", ondelete="CASCADE", index=True)
    run_id: str = Field(index=True)
    """Of the answer."""
    log_size: int
    """How many answers the program's log held after it."""
    created_at: datetime = Field(default_factory=now)
