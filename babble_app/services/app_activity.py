"""What went on with a person's apps today, and what there is of each."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from babble_app.llm import prices
from babble_app.schemas.apps import AppActivity
from babble_app.services import apps
from babble_app.services.periods import start_of
from babble_app.store import app_activity as rows
from babble_app.store import usage as usage_rows
from babble_app.store.app_activity import Activity
from babble_app.store.tables.base import now
from babble_app.store.usage import Span

if TYPE_CHECKING:
    from datetime import datetime

    from babble_app.services.runtime import Runtime

USES_DAYS = 90
"""How far back the models' calls are searched for a token's last use."""


async def list_activity(rt: Runtime, owner_id: str) -> dict[str, AppActivity]:
    """Return the figures by the apps' ids, for every app of the person; today is a day of UTC."""
    at = now()
    today = start_of("day", at)
    owned = await apps.list_apps(rt, owner_id)
    counted = await rt.database.fetch(rows.sum_activity, owner_id, today)
    used = await rt.database.fetch(usage_rows.sum_calls, owner_id, Span(today, at), "app_id")
    spent = {sums.key: sums for sums in used}
    found: dict[str, AppActivity] = {}
    for app in owned:
        counts, sums = counted.get(app.id, Activity()), spent.get(app.id)
        found[app.id] = AppActivity(
            app_id=app.id,
            conversations=counts.conversations,
            conversations_today=counts.conversations_since,
            calls_today=sums.calls if sums else 0,
            cost_today_usd=sums.cost_nano / prices.NANO if sums else 0.0,
            tokens=counts.tokens,
            last_seen_at=counts.last_seen_at,
        )
    return found


async def list_last_uses(rt: Runtime, owner_id: str, app_id: str) -> dict[str, datetime]:
    """Return when somebody was answered last through each of the app's tokens; those that nobody used are left out."""
    await apps.get_app(rt, owner_id, app_id)
    since = now() - timedelta(days=USES_DAYS)
    return await rt.database.fetch(rows.list_last_uses, owner_id, app_id, since)
