"""What goes on with somebody's apps: conversations, tokens, and when each was seen last."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import case, func, or_
from sqlalchemy import select as select_columns
from sqlmodel import col

from babble_app.store.tables.apps import AppTokenRow, SightingRow
from babble_app.store.tables.base import now
from babble_app.store.tables.usage import UsageRow
from babble_app.store.tables.visits import VisitRow
from babble_app.store.visit_desk import HAS_BEGUN

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.engine import Connection


class Activity(NamedTuple):
    """Counts of one app."""

    conversations: int = 0
    """In which a visitor has said something, or asked for a person: those that the page of conversations lists."""
    conversations_since: int = 0
    tokens: int = 0
    """Those that are valid now."""
    last_seen_at: datetime | None = None


def sum_activity(db: Connection, owner_id: str, since: datetime) -> dict[str, Activity]:
    """Return the counts by the ids of the owner's apps, for `Database.fetch`; apps without any are left out."""
    visits = select_columns(
        col(VisitRow.app_id),
        func.count(),
        func.sum(case((col(VisitRow.created_at) >= since, 1), else_=0)),
        func.max(VisitRow.updated_at),
    )
    visits = visits.where(col(VisitRow.owner_id) == owner_id, HAS_BEGUN)
    visits = visits.group_by(col(VisitRow.app_id))
    valid = or_(col(AppTokenRow.expires_at).is_(None), col(AppTokenRow.expires_at) > now())
    tokens = (
        select_columns(col(AppTokenRow.app_id), func.count())
        .where(col(AppTokenRow.owner_id) == owner_id, col(AppTokenRow.revoked_at).is_(None), valid)
        .group_by(col(AppTokenRow.app_id))
    )
    loads = (
        select_columns(col(SightingRow.app_id), func.max(SightingRow.seen_at))
        .where(col(SightingRow.owner_id) == owner_id, col(SightingRow.refused).is_(False))
        .group_by(col(SightingRow.app_id))
    )
    talked = {row[0]: row[1:] for row in db.execute(visits)}
    valid_tokens = {row[0]: row[1] for row in db.execute(tokens)}
    loaded = {row[0]: row[1] for row in db.execute(loads)}
    found: dict[str, Activity] = {}
    for app_id in {*talked, *valid_tokens, *loaded}:
        count, new, talked_at = talked.get(app_id, (0, 0, None))
        moments = [at for at in (talked_at, loaded.get(app_id)) if at is not None]
        found[app_id] = Activity(
            count, int(new or 0), valid_tokens.get(app_id, 0), max(moments, default=None)
        )
    return found


def list_last_uses(
    db: Connection, owner_id: str, app_id: str, since: datetime
) -> dict[str, datetime]:
    """Return when somebody was answered last through each of the app's tokens, for `Database.fetch`.

    Read from what answers leave anyway, so that no call of a visitor's waits for a note of its own: conversations, and since that
    moment the models' calls of those who have none.
    """
    talks = (
        select_columns(col(VisitRow.token_id), func.max(VisitRow.updated_at))
        .where(col(VisitRow.owner_id) == owner_id, col(VisitRow.app_id) == app_id)
        .group_by(col(VisitRow.token_id))
    )
    calls = (
        select_columns(col(UsageRow.token_id), func.max(UsageRow.started_at))
        .where(
            col(UsageRow.owner_id) == owner_id,
            col(UsageRow.app_id) == app_id,
            col(UsageRow.started_at) >= since,
        )
        .group_by(col(UsageRow.token_id))
    )
    found: dict[str, datetime] = {}
    for token_id, at in [*db.execute(talks), *db.execute(calls)]:
        found[token_id] = max(at, found.get(token_id, at))
    return found
