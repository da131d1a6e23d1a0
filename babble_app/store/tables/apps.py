"""Apps, the tokens that open them, and what they pointed at before."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, UniqueConstraint
from sqlmodel import Field

from babble_app.store.tables.base import Table, Versioned, new_id, now


class AppRow(Versioned, Table, table=True):
    """Where an agent, or the plain assistant, meets visitors: a version, a look, and limits."""

    __tablename__ = "apps"

    id: str = Field(default_factory=lambda: new_id("app"), primary_key=True)
    owner_id: str = Field(foreign_key="users.id", ondelete="CASCADE", index=True)
    workspace_id: str = Field(foreign_key="workspaces.id", ondelete="CASCADE", index=True)
    agent_id: str | None = Field(
        default=None, foreign_key="agents.id", ondelete="CASCADE", index=True
    )
    """None: the plain assistant answers."""
    slug: str = Field(unique=True)
    name: str
    version_id: str | None = None
    """The version that visitors get; None: whichever is live."""
    trial_version_id: str | None = None
    """A further version, which `trial_percent` of the visitors get."""
    trial_percent: int = 0
    staging_version_id: str | None = None
    """The version of the staging channel; None: the agent's newest."""
    profile: str = ""
    model: str = ""
    instructions: str = ""
    look: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    origins: list[str] = Field(default_factory=list, sa_type=JSON)
    tools: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    """HTTP tools; their secret headers are sealed."""
    rate_limit_per_minute: int
    """Messages of one visitor."""
    retention_days: int | None = None
    takes_files: bool = False
    paused: bool = False
    created_at: datetime = Field(default_factory=now)
    updated_at: datetime = Field(default_factory=now)


class AppTokenRow(Table, table=True):
    """A credential of an app; only its hash is kept."""

    __tablename__ = "app_tokens"

    id: str = Field(default_factory=lambda: new_id("tok"), primary_key=True)
    owner_id: str = Field(foreign_key="users.id", ondelete="CASCADE", index=True)
    app_id: str = Field(foreign_key="apps.id", ondelete="CASCADE", index=True)
    name: str
    token_hash: str = Field(unique=True)
    """SHA-256 of the token, in hex."""
    prefix: str
    last4: str
    channel: str = "production"
    """`production` or `staging`."""
    rate_limit_per_minute: int | None = None
    """Messages of everybody who comes with it; None: no limit of its own."""
    daily_budget_nano: int | None = Field(default=None, sa_type=BigInteger)
    """As it was set; the cap itself is a budget."""
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    last_used_at: datetime | None = None
    created_at: datetime = Field(default_factory=now)


class AppReleaseRow(Table, table=True):
    """What an app pointed at from a moment on; `number` counts an app's releases from 1."""

    __tablename__ = "app_releases"
    __table_args__ = (UniqueConstraint("app_id", "number"),)

    id: str = Field(default_factory=lambda: new_id("rel"), primary_key=True)
    owner_id: str = Field(foreign_key="users.id", ondelete="CASCADE", index=True)
    app_id: str = Field(foreign_key="apps.id", ondelete="CASCADE")
    number: int
    kind: str
    """`create`, `release` or `rollback`."""
    version_id: str | None = None
    trial_version_id: str | None = None
    trial_percent: int = 0
    author: str
    created_at: datetime = Field(default_factory=now)


class SightingRow(Table, table=True):
    """That an app was loaded by a page of an origin."""

    __tablename__ = "sightings"

    app_id: str = Field(foreign_key="apps.id", ondelete="CASCADE", primary_key=True)
    origin: str = Field(primary_key=True)
    owner_id: str = Field(foreign_key="users.id", ondelete="CASCADE", index=True)
    loads: int = 0
    page: str = ""
    """The path of the page that loaded it last."""
    refused: bool = False
    """Whether the origin was not allowed when it came last."""
    seen_at: datetime = Field(default_factory=now)
