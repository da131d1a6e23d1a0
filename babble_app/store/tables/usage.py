"""What every call of a model used and cost."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Index
from sqlmodel import Field

from babble_app.store.tables.base import Table, new_id


class UsageRow(Table, table=True):
    """One call; what it was for is named by plain strings, as figures outlive chats, runs and apps."""

    __tablename__ = "usage"
    __table_args__ = (Index(None, "owner_id", "started_at"),)

    id: str = Field(default_factory=lambda: new_id("use"), primary_key=True)
    owner_id: str = Field(foreign_key="users.id", ondelete="CASCADE")
    workspace_id: str = ""
    chat_id: str = ""
    run_id: str = ""
    agent_id: str = ""
    app_id: str = ""
    token_id: str = ""
    profile: str = ""
    own_key: bool = False
    """Whether a key of the person or the workspace paid."""
    task: str
    model: str
    """`provider/name`, as it was chosen."""
    provider: str
    served_model: str = ""
    outcome: str
    error_code: str = ""
    chain_id: str
    place: int
    input_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0
    cost_nano: int | None = Field(default=None, sa_type=BigInteger)
    """Billionths of a US dollar: sums are exact. NULL where the price is unknown."""
    latency_ms: float = 0.0
    first_token_ms: float | None = None
    started_at: datetime = Field(index=True)
    day: str
    """`2026-11-30`, of `started_at` in UTC; both databases group by it alike."""
