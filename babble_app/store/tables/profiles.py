"""Task profiles that people made themselves."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field

from babble_app.store.tables.base import Table, Versioned, new_id, now


class ProfileRow(Versioned, Table, table=True):
    """A person's own kind of work; its fields are those of `schemas.profiles.Profile`."""

    __tablename__ = "profiles"

    id: str = Field(default_factory=lambda: new_id("prf"), primary_key=True)
    owner_id: str = Field(foreign_key="users.id", ondelete="CASCADE", index=True)
    name: str
    description: str = ""
    makes: str = "text"
    models: list[str] = Field(default_factory=list, sa_type=JSON)
    tools: list[str] = Field(default_factory=list, sa_type=JSON)
    instructions: str = ""
    temperature: float | None = None
    max_output_tokens: int | None = None
    rules: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    classifier: str = ""
    max_usd_per_million: float | None = None
    cheapest_first: bool = False
    racing: bool = False
    hedging: bool = False
    cache_minutes: int | None = None
    created_at: datetime = Field(default_factory=now)
    updated_at: datetime = Field(default_factory=now)
