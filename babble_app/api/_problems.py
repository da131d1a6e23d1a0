"""Failures as answers: RFC 9457 problem details, and OpenAI's error object under `/v1`."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse

from babble_app.errors import (
    BabbleError,
    BudgetExhaustedError,
    ConflictError,
    ProviderRateLimitedError,
    RateLimitedError,
    UnauthenticatedError,
    ValidationFailedError,
)
from babble_app.llm.failures import RequestRefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from starlette.types import Scope

REQUEST_ID = "babble.request_id"
"""The scope's key under which the outermost layer leaves the request's id."""

CODES = {
    400: "malformed_request",
    401: "invalid_token",
    403: "permission_denied",
    404: "not_found",
    405: "method_not_allowed",
    413: "file_too_large",
    415: "unsupported_media_type",
    416: "range_not_satisfiable",
    422: "validation_failed",
    429: "rate_limited",
    503: "unavailable",
}
"""Codes of failures that have only a status."""
_OPENAI = {
    "invalid_token": (401, "invalid_api_key"),
    "model_unavailable": (404, "model_not_found"),
    "request_refused": (400, "invalid_request"),
    "rate_limited": (429, "rate_limit_exceeded"),
    "provider_rate_limited": (429, "rate_limit_exceeded"),
    "budget_exhausted": (429, "insufficient_quota"),
    "price_unknown": (429, "insufficient_quota"),
    "context_too_large": (400, "context_length_exceeded"),
    "conflict": (400, "conflict"),
}
"""Status and code of OpenAI's for failures that it has another word for."""
_OWN_ROUTE = "/v1/chat"
"""Not OpenAI's: its failures have their shape, and statuses and codes of ours."""
_NEVER_AGAIN = {"insufficient_quota", "idempotency_conflict"}
"""OpenAI's clients try again after every 429 and 409, unless they are told."""
INTERNAL_DETAIL = "Something went wrong here that we did not foresee. Try again; if it stays, tell the operator the request id."


def code_of_status(status: int) -> str:
    """Return the code of a failure that has only a status."""
    return CODES.get(status, "internal" if status >= 500 else "malformed_request")


def title_of_code(code: str) -> str:
    """Return the code in words."""
    return code.replace("_", " ").capitalize()


def problem(
    scope: Scope,
    status: int,
    detail: str,
    *,
    code: str = "",
    headers: Mapping[str, str] | None = None,
    extra: Mapping[str, Any] | None = None,
) -> JSONResponse:
    """Build the answer to a failed request.

    Args:
        scope: The request's; names the id and the path.
        status: HTTP status.
        detail: A sentence that the caller can act on.
        code: Stable word that clients switch on; derived from the status when empty.
        headers: Further response headers.
        extra: Further members of the problem.
    """
    code = code or code_of_status(status)
    if is_openai(scope):
        field = str((extra or {}).get("field") or "")
        return _openai_error(scope, status, detail, code, headers, field)
    body = {
        "type": f"/docs#error-{code}",
        "title": title_of_code(code),
        "status": status,
        "detail": detail,
        "code": code,
        "request_id": scope.get(REQUEST_ID, ""),
        "retryable": False,
        **(extra or {}),
    }
    return JSONResponse(body, status, headers, media_type="application/problem+json")


def problem_of_error(scope: Scope, error: BabbleError) -> JSONResponse:
    """Build the answer to an expected failure."""
    extra: dict[str, Any] = {"retryable": error.retryable}
    if isinstance(error, ValidationFailedError) and error.field:
        extra["field"] = error.field
    if isinstance(error, ConflictError) and error.head:
        extra["head"] = error.head
    code = "request_refused" if _is_refused(scope, error) else error.code
    return problem(
        scope, error.status, str(error), code=code, headers=_headers_of(error), extra=extra
    )


def _is_refused(scope: Scope, error: BabbleError) -> bool:
    """Whether a caller of OpenAI's routes is told that the request was at fault, not the model's name."""
    return is_openai(scope) and isinstance(error, RequestRefusedError)


