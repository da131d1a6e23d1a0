"""What tests of the ledger do again and again."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from babble_app.errors import BudgetExhaustedError
from babble_app.schemas.calls import CallScope
from babble_app.services import budgets
from babble_app.store.budgets import list_caps
from babble_app.store.tables.usage import UsageRow
from tests.call_factories import PRICED, make_request

if TYPE_CHECKING:
    from babble_app.llm.route import Hold
    from babble_app.services.meter import Ledger
    from babble_app.services.runtime import Runtime

EVENING = datetime(2026, 11, 29, 23, 30, tzinfo=UTC)


class Clock:
    """Stands still until it is set."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at


async def try_to_reserve(
    ledger: Ledger, scope: CallScope, *, model: str = PRICED, tokens: int = 1
) -> Hold | None:
    try:
        return await ledger.reserve(scope, model, make_request(tokens=tokens))
    except BudgetExhaustedError:
        return None


async def stored(rt: Runtime) -> list[Any]:
    def read(db: Any) -> list[Any]:
        return db.execute(select(*UsageRow.__table__.columns).order_by(UsageRow.started_at)).all()

    return await rt.database.fetch(read)


async def cap(rt: Runtime, owner: str, dollars: float, period: Any = "day") -> None:
    await budgets.set_budget(rt, owner, "person", owner, period, limit_usd=dollars)


async def figures(rt: Runtime, owner: str) -> tuple[float | None, float | None, str]:
    (one,) = await budgets.status(rt, owner)
    return one.spent_usd, one.held_usd, one.state


async def caps_of(rt: Runtime, owner: str) -> list[Any]:
    return await rt.database.fetch(list_caps, owner)
