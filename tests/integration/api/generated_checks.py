"""What schemathesis asks of every answer; its own process reads this file."""

from __future__ import annotations

from typing import Any

import schemathesis

OF_OTHERS = {
    "model_unavailable",
    "provider_unavailable",
    "provider_rate_limited",
    "provider_key_refused",
    "model_timeout",
    "model_answer_invalid",
    "agent_not_valid",
}
"""Codes of failures that are the models', which are asked for by made-up names and cannot be reached."""


@schemathesis.check
def failure_is_not_ours(
    ctx: schemathesis.CheckContext, response: schemathesis.Response, case: schemathesis.Case[Any]
) -> None:
    """Refuse an answer that says that the server is at fault."""
    if response.status_code >= 500 and _code(response) not in OF_OTHERS:
        message = f"{case.method} {case.formatted_path}: {response.status_code} {response.text}"
        raise AssertionError(message)


def _code(response: schemathesis.Response) -> str:
    """Return the code of a problem, or of an error of OpenAI's shape; empty: it is neither."""
    try:
        body: Any = response.json()
        return body.get("error", body)["code"]
    except (ValueError, KeyError, AttributeError):
        return ""
