"""Caps on money."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, UniqueConstraint
from sqlmodel import Field

from babble_app.store.tables.base import Table, new_id, now


class BudgetRow(Table, table=True):
    """What may be spent in each day or month. A person's own cap and an administrator's stand beside each other, and both hold."""

    __tablename__ = "budgets"
    __table_args__ = (UniqueConstraint("kind", "scope_id", "period", "set_by_admin"),)

    id: str = Field(default_factory=lambda: new_id("bud"), primary_key=True)
    kind: str
    """`server`, `workspace`, `person`, `app` or `token`."""
    scope_id: str
    """Whose it is; `all` for the server's."""
    period: str
    """`day` or `month`, in UTC."""
    set_by_admin: bool = False
    """Whether only administrators may change it."""
    owner_id: str | None = Field(
        default=None, foreign_key="users.id", ondelete="CASCADE", index=True
    )
    """The person it is about; none for those of the server, of apps and of tokens."""
    workspace_id: str | None = Field(
        default=None, foreign_key="workspaces.id", ondelete="CASCADE", index=True
    )
    """`scope_id` of a workspace's, so that it goes with the workspace."""
    limit_nano: int = Field(sa_type=BigInteger)
    set_by: str
    """Who set it last."""
    set_at: datetime = Field(default_factory=now)
