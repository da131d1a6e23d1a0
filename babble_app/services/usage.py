"""Figures of usage: sums, percentiles and the rows themselves. A person sees the person's own, an administrator everybody's."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from babble_app.errors import PermissionDeniedError, ValidationFailedError
from babble_app.llm.prices import NANO
from babble_app.schemas.stats import AppDay, AppStats, FigureGroup, Figures, UsageStats
from babble_app.services.csv_text import csv_lines, harmless
from babble_app.store import usage as rows
from babble_app.store import users as user_rows
from babble_app.store.tables.base import now

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.engine import Connection

    from babble_app.services.runtime import Runtime
    from babble_app.store.usage import Span, Sums

MOST_TIMES = 20_000
"""Percentiles are those of the last answered calls, so many at most: neither SQLite nor a page needs more."""
MOST_CHATS = 50
_MOST_DAYS = 1000
Times = dict[tuple[str, str], tuple[list[float], list[float]]]
"""Latencies and first tokens in ms, sorted, by dimension and key."""


async def get_stats(
    rt: Runtime,
    owner_id: str,
    *,
    since: datetime,
    until: datetime | None = None,
    everybody: bool = False,
) -> UsageStats:
    """Return the figures from `since` on and before `until` (now, when it is left out).

    Raises:
        PermissionDeniedError: everybody's figures are for administrators.
        ValidationFailedError: the span ends before it begins.
    """
    whose = await _whose(rt, owner_id, everybody=everybody)
    return await rt.database.fetch(_read, whose, _span(since, until), until)


async def get_app_stats(
    rt: Runtime, owner_id: str, app_id: str, *, since: datetime, until: datetime | None = None
) -> AppStats:
    """Return the figures of one of the person's apps; nothing was used by an app that is not there.

    Raises:
        ValidationFailedError: the span ends before it begins.
    """
    span = _span(since, until)._replace(app_id=app_id)
    return await rt.database.fetch(_read_app, owner_id, span, until)


async def csv_rows(
    rt: Runtime,
    owner_id: str,
    *,
    since: datetime,
    until: datetime | None = None,
    everybody: bool = False,
    page_calls: int = 1000,
) -> AsyncGenerator[str, None]:
    """Return the lines of a table of the calls, the oldest first; so many are read at a time.

    A cell that a spreadsheet would take for a formula begins with an apostrophe.

    Raises:
        PermissionDeniedError: everybody's figures are for administrators; raised before the first line.
        ValidationFailedError: the span ends before it begins.
    """
    whose = await _whose(rt, owner_id, everybody=everybody)
    return _csv_pages(rt, whose, _span(since, until), page_calls)


async def _csv_pages(
    rt: Runtime, owner_id: str | None, span: Span, page_calls: int
) -> AsyncGenerator[str, None]:
    yield csv_lines([[*rows.CSV_COLUMNS, "cost_usd"]])
    after: tuple[datetime, str] | None = None
    while True:
        page = await rt.database.fetch(
            rows.list_calls, owner_id, span, after=after, limit=page_calls
        )
        if page:
            yield csv_lines(_cells(row) for row in page)
            after = (page[-1][0], page[-1][-1])
        if len(page) < page_calls:
            return


def _cells(row: Sequence[Any]) -> list[str]:
    named = dict(zip(rows.CSV_COLUMNS, row, strict=True))
    named["started_at"] = named["started_at"].isoformat(timespec="milliseconds")
    cost = named["cost_nano"]
    cells = ["" if value is None else f"{value}" for value in named.values()]
    return [*map(harmless, cells), "" if cost is None else f"{cost / NANO:.9f}"]


async def _whose(rt: Runtime, owner_id: str, *, everybody: bool) -> str | None:
    """Return whose rows are meant; None for everybody's."""
    if not everybody:
        return owner_id
    async with rt.database.reading() as db:
        asker = await user_rows.get_user(db, owner_id)
    if asker.role != "admin":
        message = "Only an administrator may see everybody's figures."
        raise PermissionDeniedError(message)
    return None


def _span(since: datetime, until: datetime | None) -> Span:
    until = until or now()
    if until <= since:
        message = "The time must end after it begins."
        raise ValidationFailedError(message, field="until")
    return rows.Span(since, until)


