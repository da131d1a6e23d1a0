"""An app's caps on money, as its page shows and saves them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from babble_app.errors import BabbleError, NotFoundError
from babble_app.schemas.budgets import BudgetPeriod
from babble_app.services import budgets, runtime
from babble_app.services.periods import PERIODS, in_words
from babble_app.states.budgets import read_amount
from babble_app.states.words import money_words

if TYPE_CHECKING:
    from babble_app.schemas.budgets import Budget

_NO_AMOUNT = "Write an amount in US dollars, such as 5 or 0.50, or leave it empty."


@dataclass(frozen=True)
class MoneyView:
    """The cap of one period, or that there is none."""

    field: str
    """`cap_day` or `cap_month`."""
    label: str
    amount: str = ""
    """As the field takes it; empty: no cap."""
    words: str = ""
    """`$1.70 of $2.00, begins anew at midnight UTC`; empty: no cap."""
    state: str = "ok"
    width: str = "0%"
    percent: int = 0


async def money_views(owner_id: str, app_id: str) -> list[MoneyView]:
    """Return the caps of the person's app, the day's first."""
    standing = await budgets.status(runtime.current(), owner_id)
    caps = {one.period: one for one in standing if (one.kind, one.scope_id) == ("app", app_id)}
    at = datetime.now(UTC)
    return [_view(period, caps.get(period), at) for period in PERIODS]


async def save_caps(owner_id: str, app_id: str, form: dict[str, Any]) -> dict[str, str]:
    """Set the caps that the form names and take away those it leaves empty; returns what is wrong, by field."""
    rt = runtime.current()
    problems: dict[str, str] = {}
    amounts: dict[BudgetPeriod, float | None] = {}
    for period in PERIODS:
        text = str(form.get(f"cap_{period}") or "").strip()
        amounts[period] = read_amount(text) if text else None
        if text and amounts[period] is None:
            problems[f"cap_{period}"] = _NO_AMOUNT
    if problems:
        return problems
    for period, amount in amounts.items():
        try:
            if amount is None:
                await budgets.delete_budget(rt, owner_id, "app", app_id, period)
            else:
                await budgets.set_budget(rt, owner_id, "app", app_id, period, limit_usd=amount)
        except NotFoundError:
            continue  # there was none
        except BabbleError as error:
            problems[f"cap_{period}"] = str(error)
    return problems


def _view(period: BudgetPeriod, budget: Budget | None, at: datetime) -> MoneyView:
    field, label = f"cap_{period}", f"Most money in a {period} (US$)"
    if budget is None or budget.limit_usd is None or budget.spent_usd is None:
        return MoneyView(field, label)
    begins = "free again" if budget.state == "exhausted" else "begins anew"
    return MoneyView(
        field,
        label,
        amount=f"{budget.limit_usd:.9f}".rstrip("0").rstrip("."),
        words=f"{money_words(budget.spent_usd)} of {money_words(budget.limit_usd)} used, {begins} "
        f"{in_words(budget.resets_at, at)}",
        state=budget.state,
        width=f"{min(budget.share, 1):.1%}",
        percent=min(round(budget.share * 100), 100),
    )
