"""Learns which optional parameters a model refuses, so that one table of quirks need not be kept for all models.

OpenAI's reasoning models refuse `temperature`, older servers know no `stream_options` or `json_schema`, and the limit
of the answer has two names. A refusal that names such a parameter is answered by the same request without it. The prompt
templates of some open models refuse two messages of the user in a row: they are then sent as one.
"""

from __future__ import annotations

import re
from typing import Any, cast

import orjson

OPTIONAL = (
    "temperature",
    "stream_options",
    "response_format",
    "max_completion_tokens",
    "max_tokens",
    "seed",
    "top_p",
    "presence_penalty",
    "frequency_penalty",
    "parallel_tool_calls",
    "reasoning_effort",
)
_ALTERNATE = re.compile(r"roles? must alternate|must alternate|consecutive (?:user|messages)", re.I)
_OTHER_NAME = {"max_tokens": "max_completion_tokens", "max_completion_tokens": "max_tokens"}


class RefusedParameters:
    """What one model was found to refuse."""

    def __init__(self) -> None:
        self._refused: set[str] = set()
        self._alternates = False
        """Whether user and assistant have to take turns."""

    def learn(self, body: dict[str, Any], refusal: str) -> bool:
        """Note the parameter of `body` that `refusal` names; False when it names none."""
        if not self._alternates and _ALTERNATE.search(refusal):
            self._alternates = True
            return True
        name = _named(refusal, body)
        if name is None:
            return False
        self._refused.add(name)
        return True

    def without(self, body: dict[str, Any]) -> dict[str, Any]:
        """Return the request as this model takes it."""
        kept = {name: value for name, value in body.items() if name not in self._refused}
        for name, other in _OTHER_NAME.items():
            if name in self._refused and name in body and other not in self._refused:
                kept[other] = body[name]
        if self._alternates:
            kept["messages"] = _in_turns(body["messages"])
        return kept


def _in_turns(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Join messages of the user that follow each other."""
    joined: list[dict[str, Any]] = []
    for message in messages:
        if joined and message["role"] == joined[-1]["role"] == "user":
            joined[-1] = {"role": "user", "content": _both(joined[-1], message)}
        else:
            joined.append(message)
    return joined


def _both(one: dict[str, Any], other: dict[str, Any]) -> str | list[dict[str, Any]]:
    first, second = one["content"], other["content"]
    if isinstance(first, str) and isinstance(second, str):
        return f"{first}\n\n{second}"
    return [*_as_parts(first), *_as_parts(second)]


def _as_parts(content: str | list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"type": "text", "text": content}] if isinstance(content, str) else content


def _named(refusal: str, body: dict[str, Any]) -> str | None:
    try:
        document = orjson.loads(refusal)
        error = cast("dict[str, Any]", document["error"])
        named = error.get("param") or ""
        refusal = f"{error.get('message')}"
    except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError):
        named = ""
    sent = [name for name in OPTIONAL if name in body]
    if named:
        return named if named in sent else None
    return next((name for name in sent if re.search(rf"\b{name}\b", refusal)), None)
