"""Budgets as pages show them, and the line over the pages."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from babble_app.schemas.accounts import Role, User
from babble_app.schemas.budgets import Budget, BudgetSubject
from babble_app.states.budget_views import budget_views, find_alert, subject_names
from babble_app.states.budgets import read_amount, read_place
from tests.call_factories import NOON

NAMES = subject_names(
    [
        BudgetSubject(kind="person", scope_id="usr_me"),
        BudgetSubject(kind="workspace", scope_id="wsp_1", name="Shop"),
    ]
)


def make_viewer(role: Role = "member") -> User:
    return User(id="usr_me", email="me@example.com", name="Me", role=role, created_at=NOON)


def make_budget(**fields: Any) -> Budget:
    plain = {
        "kind": "person",
        "scope_id": "usr_me",
        "period": "day",
        "set_by_admin": False,
        "limit_usd": 2.0,
        "spent_usd": 1.7,
        "held_usd": 0.0,
        "share": 0.85,
        "state": "warning",
        "resets_at": NOON + timedelta(hours=12),
        "set_at": NOON,
    }
    return Budget(**{**plain, **fields})


def test_a_budget_says_whose_it_is_and_how_much_is_gone() -> None:
    (row,) = budget_views([make_budget(held_usd=0.25)], NAMES, make_viewer(), NOON)

    assert (row.name, row.each, row.spent) == ("All that I ask", "each day", "$1.70 of $2.00")
    assert row.note == (
        "begins anew at midnight UTC (in 12 hours) · $0.25 set aside for answers being made"
    )
    assert (row.state, row.width, row.percent, row.amount) == ("warning", "85.0%", 85, "2")


def test_more_than_all_of_it_is_shown_as_a_full_bar() -> None:
    full = make_budget(share=1.31, state="exhausted", spent_usd=2.62)

    (row,) = budget_views([full], NAMES, make_viewer(), NOON)

    assert (row.width, row.percent) == ("100.0%", 100)
    assert row.note.startswith("free again at midnight UTC")


def test_the_servers_budget_is_shown_to_members_without_amounts() -> None:
    server = make_budget(
        kind="server", scope_id="all", set_by_admin=True, share=0.997, limit_usd=None, spent_usd=None, held_usd=None
    )  # fmt: skip

    (row,) = budget_views([server], NAMES, make_viewer(), NOON)

    assert (row.name, row.spent, row.amount) == ("The whole server", "99 % used", "")
    assert not row.can_change
    assert not row.can_delete


@pytest.mark.parametrize(
    ("role", "fields", "may"),
    [
        ("member", {}, (True, True)),
        ("member", {"set_by_admin": True}, (False, False)),
        ("member", {"kind": "workspace", "scope_id": "wsp_1"}, (True, True)),
        ("member", {"kind": "server", "scope_id": "all", "set_by_admin": True}, (False, False)),
        ("admin", {"set_by_admin": True}, (False, True)),
        ("admin", {"scope_id": "usr_other"}, (False, False)),
        ("admin", {"scope_id": "usr_other", "set_by_admin": True}, (True, True)),
        ("admin", {"kind": "app", "scope_id": "app_1", "set_by_admin": True}, (True, True)),
    ],
)
def test_acts_are_offered_to_those_who_may(
    role: Role, fields: dict[str, Any], may: tuple[bool, bool]
) -> None:
    (row,) = budget_views([make_budget(**fields)], NAMES, make_viewer(role), NOON)

    assert (row.can_change, row.can_delete) == may


def test_of_two_on_the_same_administrator_the_administrators_own_goes_first() -> None:
    both = [make_budget(), make_budget(set_by_admin=True)]

    rows = budget_views(both, NAMES, make_viewer("admin"), NOON)

    assert [row.can_delete for row in rows] == [True, False]
    assert len({row.key for row in rows}) == 2


def test_the_line_over_the_pages_is_about_the_budget_nearest_to_its_end() -> None:
    budgets = [
        make_budget(share=0.9),
        make_budget(kind="server", scope_id="all", share=1.0, state="exhausted", limit_usd=None),
        make_budget(period="month", share=0.1, state="ok"),
    ]

    alert = find_alert(budgets, NAMES, "", NOON)

    assert alert.state == "exhausted"
    assert alert.words == (
        "This server's budget for today is used up. "
        "Models that cost money answer again at midnight UTC (in 12 hours)."
    )
    assert find_alert(budgets[:1], NAMES, "", NOON).words == "Your budget for today is 90 % used."
    assert find_alert(budgets[2:], NAMES, "", NOON).state == ""


def test_a_workspaces_budget_is_no_matter_of_another_workspace() -> None:
    shop = [make_budget(kind="workspace", scope_id="wsp_1", period="month")]

    words = "The budget of workspace “Shop” for November is 85 % used."
    assert find_alert(shop, NAMES, "", NOON).words == words
    assert find_alert(shop, NAMES, "wsp_1", NOON).words == words
    assert find_alert(shop, NAMES, "wsp_2", NOON).state == ""


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("5", 5.0),
        (" $0.50 ", 0.5),
        (".5", 0.5),
        ("0", 0.0),
        ("", None),
        ("lots", None),
        ("-1", None),
        ("1,50", None),
        ("nan", None),
        ("1e5", None),
    ],
)
def test_an_amount_is_read_as_people_write_it(text: str, amount: float | None) -> None:
    assert read_amount(text) == amount


@pytest.mark.parametrize(
    ("whose", "period"), [("person/", "day"), ("all", "day"), ("x/1", "day"), ("person/usr_1", "x")]
)
def test_what_no_form_of_ours_sends_is_no_place(whose: str, period: str) -> None:
    assert read_place(whose, period) is None
    assert read_place("person/usr_1", "day") == ("person", "usr_1", "day")
