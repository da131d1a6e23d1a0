"""How it is said that a budget has no room: whose it is, until when, and who can raise it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from babble_app.errors import BudgetExhaustedError, PriceUnknownError
from babble_app.llm.prices import dollars
from babble_app.services.periods import in_words, name_of

if TYPE_CHECKING:
    from datetime import datetime

    from babble_app.store.budgets import Cap

_WHOSE = {
    "server": "This server's budget",
    "workspace": "This workspace's budget",
    "person": "Your budget",
    "app": "This app's budget",
    "token": "This token's budget",
}


def exhausted(
    cap: Cap, room_nano: int, amount_nano: int, *, at: datetime, resets_at: datetime
) -> BudgetExhaustedError:
    """Return the error for a call that may cost `amount_nano` where the budget has room for `room_nano`."""
    budget = f"{_WHOSE[cap.kind]} for {name_of(cap.period, at)}"
    if cap.kind != "server":
        # What a server spends altogether is for administrators.
        budget += f" ({dollars(cap.limit_nano)})"
    if room_nano <= 0:
        what = f"{budget} is used up."
    else:
        left = "too little" if cap.kind == "server" else dollars(room_nano)
        what = (
            f"{budget} has {left} left: this answer may cost {dollars(amount_nano)}. "
            "A shorter question or a cheaper model may still fit."
        )
    again = f"It is free again {in_words(resets_at, at)}."
    return BudgetExhaustedError(
        f"{what} {again} {_who_can('raise', cap)}",
        retry_after_seconds=max(1, math.ceil((resets_at - at).total_seconds())),
    )


def unpriced(model: str, cap: Cap, *, at: datetime) -> PriceUnknownError:
    """Return the error for a call of a model without a price, where a budget says how much may be spent."""
    budget = f"{_WHOSE[cap.kind]} for {name_of(cap.period, at)}"
    return PriceUnknownError(
        f"Babble does not know what {model} costs, and so cannot keep to a budget. Choose another model, or have an "
        f"administrator name its price in the price file (BABBLE_PRICES_FILE). {budget} applies here. {_who_can('remove', cap)}"
    )


def _who_can(change: str, cap: Cap) -> str:
    if cap.set_by_admin:
        return f"An administrator can {change} it."
    if cap.kind == "workspace":
        return f"The workspace's owner can {change} it."
    return f"You can {change} it yourself."
