"""Budgets: who may cap whose money, and where the caps stand.

A person caps what is the person's own: the account, its workspaces, apps and tokens. Administrators cap the server, and
everybody's. A person's own cap and an administrator's on the same person both hold, so nobody can raise what an administrator set.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from babble_app.errors import NotFoundError, PermissionDeniedError, ValidationFailedError
from babble_app.llm import prices
from babble_app.schemas.budgets import WARNING_SHARE, WHOLE_SERVER, Budget, BudgetSubject
from babble_app.store import apps as app_rows
from babble_app.store import budgets as rows
from babble_app.store import users as user_rows
from babble_app.store import workspaces as workspace_rows
from babble_app.store.budgets import Cap
from babble_app.store.tables.base import now
from babble_app.store.tables.budgets import BudgetRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlmodel.ext.asyncio.session import AsyncSession

    from babble_app.schemas.accounts import User
    from babble_app.schemas.apps import App
    from babble_app.schemas.budgets import BudgetKind, BudgetPeriod, BudgetState
    from babble_app.schemas.workspaces import Workspace
    from babble_app.services.runtime import Runtime

MAX_DOLLARS = 1_000_000.0
_ADMINISTRATORS_ONLY = "Only an administrator may set this budget."


@dataclass(frozen=True)
class _Place:
    """Which row a person's act is about."""

    owner_id: str | None
    workspace_id: str | None
    set_by_admin: bool


async def set_budget(
    rt: Runtime,
    owner_id: str,
    kind: BudgetKind,
    scope_id: str,
    period: BudgetPeriod,
    *,
    limit_usd: float,
) -> Budget:
    """Cap what may be spent in each day or month; an earlier cap is replaced. The server's `scope_id` is `all`.

    Raises:
        NotFoundError: there is no such thing, or it is not the person's.
        PermissionDeniedError: it is for administrators.
        ValidationFailedError: the limit is no amount from 0 to 1,000,000 dollars.
    """
    if not 0 <= limit_usd <= MAX_DOLLARS:
        message = "A budget is an amount from 0 to 1,000,000 US dollars."
        raise ValidationFailedError(message, field="limit_usd")
    async with rt.database.unit_of_work() as db:
        await rt.database.lock(db, "budgets")
        asker = user_rows.user_shape(await user_rows.get_user(db, owner_id))
        place = await _place(db, asker, kind, scope_id)
        row = await rows.find_budget(
            db, place.owner_id, kind, scope_id, period, set_by_admin=place.set_by_admin
        )
        row = row or BudgetRow(
            kind=kind, scope_id=scope_id, period=period, set_by_admin=place.set_by_admin,
            owner_id=place.owner_id, workspace_id=place.workspace_id, limit_nano=0, set_by=owner_id,
        )  # fmt: skip
        row.limit_nano, row.set_by, row.set_at = prices.nano(limit_usd), owner_id, now()
        db.add(row)
    await rt.meter.reload_caps()
    cap = Cap(*(getattr(row, name) for name in Cap._fields))
    return _shape(rt, cap, in_dollars=True)


async def delete_budget(
    rt: Runtime, owner_id: str, kind: BudgetKind, scope_id: str, period: BudgetPeriod
) -> None:
    """Take a cap away.

    Raises:
        NotFoundError: there is no such budget, or it is not the person's.
        PermissionDeniedError: an administrator set it.
    """
    async with rt.database.unit_of_work() as db:
        asker = user_rows.user_shape(await user_rows.get_user(db, owner_id))
        place = await _place(db, asker, kind, scope_id)
        gone = await rows.delete_budget(
            db, place.owner_id, kind, scope_id, period, set_by_admin=place.set_by_admin
        )
        if not gone and kind == "person" and not place.set_by_admin:
            gone = await _delete_admins_cap(db, asker, period)
    if not gone:
        raise NotFoundError("There is no such budget.")
    await rt.meter.reload_caps()


async def list_budgets(rt: Runtime, owner_id: str) -> list[Budget]:
    """Return the budgets that the person may see: those that apply to the person, and everybody's for an administrator."""
    asker = await _get_user(rt, owner_id)
    if asker.role != "admin":
        return await status(rt, owner_id)
    await rt.meter.load()
    caps = await rt.database.fetch(rows.list_all)
    # Other people's workspaces are theirs.
    seen = [cap for cap in caps if cap.kind != "workspace" or cap.owner_id == owner_id]
    return [_shape(rt, cap, in_dollars=True) for cap in seen]


async def status(rt: Runtime, owner_id: str) -> list[Budget]:
    """Return where the budgets stand that apply to the person: the server's, the person's own, and those of the workspaces."""
    asker = await _get_user(rt, owner_id)
    await rt.meter.load()
    caps = await rt.database.fetch(rows.list_caps, owner_id)
    in_dollars = asker.role == "admin"
    return [_shape(rt, cap, in_dollars=in_dollars or cap.kind != "server") for cap in caps]


