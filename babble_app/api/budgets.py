"""Caps on money: the caller's own, and all of them for administrators."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, status
from pydantic import Field

from babble_app.api._bodies import Id, example
from babble_app.api._identity import Me, Rt
from babble_app.schemas.base import Schema
from babble_app.schemas.budgets import Budget, BudgetKind, BudgetPeriod
from babble_app.services import budgets

router = APIRouter(prefix="/api/budgets", tags=["usage"])


class BudgetBody(Schema):
    """A cap."""

    model_config = example(limit_usd=5.0)

    limit_usd: Annotated[float, Field(ge=0, le=budgets.MAX_DOLLARS, allow_inf_nan=False)]
    """US dollars for each day or month; 0: nothing that costs money is asked."""


@router.get("")
async def list_budgets(rt: Rt, me: Me) -> list[Budget]:
    """List the caps that apply to the caller with what is spent of them; administrators see everybody's."""
    return await budgets.list_budgets(rt, me.id)


@router.put("/{kind}/{scope_id}/{period}")
async def set_budget(
    rt: Rt, me: Me, kind: BudgetKind, scope_id: Id, period: BudgetPeriod, body: BudgetBody
) -> Budget:
    """Cap what may be spent: a workspace's or one's own; a server's (`server/all`), person's, app's or token's for administrators.

    Calls of models of whose price nothing is known are counted, not capped.
    """
    return await budgets.set_budget(rt, me.id, kind, scope_id, period, limit_usd=body.limit_usd)


@router.delete("/{kind}/{scope_id}/{period}", status_code=status.HTTP_204_NO_CONTENT)
async def delete_budget(
    rt: Rt, me: Me, kind: BudgetKind, scope_id: Id, period: BudgetPeriod
) -> None:
    """Take a cap away."""
    await budgets.delete_budget(rt, me.id, kind, scope_id, period)