def _read(db: Connection, owner_id: str | None, span: Span, until: datetime | None) -> UsageStats:
    times = _sorted_times(db, owner_id, span)

    def groups(
        dimension: str, names: Mapping[str, str] | None = None, limit: int = 1000
    ) -> tuple[FigureGroup, ...]:
        found = rows.sum_calls(db, owner_id, span, dimension, limit=limit)
        return tuple(
            FigureGroup(
                key=sums.key,
                label=(names or {}).get(sums.key, ""),
                **_figures(sums, times, dimension),
            )
            for sums in found
            if sums.key
        )

    chats = () if owner_id is None else groups("chat_id", limit=MOST_CHATS)
    people = groups("owner_id") if owner_id is None else ()
    totals = rows.sum_calls(db, owner_id, span)[0]
    return UsageStats(
        since=span.since,
        until=until,
        totals=Figures(**_figures(totals, times, "")),
        by_model=groups("model"),
        by_day=tuple(sorted(groups("day"), key=lambda group: group.key)),
        by_app=groups("app_id"),
        by_profile=groups("profile"),
        by_chat=_labelled(chats, rows.name_chats(db, owner_id or "", [c.key for c in chats])),
        by_person=_labelled(people, rows.name_people(db, [p.key for p in people])),
    )


def _read_app(db: Connection, owner_id: str, span: Span, until: datetime | None) -> AppStats:
    times = _sorted_times(db, owner_id, span)
    days = rows.sum_calls(db, owner_id, span, "day", limit=_MOST_DAYS)
    return AppStats(
        since=span.since,
        until=until,
        by_day=tuple(
            AppDay(day=sums.key, **_app_figures(sums, times, "day"))
            for sums in sorted(days, key=lambda sums: sums.key)
        ),
        **_app_figures(rows.sum_calls(db, owner_id, span)[0], times, ""),
    )


def _app_figures(sums: Sums, times: Times, dimension: str) -> dict[str, Any]:
    latencies, _ = times.get((dimension, sums.key), ([], []))
    return {
        "requests": sums.calls + sums.cache_hits,
        "errors": sums.errors,
        "cache_hits": sums.cache_hits,
        "tokens": sums.input_tokens + sums.output_tokens,
        "input_tokens": sums.input_tokens,
        "output_tokens": sums.output_tokens,
        "cost_usd": sums.cost_nano / NANO,
        "p50_ms": _percentile(latencies, 0.5),
        "p95_ms": _percentile(latencies, 0.95),
    }


def _labelled(groups: Sequence[FigureGroup], names: Mapping[str, str]) -> tuple[FigureGroup, ...]:
    return tuple(group.model_copy(update={"label": names.get(group.key, "")}) for group in groups)


def _sorted_times(db: Connection, owner_id: str | None, span: Span) -> Times:
    times: Times = defaultdict(lambda: ([], []))
    for row in rows.list_times(db, owner_id, span, limit=MOST_TIMES):
        latency, first = row[-2:]
        for place in (("", ""), *zip(rows.DIMENSIONS, row[:-2], strict=True)):
            latencies, firsts = times[place]
            latencies.append(latency)
            if first is not None:
                firsts.append(first)
    for latencies, firsts in times.values():
        latencies.sort()
        firsts.sort()
    return dict(times)


def _figures(sums: Sums, times: Times, dimension: str) -> dict[str, Any]:
    latencies, firsts = times.get((dimension, sums.key), ([], []))
    return {
        "calls": sums.calls,
        "errors": sums.errors,
        "cache_hits": sums.cache_hits,
        "input_tokens": sums.input_tokens,
        "output_tokens": sums.output_tokens,
        "cached_tokens": sums.cached_tokens,
        "cost_usd": sums.cost_nano / NANO,
        "unpriced_calls": sums.unpriced_calls,
        "latency_p50_ms": _percentile(latencies, 0.5),
        "latency_p95_ms": _percentile(latencies, 0.95),
        "first_token_p50_ms": _percentile(firsts, 0.5),
        "first_token_p95_ms": _percentile(firsts, 0.95),
    }


def _percentile(ordered: Sequence[float], share: float) -> float | None:
    """Return the value that `share` of them do not exceed (nearest rank)."""
    if not ordered:
        return None
    return round(ordered[max(0, -(-int(share * 100) * len(ordered) // 100) - 1)], 3)
