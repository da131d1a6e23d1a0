"""Failures as problem details: what their headers say."""

from __future__ import annotations

from babble_app.api._problems import problem_of_error
from babble_app.errors import BudgetExhaustedError


def test_a_budget_that_is_used_up_says_when_to_come_back() -> None:
    error = BudgetExhaustedError("Your budget is used up.", retry_after_seconds=90)

    answer = problem_of_error({"type": "http", "path": "/api/x"}, error)

    assert (answer.status_code, answer.headers["Retry-After"]) == (402, "90")
    assert "Retry-After" not in problem_of_error({}, BudgetExhaustedError("Used up.")).headers
