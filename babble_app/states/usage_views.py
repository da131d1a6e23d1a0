"""Figures of usage as the page shows them: tiles and tables."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Literal, get_args

from babble_app.services.periods import start_of
from babble_app.states.words import (
    count_words,
    duration_words,
    money_words,
    percent_words,
    tokens_words,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from babble_app.schemas.stats import FigureGroup, Figures, UsageStats

Period = Literal["today", "7d", "30d", "month"]
PERIODS: Sequence[Period] = get_args(Period)
_EMPTY_TITLES: dict[Period, str] = {
    "today": "Nothing asked yet today",
    "7d": "Nothing asked in the last 7 days",
    "30d": "Nothing asked in the last 30 days",
    "month": "Nothing asked yet this month",
}


@dataclass(frozen=True)
class Tile:
    """One figure with what to know beside it."""

    label: str
    value: str
    note: str = ""
    bad: bool = False


@dataclass(frozen=True)
class FigureRow:
    """A row of a table."""

    key: str
    name: str
    href: str
    calls: str
    tokens: str
    cost: str
    answer: str
    trouble: str
    """Errors, in words; empty when there were none."""
    share: str
    """How wide its bar is."""


@dataclass(frozen=True)
class FigureTable:
    """What was used, by one thing."""

    title: str
    column: str
    share_of: str
    rows: list[FigureRow]


def begin_of(period: Period, at: datetime) -> datetime:
    """Return when the period began that ends now; days are those of UTC."""
    if period == "month":
        return start_of("month", at)
    days = {"today": 1, "7d": 7, "30d": 30}[period]
    return start_of("day", at) - timedelta(days=days - 1)


def empty_title(period: Period) -> str:
    """Say that there is nothing to show of the period."""
    return _EMPTY_TITLES[period]


def csv_href(since: datetime, *, everybody: bool) -> str:
    """Return where the table of the calls is."""
    whose = "&everybody=true" if everybody else ""
    return f"/api/usage.csv?since={since.date().isoformat()}{whose}"


def tiles(totals: Figures) -> list[Tile]:
    """Return the figures over all."""
    known = not totals.unpriced_calls or totals.cost_usd > 0
    asked = totals.calls + totals.cache_hits
    cached = totals.cached_tokens / totals.input_tokens if totals.input_tokens else 0
    wrong = totals.errors / totals.calls if totals.calls else 0
    again = totals.cache_hits / asked if asked else 0
    return [
        Tile("Cost", money_words(totals.cost_usd) if known else "not known", _unpriced(totals)),
        Tile("Calls of models", f"{totals.calls:,}"),
        Tile(
            "Tokens read",
            tokens_words(totals.input_tokens),
            f"{percent_words(cached)} from a provider's cache" if cached else "",
        ),
        Tile("Tokens written", tokens_words(totals.output_tokens)),
        Tile(
            "Errors",
            f"{totals.errors:,}",
            f"{percent_words(wrong)} of the calls" if wrong else "",
            bad=totals.errors > 0,
        ),
        Tile(
            "Answers given again",
            f"{totals.cache_hits:,}",
            f"{percent_words(again)} of all answers" if again else "",
        ),
        _times("Whole answer (median)", totals.latency_p50_ms, totals.latency_p95_ms),
        _times("First word (median)", totals.first_token_p50_ms, totals.first_token_p95_ms),
    ]


def unpriced_words(totals: Figures) -> str:
    """Say how many calls are not in the cost; empty when all are."""
    if not totals.unpriced_calls:
        return ""
    calls = count_words(totals.unpriced_calls, "call")
    return (
        f"{calls} went to models whose price is not known here: sums that leave them out are marked +. "
        "Where a budget applies, such models are not asked."
    )


def tables(stats: UsageStats) -> list[FigureTable]:
    """Return a table for each thing of which there is anything to tell."""
    by_cost = stats.totals.cost_usd > 0
    found = [
        ("By person", "Person", stats.by_person),
        ("By model", "Model", stats.by_model),
        ("By profile", "Profile", stats.by_profile),
        ("By chat", "Chat", stats.by_chat),
        ("By app", "App", stats.by_app),
    ]
    return [
        FigureTable(
            title, column, "cost" if by_cost else "calls", _rows(column, groups, by_cost=by_cost)
        )
        for title, column, groups in found
        if groups
    ]


def cost_words(figures: Figures) -> str:
    """Return what it cost, as far as that is known."""
    if figures.unpriced_calls and not figures.cost_usd:
        return "not known"
    return money_words(figures.cost_usd) + ("+" if figures.unpriced_calls else "")


def weight(figures: Figures, *, by_cost: bool) -> float:
    """Return by how much bars and shares are measured."""
    return figures.cost_usd if by_cost else figures.calls


def _rows(column: str, groups: Sequence[FigureGroup], *, by_cost: bool) -> list[FigureRow]:
    whole = sum(weight(group, by_cost=by_cost) for group in groups) or 1
    if not by_cost:
        groups = sorted(groups, key=lambda group: -group.calls)
    return [
        FigureRow(
            key=group.key,
            name=group.label or _name(column, group.key),
            href=f"/chat/{group.key}" if column == "Chat" and group.label else "",
            calls=f"{group.calls:,}",
            tokens=tokens_words(group.input_tokens + group.output_tokens),
            cost=cost_words(group),
            answer=duration_words(group.latency_p50_ms),
            trouble=count_words(group.errors, "error") if group.errors else "",
            share=f"{weight(group, by_cost=by_cost) / whole:.1%}",
        )
        for group in groups
    ]


def _name(column: str, key: str) -> str:
    """Return what something is called that has no name of its own, or none any more."""
    return {"Chat": "A deleted or untitled chat", "Person": "A deleted account"}.get(column, key)


def _times(label: str, half: float | None, most: float | None) -> Tile:
    note = f"95 % within {duration_words(most)}" if most is not None else ""
    return Tile(label, duration_words(half), note)


def _unpriced(figures: Figures) -> str:
    if not figures.unpriced_calls:
        return ""
    return f"{count_words(figures.unpriced_calls, 'call')} of unknown price"
