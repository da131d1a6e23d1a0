"""Budgets on the usage page: which there are, setting one, taking one away."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal, get_args

import reflex as rx
from reflex.state import BaseState

from babble_app.errors import BabbleError, ValidationFailedError
from babble_app.schemas.budgets import BudgetKind, BudgetPeriod
from babble_app.services import budgets, runtime
from babble_app.states.budget_views import (
    BudgetView,
    SubjectChoice,
    budget_views,
    subject_choices,
    subject_names,
)
from babble_app.states.session import get_user
from babble_app.states.shell import show_budget_alert
from babble_app.states.toasts import toast

if TYPE_CHECKING:
    from collections.abc import Sequence

_KINDS: Sequence[BudgetKind] = get_args(BudgetKind)
_PERIODS: Sequence[BudgetPeriod] = get_args(BudgetPeriod)
_AMOUNT = re.compile(r"\$?\s*(\d{1,12}(?:\.\d{1,9})?|\.\d{1,9})")
_NO_AMOUNT = "Write an amount in US dollars, such as 5 or 0.50."
_NO_SUBJECT = "Choose whose budget it is, and for how long."


class BudgetsState(rx.State):
    """What the budgets of the page are, and which dialog is open over them."""

    loaded: bool = False
    applying: list[BudgetView] = []
    """Those that hold for the person."""
    others: list[BudgetView] = []
    """Those that an administrator looks after."""
    choices: list[SubjectChoice] = []
    dialog: Literal["", "new", "change", "delete"] = ""
    chosen: BudgetView = BudgetView()
    problem: str = ""
    amount_problem: str = ""

    @rx.event
    def open_new(self) -> None:
        """Ask for whose money, an amount and a period."""
        self._open("new", BudgetView())

    @rx.event
    def open_change(self, budget_key: str) -> None:
        """Ask for another amount."""
        for row in [*self.applying, *self.others]:
            if row.key == budget_key and row.can_change:
                self._open("change", row)

    @rx.event
    def ask_delete(self, budget_key: str) -> None:
        """Ask whether it shall really go."""
        for row in [*self.applying, *self.others]:
            if row.key == budget_key and row.can_delete:
                self._open("delete", row)

    def _open(self, dialog: Literal["new", "change", "delete"], row: BudgetView) -> None:
        self.problem, self.amount_problem = "", ""
        self.chosen, self.dialog = row, dialog

    @rx.event
    def close_dialog(self) -> None:
        """Leave everything as it is."""
        self.dialog = ""

    @rx.event
    async def save(self, form: dict[str, Any]) -> None:
        """Set the budget; one that stands there already gets the new amount."""
        user = await get_user(self)
        self.problem, self.amount_problem = "", ""
        amount = read_amount(str(form.get("amount", "")))
        place = read_place(str(form.get("whose", "")), str(form.get("period", "")))
        if amount is None or place is None:
            self.amount_problem = _NO_AMOUNT if amount is None else ""
            self.problem = _NO_SUBJECT if place is None else ""
            return
        try:
            await budgets.set_budget(runtime.current(), user.id, *place, limit_usd=amount)
        except ValidationFailedError as error:
            self.amount_problem = str(error)
            return
        except BabbleError as error:
            self.problem = str(error)
            return
        self.dialog = ""
        await toast(self, "Saved.", "good")
        await load_budgets(self)

    @rx.event
    async def delete(self) -> None:
        """Take the budget away."""
        user = await get_user(self)
        chosen, self.dialog = self.chosen, ""
        place = read_place(f"{chosen.kind}/{chosen.scope_id}", chosen.period)
        if place is None:
            return
        await budgets.delete_budget(runtime.current(), user.id, *place)
        await toast(self, "The budget is gone.")
        await load_budgets(self)


async def load_budgets(state: BaseState) -> None:
    """Read the budgets again, and what the frame says of them."""
    shown = await state.get_state(BudgetsState)
    rt, user, at = runtime.current(), await get_user(state), datetime.now(UTC)
    subjects = await budgets.list_subjects(rt, user.id)
    names = subject_names(subjects)
    applying = budget_views(await budgets.status(rt, user.id), names, user, at)
    known = {row.key for row in applying}
    everything = budget_views(await budgets.list_budgets(rt, user.id), names, user, at)
    shown.applying = applying
    shown.others = [row for row in everything if row.key not in known]
    shown.choices = subject_choices(subjects)
    shown.loaded = True
    await show_budget_alert(state)


def read_amount(text: str) -> float | None:
    """Return the dollars that somebody wrote; None for what is no plain amount."""
    found = _AMOUNT.fullmatch(text.strip())
    return float(found[1]) if found else None


def read_place(whose: str, period: str) -> tuple[BudgetKind, str, BudgetPeriod] | None:
    """Return kind, id and period as the services take them; None for what no form of ours sends."""
    kind, _, scope_id = whose.partition("/")
    for known_kind in _KINDS:
        for known_period in _PERIODS:
            if known_kind == kind and known_period == period and scope_id:
                return known_kind, scope_id, known_period
    return None
