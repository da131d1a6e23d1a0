"""Caps on money, and where they stand."""

from __future__ import annotations

from typing import Literal

from babble_app.schemas.base import Schema, Timestamp

BudgetKind = Literal["server", "workspace", "person", "app", "token"]
BudgetPeriod = Literal["day", "month"]
"""In UTC."""
BudgetState = Literal["ok", "warning", "exhausted"]

WHOLE_SERVER = "all"
"""The `scope_id` of the server's budgets."""
WARNING_SHARE = 0.8


class BudgetSubject(Schema):
    """Something whose money a person may cap."""

    kind: BudgetKind
    scope_id: str
    name: str = ""
    """A workspace's or app's name, or a person's email address; empty for the server and for the asker's own account."""


class Budget(Schema):
    """A cap and how much of it is gone in the period that runs."""

    kind: BudgetKind
    scope_id: str
    """Whose it is: the id of a workspace, person, app or token; `all` for the whole server's."""
    period: BudgetPeriod
    set_by_admin: bool
    """Whether only administrators may change it."""
    limit_usd: float | None
    """None: the server's, which only administrators see in dollars."""
    spent_usd: float | None
    held_usd: float | None
    """Set aside for answers that are being made now."""
    share: float
    """What is spent of the limit; 1: all of it. Over 1 when an answer cost more than was set aside for it."""
    state: BudgetState
    """`warning` from 0.8 on; `exhausted`: nothing that costs money is asked any more."""
    resets_at: Timestamp
    set_at: Timestamp
