"""What calls of models used: the operation that stores a call, and the sums over many."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import and_, case, func, insert, or_, select
from sqlmodel import col

from babble_app.store.prepared import Prepared
from babble_app.store.tables.accounts import UserRow
from babble_app.store.tables.base import new_id
from babble_app.store.tables.chats import ChatRow
from babble_app.store.tables.usage import UsageRow

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.engine import Connection

    from babble_app.schemas.calls import CallRecord
    from babble_app.store.writer import Operation

# Made once: the writer puts neighbours with the same statement into one execution.
_INSERT_CALL = Prepared(insert(UsageRow))

_MOST_TOKENS = 2**31 - 1
CSV_COLUMNS = (
    "started_at", "owner_id", "workspace_id", "chat_id", "run_id", "agent_id", "app_id", "token_id", "profile", "own_key", "task",
    "model", "provider", "served_model", "outcome", "error_code", "chain_id", "place", "input_tokens", "output_tokens",
    "cached_tokens", "cost_nano", "latency_ms", "first_token_ms", "id",
)  # fmt: skip
DIMENSIONS = ("model", "owner_id", "app_id", "chat_id", "profile", "day")


class Sums(NamedTuple):
    """Figures of the calls that have `key` in common."""

    key: str
    calls: int
    errors: int
    cache_hits: int
    input_tokens: int
    output_tokens: int
    cached_tokens: int
    cost_nano: int
    unpriced_calls: int


class Span(NamedTuple):
    """From `since` on and before `until`, of one app or of everything."""

    since: datetime
    until: datetime
    app_id: str = ""


class Spent(NamedTuple):
    """What was spent for one set of scopes, since two moments."""

    owner_id: str
    workspace_id: str
    app_id: str
    token_id: str
    own_key: bool
    month_nano: int
    day_nano: int


def add_call(record: CallRecord, cost_nano: int | None) -> Operation:
    """Store a call."""
    scope, usage, first = record.scope, record.usage, record.first_token_seconds
    row = {
        "id": new_id("use"),
        **scope.model_dump(exclude={"basis"}),
        "task": record.task,
        "model": record.model,
        "provider": record.model.partition("/")[0],
        "served_model": record.served_model,
        "outcome": record.outcome,
        "error_code": record.error_code,
        "chain_id": record.chain_id,
        "place": record.place,
        "input_tokens": _storable(usage.input_tokens),
        "output_tokens": _storable(usage.output_tokens),
        "cached_tokens": _storable(usage.cached_tokens),
        "cost_nano": cost_nano,
        "latency_ms": record.latency_seconds * 1000,
        "first_token_ms": None if first is None else first * 1000,
        "started_at": record.started_at,
        "day": day_of(record.started_at),
    }
    return _INSERT_CALL, [row]


def _storable(tokens: int) -> int:
    """Return what fits the column of what a provider claims."""
    return min(max(tokens, 0), _MOST_TOKENS)


def day_of(at: datetime) -> str:
    """Return the day in UTC, as rows name it."""
    return at.astimezone(UTC).strftime("%Y-%m-%d")


def list_spent(db: Connection, *, month: datetime, day: datetime) -> list[Spent]:
    """Return what everybody has spent since the month and the day began, for `Database.fetch`."""
    cost = col(UsageRow.cost_nano)
    scopes = [getattr(UsageRow, name) for name in Spent._fields[:5]]
    today = func.sum(case((col(UsageRow.started_at) >= day, cost), else_=0))
    statement = (
        select(*scopes, func.sum(cost), today)
        .where(col(UsageRow.started_at) >= month, cost > 0)
        .group_by(*scopes)
    )
    return [Spent(*row[:5], int(row[5]), int(row[6])) for row in db.execute(statement)]


def sum_calls(
    db: Connection, owner_id: str | None, span: Span, dimension: str = "", *, limit: int = 1000
) -> list[Sums]:
    """Return the sums by `dimension` (the dearest first), or over all; of everybody when no owner is given."""
    columns = [func.sum(value) for value in _SUMMED]
    statement = select(*columns).where(*_within(owner_id, span))
    if dimension:
        key = getattr(UsageRow, dimension)
        dearest = columns[6].desc().nulls_last()
        statement = statement.add_columns(key).group_by(key).order_by(dearest, key).limit(limit)
    return [
        Sums(str(row[8]) if dimension else "", *(int(value or 0) for value in row[:8]))
        for row in db.execute(statement)
    ]


def list_times(
    db: Connection, owner_id: str | None, span: Span, *, limit: int
) -> list[tuple[Any, ...]]:
    """Return dimensions, latency and first token of the last answered calls."""
    names = (*DIMENSIONS, "latency_ms", "first_token_ms")
    statement = (
        select(*(getattr(UsageRow, name) for name in names))
        .where(*_within(owner_id, span), col(UsageRow.outcome) == "ok")
        .order_by(col(UsageRow.started_at).desc())
        .limit(limit)
    )
    return [tuple(row) for row in db.execute(statement)]


def list_calls(
    db: Connection,
    owner_id: str | None,
    span: Span,
    *,
    after: tuple[datetime, str] | None,
    limit: int,
) -> list[tuple[Any, ...]]:
    """Return CSV_COLUMNS of the next calls after time and id, the oldest first."""
    statement = select(*(getattr(UsageRow, name) for name in CSV_COLUMNS)).where(
        *_within(owner_id, span)
    )
    if after is not None:
        at, last = after
        started = col(UsageRow.started_at)
        # The first condition alone lets the index begin there: without it each page walks over all before it.
        statement = statement.where(started >= at, or_(started > at, col(UsageRow.id) > last))
    statement = statement.order_by(col(UsageRow.started_at), col(UsageRow.id)).limit(limit)
    return [tuple(row) for row in db.execute(statement)]


def name_people(db: Connection, owner_ids: Sequence[str]) -> dict[str, str]:
    """Return the email addresses of the accounts that are still there; for administrators."""
    people = select(col(UserRow.id), col(UserRow.email)).where(col(UserRow.id).in_(owner_ids))
    return {row[0]: row[1] for row in db.execute(people)}


def name_chats(db: Connection, owner_id: str, chat_ids: Sequence[str]) -> dict[str, str]:
    """Return the titles of the owner's chats that are still there."""
    chats = select(col(ChatRow.id), col(ChatRow.title)).where(
        col(ChatRow.owner_id) == owner_id, col(ChatRow.id).in_(chat_ids)
    )
    return {row[0]: row[1] for row in db.execute(chats)}


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return case((condition, 1), else_=0)


_MADE = col(UsageRow.outcome) != "cached"
_SUMMED = (
    _count(_MADE),
    _count(col(UsageRow.outcome) == "failed"),
    _count(col(UsageRow.outcome) == "cached"),
    col(UsageRow.input_tokens),
    col(UsageRow.output_tokens),
    col(UsageRow.cached_tokens),
    col(UsageRow.cost_nano),
    _count(and_(_MADE, col(UsageRow.cost_nano).is_(None))),
)


def _within(owner_id: str | None, span: Span) -> list[ColumnElement[bool]]:
    at = col(UsageRow.started_at)
    own = [] if owner_id is None else [col(UsageRow.owner_id) == owner_id]
    of_app = [col(UsageRow.app_id) == span.app_id] if span.app_id else []
    return [*own, *of_app, at >= span.since, at < span.until]
