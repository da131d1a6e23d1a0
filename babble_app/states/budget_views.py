"""Budgets as pages show them: whose, how much of them is gone, and until when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from babble_app.services.periods import in_words, name_of
from babble_app.states.words import money_words, percent_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from babble_app.schemas.accounts import User
    from babble_app.schemas.budgets import Budget, BudgetSubject

Names = dict[str, str]
"""What budgets are called, by kind and id as `subject_key` joins them."""
_GONE = {"workspace": "A workspace", "person": "A deleted account", "app": "App", "token": "Token"}
_EACH = {"day": "each day", "month": "each month"}


@dataclass(frozen=True)
class BudgetView:
    """A budget in the list."""

    key: str = ""
    kind: str = ""
    scope_id: str = ""
    period: str = ""
    name: str = ""
    each: str = ""
    spent: str = ""
    """`$1.70 of $2.00`, or how full it is where the amounts are not the reader's to know."""
    note: str = ""
    amount: str = ""
    """The limit as the field takes it."""
    state: str = "ok"
    width: str = "0%"
    percent: int = 0
    can_change: bool = False
    can_delete: bool = False


@dataclass(frozen=True)
class SubjectChoice:
    """Something that can be capped, in the picker."""

    key: str
    name: str


@dataclass(frozen=True)
class BudgetAlert:
    """The line over every page about a budget that is nearly or wholly used up."""

    state: str = ""
    """`warning` or `exhausted`; empty: nothing to say."""
    words: str = ""


def subject_key(kind: str, scope_id: str) -> str:
    """Return the value of a choice in the picker."""
    return f"{kind}/{scope_id}"


def subject_choices(subjects: Sequence[BudgetSubject]) -> list[SubjectChoice]:
    """Return what can be chosen."""
    return [
        SubjectChoice(subject_key(one.kind, one.scope_id), subject_name(one)) for one in subjects
    ]


def subject_name(subject: BudgetSubject) -> str:
    """Return what the list calls it."""
    if subject.kind == "server":
        return "The whole server"
    if subject.kind == "workspace":
        return f"Workspace “{subject.name}”"
    if subject.kind == "app":
        return f"App “{subject.name}”"
    return subject.name or "All that I ask"


def subject_names(subjects: Sequence[BudgetSubject]) -> Names:
    """Return the names by key; somebody who may not cap the server is shown its budget all the same."""
    own = {choice.key: choice.name for choice in subject_choices(subjects)}
    return {subject_key("server", "all"): "The whole server", **own}


def budget_views(
    budgets: Sequence[Budget], names: Mapping[str, str], user: User, at: datetime
) -> list[BudgetView]:
    """Return the budgets as the list shows them, with what the person may do with each."""
    own = {budget.period for budget in budgets if _is_own(budget, user)}
    return [_view(budget, names, user, own, at) for budget in budgets]


def find_alert(
    budgets: Sequence[Budget], names: Mapping[str, str], workspace_id: str, at: datetime
) -> BudgetAlert:
    """Return what to say over a page of the workspace (empty: of none) about the budget that is nearest to its end."""
    concerned = [
        budget
        for budget in budgets
        if budget.state != "ok"
        and (budget.kind != "workspace" or workspace_id in {"", budget.scope_id})
    ]
    if not concerned:
        return BudgetAlert()
    worst = max(concerned, key=lambda budget: (budget.state == "exhausted", budget.share))
    return BudgetAlert(worst.state, _alert_words(worst, names, at))


def _alert_words(budget: Budget, names: Mapping[str, str], at: datetime) -> str:
    whose = {"server": "This server's budget", "person": "Your budget"}.get(budget.kind, "")
    if not whose:
        name = _name(budget, names)
        whose = f"The budget of {name[0].lower()}{name[1:]}"
    period = name_of(budget.period, at)
    if budget.state == "exhausted":
        again = in_words(budget.resets_at, at)
        return f"{whose} for {period} is used up. Models that cost money answer again {again}."
    return f"{whose} for {period} is {_used(budget)} used."


def _view(
    budget: Budget, names: Mapping[str, str], user: User, own: set[str], at: datetime
) -> BudgetView:
    can_change, can_delete = _rights(budget, user, own)
    setter = "admin" if budget.set_by_admin else "own"
    return BudgetView(
        key="/".join((budget.kind, budget.scope_id, budget.period, setter)),
        kind=budget.kind,
        scope_id=budget.scope_id,
        period=budget.period,
        name=_name(budget, names),
        each=_EACH[budget.period],
        spent=_spent_words(budget),
        note=_note(budget, user, at),
        amount=""
        if budget.limit_usd is None
        else f"{budget.limit_usd:.9f}".rstrip("0").rstrip("."),
        state=budget.state,
        width=f"{min(budget.share, 1):.1%}",
        percent=min(round(budget.share * 100), 100),
        can_change=can_change,
        can_delete=can_delete,
    )


def _rights(budget: Budget, user: User, own: set[str]) -> tuple[bool, bool]:
    """Return whether the person may change it, and whether take it away; the service has the last word."""
    administers = user.role == "admin"
    if budget.kind == "workspace" or _is_own(budget, user) or _is_of_own_app(budget):
        return True, True
    if budget.kind == "person" and budget.scope_id == user.id:
        # What another administrator set on this one: a new amount would be a second budget beside it.
        return False, administers and budget.period not in own
    may = administers and budget.set_by_admin
    return may, may


def _is_own(budget: Budget, user: User) -> bool:
    return budget.kind == "person" and budget.scope_id == user.id and not budget.set_by_admin


def _is_of_own_app(budget: Budget) -> bool:
    # Other people's are set by administrators, who see them as theirs.
    return budget.kind == "app" and not budget.set_by_admin


def _name(budget: Budget, names: Mapping[str, str]) -> str:
    key = subject_key(budget.kind, budget.scope_id)
    if (name := names.get(key)) is not None:
        return name
    shown = budget.kind in {"app", "token"}
    return f"{_GONE[budget.kind]} {budget.scope_id}" if shown else _GONE[budget.kind]


def _spent_words(budget: Budget) -> str:
    if budget.limit_usd is None or budget.spent_usd is None:
        return f"{_used(budget)} used"
    return f"{money_words(budget.spent_usd)} of {money_words(budget.limit_usd)}"


def _used(budget: Budget) -> str:
    # 99.6 % is not all of it.
    share = budget.share if budget.state == "exhausted" else min(budget.share, 0.99)
    return percent_words(share)


def _note(budget: Budget, user: User, at: datetime) -> str:
    again = "free again" if budget.state == "exhausted" else "begins anew"
    notes = [f"{again} {in_words(budget.resets_at, at)}"]
    if budget.held_usd:
        notes.append(f"{money_words(budget.held_usd)} set aside for answers being made")
    if budget.kind == "person" and budget.set_by_admin and budget.scope_id == user.id:
        notes.append("set by an administrator")
    if budget.kind == "person" and not budget.set_by_admin and budget.scope_id != user.id:
        notes.append("set by the person")
    return " · ".join(notes)
