"""The words for a budget that has no room: whose, which, until when, and who can raise it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from babble_app.llm.prices import NANO
from babble_app.services.exhaustion import dollars, exhausted
from babble_app.store.budgets import Cap

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)
MIDNIGHT = datetime(2026, 12, 1, tzinfo=UTC)


def say(*, room: int = 0, amount: int = 1, **fields: Any) -> str:
    plain = {
        "kind": "person", "scope_id": "usr_1", "period": "day", "set_by_admin": False, "owner_id": "usr_1",
        "limit_nano": 5 * NANO, "set_at": NOON,
    }  # fmt: skip
    cap = Cap(**{**plain, **fields})
    error = exhausted(cap, room, amount, at=NOON, resets_at=MIDNIGHT)
    assert error.retry_after_seconds == 12 * 3600
    return str(error)


def test_a_budget_that_is_used_up_says_when_it_is_free_again_and_who_can_raise_it() -> None:
    assert say() == (
        "Your budget for today ($5.00) is used up. It is free again at midnight UTC (in 12 hours). You can raise it yourself."
    )


def test_what_is_left_is_named_when_only_this_answer_is_too_dear() -> None:
    told = say(room=2 * NANO, amount=3 * NANO, kind="workspace", period="month")

    assert told.startswith(
        "This workspace's budget for November ($5.00) has $2.00 left: this answer may cost $3.00."
    )
    assert "The workspace's owner can raise it." in told


def test_a_cap_of_an_administrators_is_not_said_to_be_ones_own() -> None:
    assert "An administrator can raise it." in say(set_by_admin=True)


@pytest.mark.parametrize("room", [0, NANO])
def test_what_the_whole_server_may_spend_is_not_told(room: int) -> None:
    told = say(kind="server", scope_id="all", set_by_admin=True, room=room, amount=2 * NANO)

    assert told.startswith("This server's budget for today ")
    assert "5.00" not in told
    assert "1.00" not in told


@pytest.mark.parametrize(
    ("nano", "shown"),
    [
        (0, "$0.00"),
        (1_234 * NANO, "$1,234.00"),
        (NANO // 100, "$0.01"),
        (4_200_000, "$0.0042"),
        (400_000, "$0.0004"),
        (9_999_999, "$0.01"),
        (123, "$0.00000012"),
    ],
)
def test_small_amounts_are_shown_with_the_digits_that_say_something(nano: int, shown: str) -> None:
    assert dollars(nano) == shown