async def list_subjects(rt: Runtime, owner_id: str) -> list[BudgetSubject]:
    """Return what the person may cap by name: the account, workspaces, apps; for administrators also the server and everybody."""
    async with rt.database.reading() as db:
        asker = user_rows.user_shape(await user_rows.get_user(db, owner_id))
        subjects = _own_subjects(
            asker,
            await workspace_rows.list_workspaces(db, owner_id),
            await app_rows.list_apps(db, owner_id),
        )
        if asker.role != "admin":
            return subjects
        everybody = await user_rows.list_users(db)
    return [
        *subjects,
        BudgetSubject(kind="server", scope_id=WHOLE_SERVER),
        *(
            BudgetSubject(kind="person", scope_id=one.id, name=one.email)
            for one in everybody
            if one.id != owner_id
        ),
    ]


def _own_subjects(
    asker: User, own: Sequence[Workspace], apps: Sequence[App]
) -> list[BudgetSubject]:
    return [
        BudgetSubject(kind="person", scope_id=asker.id),
        *(BudgetSubject(kind="workspace", scope_id=one.id, name=one.name) for one in own),
        *(BudgetSubject(kind="app", scope_id=one.id, name=one.name) for one in apps),
    ]


async def _get_user(rt: Runtime, owner_id: str) -> User:
    async with rt.database.reading() as db:
        return user_rows.user_shape(await user_rows.get_user(db, owner_id))


async def _place(db: AsyncSession, asker: User, kind: BudgetKind, scope_id: str) -> _Place:
    """Return which row the person may write; raises NotFoundError or PermissionDeniedError."""
    administers = asker.role == "admin"
    if kind == "workspace":
        await workspace_rows.get_workspace(db, asker.id, scope_id)
        return _Place(asker.id, scope_id, set_by_admin=False)
    if kind in {"app", "token"} and (owned := await _owned(db, asker.id, kind, scope_id)):
        return owned
    if kind == "person" and (administers or scope_id == asker.id):
        await user_rows.get_user(db, scope_id)
        return _Place(scope_id, None, set_by_admin=scope_id != asker.id)
    if kind == "server":
        if not administers:
            raise PermissionDeniedError(_ADMINISTRATORS_ONLY)
        if scope_id != WHOLE_SERVER:
            message = f"The server's budget is called “{WHOLE_SERVER}”."
            raise NotFoundError(message)
        return _Place(None, None, set_by_admin=True)
    if not administers:
        message = f"There is no such {kind}."
        raise NotFoundError(message)
    return _Place(None, None, set_by_admin=True)


async def _owned(db: AsyncSession, owner_id: str, kind: BudgetKind, scope_id: str) -> _Place | None:
    """Return the row of the asker's own app or token, if it is one."""
    try:
        if kind == "app":
            await app_rows.get_app(db, owner_id, scope_id)
        else:
            await app_rows.get_token(db, owner_id, scope_id)
    except NotFoundError:
        return None
    return _Place(owner_id, None, set_by_admin=False)


async def _delete_admins_cap(db: AsyncSession, asker: User, period: BudgetPeriod) -> bool:
    """Delete what an administrator set on the asker's own account; raises PermissionDeniedError for others."""
    own = (asker.id, "person", asker.id, period)
    if asker.role == "admin":
        return await rows.delete_budget(db, *own, set_by_admin=True)
    if await rows.find_budget(db, *own, set_by_admin=True):
        message = "An administrator set this budget; only an administrator may take it away."
        raise PermissionDeniedError(message)
    return False


def _shape(rt: Runtime, cap: Cap, *, in_dollars: bool) -> Budget:
    tally = rt.meter.tally(cap)
    share = tally.spent / cap.limit_nano if cap.limit_nano else 1.0
    return Budget(
        kind=cap.kind,
        scope_id=cap.scope_id,
        period=cap.period,
        set_by_admin=cap.set_by_admin,
        limit_usd=cap.limit_nano / prices.NANO if in_dollars else None,
        spent_usd=tally.spent / prices.NANO if in_dollars else None,
        held_usd=tally.held / prices.NANO if in_dollars else None,
        share=round(share, 4),
        state=_state(cap, tally.spent),
        resets_at=rt.meter.resets_at(cap),
        set_at=cap.set_at,
    )


def _state(cap: Cap, spent_nano: int) -> BudgetState:
    if spent_nano >= cap.limit_nano:
        return "exhausted"
    return "warning" if spent_nano >= cap.limit_nano * WARNING_SHARE else "ok"
