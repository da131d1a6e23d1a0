"""Failures as problem details: what their headers say."""

from __future__ import annotations

import json
from typing import Any

import pytest

from babble_app.api._problems import problem_of_error
from babble_app.errors import (
    AppPausedError,
    BabbleError,
    BudgetExhaustedError,
    ConflictError,
    ContextTooLargeError,
    ModelTimeoutError,
    ModelUnavailableError,
    PriceUnknownError,
    ProviderRateLimitedError,
    RateLimitedError,
    UnauthenticatedError,
    ValidationFailedError,
)
from babble_app.llm.failures import RequestRefusedError


def test_a_budget_that_is_used_up_says_when_to_come_back() -> None:
    error = BudgetExhaustedError("Your budget is used up.", retry_after_seconds=90)

    answer = problem_of_error({"type": "http", "path": "/api/x"}, error)

    assert (answer.status_code, answer.headers["Retry-After"]) == (402, "90")
    assert "Retry-After" not in problem_of_error({}, BudgetExhaustedError("Used up.")).headers


@pytest.mark.parametrize(
    ("error", "status", "kind", "code"),
    [
        (UnauthenticatedError("x"), 401, "invalid_request_error", "invalid_api_key"),
        (AppPausedError("x"), 403, "invalid_request_error", "app_paused"),
        (ModelUnavailableError("x"), 404, "invalid_request_error", "model_not_found"),
        (RequestRefusedError("x"), 400, "invalid_request_error", "invalid_request"),
        (ValidationFailedError("x"), 400, "invalid_request_error", "validation_failed"),
        (ConflictError("x"), 400, "invalid_request_error", "conflict"),
        (ContextTooLargeError("x"), 400, "invalid_request_error", "context_length_exceeded"),
        (RateLimitedError("x", retry_after_seconds=3), 429, "rate_limit_error", "rate_limit_exceeded"),
        (ProviderRateLimitedError("x"), 429, "rate_limit_error", "rate_limit_exceeded"),
        (BudgetExhaustedError("x"), 429, "insufficient_quota", "insufficient_quota"),
        (PriceUnknownError("x"), 429, "insufficient_quota", "insufficient_quota"),
        (ModelTimeoutError("x"), 504, "server_error", "model_timeout"),
    ],
)  # fmt: skip
def test_openais_routes_fail_as_openai_does(
    error: BabbleError, status: int, kind: str, code: str
) -> None:
    answer = problem_of_error({"type": "http", "path": "/v1/models"}, error)

    told: dict[str, Any] = json.loads(bytes(answer.body))["error"]
    assert (answer.status_code, told["type"], told["code"]) == (status, kind, code)
    # Their clients try again after each 429: what stays so for a day must say so.
    never_again = code == "insufficient_quota"
    assert (answer.headers.get("x-should-retry") == "false") is never_again


def test_the_part_that_is_wrong_is_named() -> None:
    error = ValidationFailedError("n must be 1.", field="n")

    answer = problem_of_error({"type": "http", "path": "/v1/chat/completions"}, error)

    assert json.loads(bytes(answer.body))["error"]["param"] == "n"
