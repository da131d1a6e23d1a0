"""Caps on money."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import delete, or_
from sqlalchemy import select as select_columns
from sqlmodel import col, select

from babble_app.store.tables.budgets import BudgetRow

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.engine import Connection
    from sqlmodel.ext.asyncio.session import AsyncSession

    from babble_app.schemas.budgets import BudgetKind, BudgetPeriod


class Cap(NamedTuple):
    """A budget's columns that a decision takes."""

    kind: BudgetKind
    scope_id: str
    period: BudgetPeriod
    set_by_admin: bool
    owner_id: str | None
    limit_nano: int
    set_at: datetime


_CAPS = select_columns(*(getattr(BudgetRow, name) for name in Cap._fields)).order_by(
    *(col(getattr(BudgetRow, name)) for name in Cap._fields[:4])
)


def list_all(db: Connection) -> list[Cap]:
    """Return everybody's budgets, for `Database.fetch`."""
    return [Cap(*row) for row in db.execute(_CAPS)]


def list_caps(db: Connection, owner_id: str) -> list[Cap]:
    """Return the budgets of the person, of the person's workspaces and of the server, for `Database.fetch`."""
    mine = or_(col(BudgetRow.owner_id) == owner_id, col(BudgetRow.kind) == "server")
    return [Cap(*row) for row in db.execute(_CAPS.where(mine))]


async def find_budget(
    db: AsyncSession,
    owner_id: str | None,
    kind: BudgetKind,
    scope_id: str,
    period: BudgetPeriod,
    *,
    set_by_admin: bool,
) -> BudgetRow | None:
    """Return the budget of the person's thing, locked against other changes, or None."""
    statement = select(BudgetRow).where(
        col(BudgetRow.owner_id) == owner_id
        if owner_id is not None
        else col(BudgetRow.owner_id).is_(None),
        BudgetRow.kind == kind,
        BudgetRow.scope_id == scope_id,
        BudgetRow.period == period,
        BudgetRow.set_by_admin == set_by_admin,
    )
    return (await db.exec(statement.with_for_update())).one_or_none()


async def delete_budget(
    db: AsyncSession,
    owner_id: str | None,
    kind: BudgetKind,
    scope_id: str,
    period: BudgetPeriod,
    *,
    set_by_admin: bool,
) -> bool:
    """Delete the budget of the person's thing and say whether there was one."""
    found = await find_budget(db, owner_id, kind, scope_id, period, set_by_admin=set_by_admin)
    if found is None:
        return False
    await db.exec(delete(BudgetRow).where(col(BudgetRow.id) == found.id))
    return True


async def list_budgets(db: AsyncSession, owner_id: str) -> Sequence[BudgetRow]:
    """Return the budgets that are about the person and the person's workspaces."""
    return (await db.exec(select(BudgetRow).where(BudgetRow.owner_id == owner_id))).all()
