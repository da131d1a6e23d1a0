"""Days and months of budgets, in UTC: when they begin, when they end, how they are called."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, get_args

from babble_app.schemas.budgets import BudgetPeriod

if TYPE_CHECKING:
    from collections.abc import Sequence

PERIODS: Sequence[BudgetPeriod] = get_args(BudgetPeriod)
_LONGEST_MONTH = timedelta(days=31)


def start_of(period: BudgetPeriod, at: datetime) -> datetime:
    """Return when the period that `at` is in began."""
    midnight = at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight if period == "day" else midnight.replace(day=1)


def end_of(period: BudgetPeriod, at: datetime) -> datetime:
    """Return when the next period begins."""
    start = start_of(period, at)
    if period == "day":
        return start + timedelta(days=1)
    return start_of("month", start + _LONGEST_MONTH)


def name_of(period: BudgetPeriod, at: datetime) -> str:
    """Return the period as a sentence names it: `today` or `November`."""
    return "today" if period == "day" else at.astimezone(UTC).strftime("%B")


def in_words(moment: datetime, now: datetime) -> str:
    """Return a later moment as a person reads it: `at midnight UTC (in 3 hours)` or `on 1 December (UTC)`."""
    left = moment - now
    if left > timedelta(days=1):
        return f"on {moment.day} {moment.strftime('%B')} (UTC)"
    minutes = max(1, round(left.total_seconds() / 60))
    if minutes < 120:
        return f"at midnight UTC (in {minutes} minute{'s' * (minutes > 1)})"
    return f"at midnight UTC (in {round(minutes / 60)} hours)"
