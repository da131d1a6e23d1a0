"""Answers to requests that came with an Idempotency-Key."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field

from babble_app.store.tables.base import Table, now


class IdempotencyKeyRow(Table, table=True):
    """The first answer to a request; it is stored together with what the request brought about."""

    __tablename__ = "idempotency_keys"

    owner_id: str = Field(foreign_key="users.id", ondelete="CASCADE", primary_key=True)
    key: str = Field(primary_key=True)
    fingerprint: str
    """What was asked: another request with the same key has another one."""
    answer: str
    """JSON."""
    created_at: datetime = Field(default_factory=now, index=True)
