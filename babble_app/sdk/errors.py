"""Every way in which a call can fail: a stable code, the server's sentence, and whether trying again may help."""

from __future__ import annotations

import json
from typing import Any, cast


class BrainError(Exception):
    """Base of all failures; its text is the server's sentence for people."""

    code = "internal"
    """A stable word; the class only groups several of them."""
    status = 0
    """What HTTP said; 0: nothing was answered."""
    retryable = False
    """Whether the same call may succeed later. By itself it was repeated as often as `max_retries` allows."""

    def __init__(
        self,
        detail: str,
        *,
        code: str = "",
        status: int = 0,
        retryable: bool | None = None,
        request_id: str = "",
        retry_after_seconds: float | None = None,
        field: str = "",
    ) -> None:
        """Keep what is known; what is not given is the class's own."""
        super().__init__(detail)
        self.detail = detail
        self.code = code or type(self).code
        self.status = status or type(self).status
        self.retryable = type(self).retryable if retryable is None else retryable
        self.request_id = request_id
        """Tell it to the server's operator: the log has it."""
        self.retry_after_seconds = retry_after_seconds
        """How long the server wants to be left alone, if it said so."""
        self.field = field
        """Which part of the request cannot be used, where it is one."""


class InvalidTokenError(BrainError):
    """The token is missing, malformed, expired or revoked."""

    code = "invalid_token"
    status = 401


class BudgetExhaustedError(BrainError):
    """A money cap is reached: nothing was asked and nothing was spent."""

    code = "budget_exhausted"
    status = 402


class PermissionDeniedError(BrainError):
    """The token is known, but may not do this, or not from here."""

    code = "permission_denied"
    status = 403


class NotFoundError(BrainError):
    """There is no such thing, or it is another app's: both look alike."""

    code = "not_found"
    status = 404


class ConflictError(BrainError):
    """Something stands against it: an idempotency key that came with another request, or an answer that is being made."""

    code = "conflict"
    status = 409


class RequestTooLargeError(BrainError):
    """A message, its context or a file is larger than the server or the model takes."""

    code = "context_too_large"
    status = 413


class ValidationFailedError(BrainError):
    """The request cannot be used; the text says what would be right."""

    code = "validation_failed"
    status = 422


class RateLimitedError(BrainError):
    """Too many calls; `retry_after_seconds` says when the next may succeed."""

    code = "rate_limited"
    status = 429
    retryable = True


class ServerFailedError(BrainError):
    """The server could not do it."""

    status = 500
    retryable = True


class ModelUnavailableError(ServerFailedError):
    """The language model, or its provider, does not answer the server."""

    code = "model_unavailable"
    status = 503


class ConnectionFailedError(BrainError):
    """The connection broke."""

    code = "connection_failed"
    retryable = True


class UnreachableError(ConnectionFailedError):
    """The server could not be reached: nothing was sent."""

    code = "unreachable"


class TimedOutError(BrainError):
    """The answer did not come in the time it was given."""

    code = "timed_out"
    retryable = True


class InvalidAnswerError(BrainError):
    """What came is no answer of a Babble server: the address leads elsewhere, or the versions do not fit."""

    code = "invalid_answer"


_BY_CODE = {
    "budget_exhausted": BudgetExhaustedError,
    "model_unavailable": ModelUnavailableError,
    "provider_unavailable": ModelUnavailableError,
    "provider_rate_limited": ModelUnavailableError,
    "provider_key_refused": ModelUnavailableError,
    "model_timeout": ModelUnavailableError,
    "model_answer_invalid": ModelUnavailableError,
    "invalid_token": InvalidTokenError,
    "rate_limited": RateLimitedError,
    "not_found": NotFoundError,
    "validation_failed": ValidationFailedError,
    "context_too_large": RequestTooLargeError,
}
_BY_STATUS = {
    400: ValidationFailedError,
    401: InvalidTokenError,
    402: BudgetExhaustedError,
    403: PermissionDeniedError,
    404: NotFoundError,
    409: ConflictError,
    413: RequestTooLargeError,
    415: ValidationFailedError,
    422: ValidationFailedError,
    429: RateLimitedError,
}
_UNSAID = frozenset({"internal", "unavailable"})
"""Codes of failures that the server did not foresee: what it says of repeating them is not meant."""
_REPEATABLE = frozenset({408, 429, 500, 502, 503, 504})


def error_of(
    status: int, body: bytes, *, request_id: str = "", retry_after_seconds: float | None = None
) -> BrainError:
    """Return the failure that an answer with this status and body (problem details, or anything) stands for."""
    problem = _read_problem(body)
    code = str(problem.get("code") or "")
    retryable = status in _REPEATABLE
    if code not in _UNSAID and status != RateLimitedError.status:
        retryable = bool(problem.get("retryable", retryable))
    return _class_of(code, status)(
        str(problem.get("detail") or f"The server answered with status {status}."),
        code=code,
        status=status,
        retryable=retryable,
        request_id=str(problem.get("request_id") or request_id),
        retry_after_seconds=retry_after_seconds,
        field=str(problem.get("field") or ""),
    )


def error_of_event(code: str, detail: str, *, retryable: bool) -> BrainError:
    """Return the failure that a stream ended with."""
    return _class_of(code, ServerFailedError.status)(
        detail or "The answer could not be finished.", code=code, retryable=retryable
    )


def _class_of(code: str, status: int) -> type[BrainError]:
    if code in _BY_CODE:
        return _BY_CODE[code]
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    return ServerFailedError if status >= ServerFailedError.status else InvalidAnswerError


def _read_problem(body: bytes) -> dict[str, Any]:
    try:
        problem: Any = json.loads(body)
    except ValueError:
        return {}
    # JSON's keys are strings.
    return cast("dict[str, Any]", problem) if isinstance(problem, dict) else {}