def is_openai(scope: Scope) -> bool:
    """Whether failures are answered as OpenAI does."""
    return str(scope.get("path", "")).startswith("/v1/")


def problem_of_validation(scope: Scope, errors: Sequence[Mapping[str, Any]]) -> JSONResponse:
    """Build the answer to a request whose parts do not fit the route's schema; input is never echoed."""
    found = [{"field": _field(error), "message": _message(error)} for error in errors[:20]]
    detail = " ".join(
        f"{item['field']}: {item['message']}" if item["field"] else item["message"]
        for item in found[:3]
    )
    extra = {"field": found[0]["field"], "errors": found} if found else None
    return problem(scope, 422, detail or "The request is not valid.", extra=extra)


def _headers_of(error: BabbleError) -> dict[str, str]:
    if isinstance(error, RateLimitedError):
        return {
            "Retry-After": str(error.retry_after_seconds),
            "RateLimit-Limit": str(error.limit),
            "RateLimit-Remaining": str(error.remaining),
            "RateLimit-Reset": str(error.retry_after_seconds),
        }
    if isinstance(error, UnauthenticatedError):
        return {"WWW-Authenticate": "Bearer"}
    if isinstance(error, ProviderRateLimitedError) and error.retry_after_seconds:
        return {"Retry-After": str(max(1, round(error.retry_after_seconds)))}
    if isinstance(error, BudgetExhaustedError) and error.retry_after_seconds:
        return {"Retry-After": str(error.retry_after_seconds)}
    if error.status == HTTPStatus.SERVICE_UNAVAILABLE and error.retryable:
        return {"Retry-After": "5"}
    return {}


def openai_error(
    status: int, detail: str, code: str, field: str = ""
) -> tuple[int, dict[str, Any]]:
    """Return status and body of a failure as OpenAI's clients know them."""
    status, code = _OPENAI.get(
        code, (400 if status == HTTPStatus.UNPROCESSABLE_ENTITY else status, code)
    )
    kind = _kind(status)
    if status == HTTPStatus.UNAUTHORIZED:
        # LiteLLM knows a wrong key by these words of OpenAI's only (1.106.2, exception_mapping_utils.py).
        detail = f"Incorrect API key provided. {detail}"
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        kind = code if code == "insufficient_quota" else "rate_limit_error"
    return status, {
        "error": {"message": detail, "type": kind, "param": field or None, "code": code}
    }


def _openai_error(
    scope: Scope,
    status: int,
    detail: str,
    code: str,
    headers: Mapping[str, str] | None,
    field: str,
) -> JSONResponse:
    told = dict(headers or {})
    if scope["path"] == _OWN_ROUTE:
        error = {"message": detail, "type": _kind(status), "param": field or None, "code": code}
        return JSONResponse({"error": error}, status, told)
    status, body = openai_error(status, detail, code, field)
    if body["error"]["code"] in _NEVER_AGAIN:
        told["x-should-retry"] = "false"
    return JSONResponse(body, status, told)


def _kind(status: int) -> str:
    return "server_error" if status >= HTTPStatus.INTERNAL_SERVER_ERROR else "invalid_request_error"


def _field(error: Mapping[str, Any]) -> str:
    parts = [str(part) for part in error.get("loc", ())]
    if error.get("type") == "json_invalid" or len(parts) < 2:
        return ""
    return ".".join(parts[1:])


def _message(error: Mapping[str, Any]) -> str:
    if error.get("type") == "json_invalid":
        position = error["loc"][-1]
        return f"The body is not JSON: {error['ctx']['error']} at character {position}."
    if error.get("type") == "missing" and error.get("loc") == ("body",):
        return "A JSON body is required."
    if error.get("type") in {"model_attributes_type", "dict_type"}:
        return "A JSON object is required, sent with Content-Type: application/json."
    message = str(error.get("msg", "not valid")).removeprefix("Value error, ")
    return message if message.endswith((".", "!", "?")) else f"{message}."
