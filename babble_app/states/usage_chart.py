"""The days of a span as the usage page draws them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from math import floor, log10
from typing import TYPE_CHECKING

from babble_app.states.usage_views import cost_words, weight
from babble_app.states.words import count_words, money_words, tokens_words

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from babble_app.schemas.stats import FigureGroup, UsageStats

BAR_WIDTH, CHART_HEIGHT = 70, 1000
_BAR_STEP, _LEAST_HEIGHT = 100, 15
"""What was little is still to be seen."""
_MOST_NAMES = 7
_STEPS = (1, 2, 4, 6, 8, 10)
"""Their halves are round as well."""


@dataclass(frozen=True)
class Bar:
    """One day of the chart, in units of its drawing."""

    day: str
    label: str
    """Everything about the day in words."""
    left: int
    top: int
    height: int
    calls: str
    tokens: str
    cost: str
    used: bool


@dataclass(frozen=True)
class Chart:
    """Bars by day, and what stands at their axes."""

    title: str = ""
    view_box: str = "0 0 100 1000"
    bars: list[Bar] = field(default_factory=list[Bar])
    ticks: list[str] = field(default_factory=list[str])
    """At the top, in the middle and at the bottom."""
    days: list[str] = field(default_factory=list[str])
    """All when they are few, else the first, one in the middle, and the last."""


def chart(stats: UsageStats, until: datetime) -> Chart:
    """Return the days of the span as bars of what they cost, or of the calls where nothing cost anything."""
    first, last = stats.since.date(), until.date()
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    used = {group.key: group for group in stats.by_day}
    by_cost = stats.totals.cost_usd > 0
    amounts = [
        weight(used[key], by_cost=by_cost) if (key := day.isoformat()) in used else 0.0
        for day in days
    ]
    top = nice_top(max(amounts), whole=not by_cost)
    bars = [
        _bar(number, day, used.get(day.isoformat()), amount / top)
        for number, (day, amount) in enumerate(zip(days, amounts, strict=True))
    ]
    return Chart(
        title="Cost by day" if by_cost else "Calls by day",
        view_box=f"0 0 {len(days) * _BAR_STEP} {CHART_HEIGHT}",
        bars=bars,
        ticks=[_tick(share * top, by_cost=by_cost) for share in (1, 0.5, 0)],
        days=[_day_words(day) for day in _named(days)],
    )


def nice_top(most: float, *, whole: bool) -> float:
    """Return the round number at which an axis ends that reaches `most`; halves of it are whole if wanted."""
    most = max(most, 2 if whole else 1e-9)
    unit = 10.0 ** floor(log10(most))
    tops = [step * unit for step in _STEPS]
    return next(top for top in tops if top >= most * 0.999999 and (not whole or top % 2 == 0))


def _named(days: Sequence[date]) -> Sequence[date]:
    """Return the days for whose names there is room."""
    return days if len(days) <= _MOST_NAMES else (days[0], days[len(days) // 2], days[-1])


def _tick(amount: float, *, by_cost: bool) -> str:
    if not by_cost:
        return f"{amount:,.0f}"
    return money_words(amount) if amount else "$0"


def _bar(number: int, day: date, group: FigureGroup | None, share: float) -> Bar:
    height = max(round(share * CHART_HEIGHT), _LEAST_HEIGHT) if group else 0
    calls = f"{group.calls:,}" if group else "0"
    tokens = tokens_words(group.input_tokens + group.output_tokens) if group else "0"
    cost = cost_words(group) if group else "$0.00"
    words = [
        f"{_day_words(day)}: {cost}",
        count_words(group.calls, "call") if group else "no calls",
    ]
    if group and group.errors:
        words.append(count_words(group.errors, "error"))
    return Bar(
        day=day.isoformat(),
        label=", ".join(words),
        left=number * _BAR_STEP + (_BAR_STEP - BAR_WIDTH) // 2,
        top=CHART_HEIGHT - height,
        height=height,
        calls=calls,
        tokens=tokens,
        cost=cost,
        used=group is not None,
    )


def _day_words(day: date) -> str:
    return f"{day.day} {day.strftime('%b')}"
