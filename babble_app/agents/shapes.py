"""JSON as models write it: how a shape is described to them, and how their answer is read."""

from __future__ import annotations

import json
import re
from typing import Any

_FENCED = re.compile(r"```[\w-]*\s*\n(.*?)```", re.DOTALL)
_DECODER = json.JSONDecoder()


def describe_shape(example: Any, schema: dict[str, Any] | None) -> str:
    """Say which shape the answer has: the schema's, the example's, or a string's."""
    if schema is not None:
        return f"It fits this JSON Schema: {_dumped(schema)}"
    if example is not None:
        return (
            "It has the same keys and the same kinds of values as this example, which is only an example: "
            f"{_dumped(example)}"
        )
    return "It is a JSON string."


def read_json(text: str, *, words_suffice: bool) -> Any:
    """Return the JSON value of an answer, wherever it stands in it; the answer's words where there is none.

    Args:
        text: The answer: the value alone, in a fence, or with prose around it.
        words_suffice: Whether plain words are an answer; then only an answer that is JSON as a whole is read as JSON.
    """
    plain = text.strip()
    fenced = _FENCED.search(plain)
    for candidate in (plain, fenced.group(1).strip() if fenced else plain):
        try:
            return json.loads(candidate)
        except (ValueError, RecursionError):
            continue
    return plain if words_suffice else _first_value(plain)


def is_json(text: str) -> bool:
    """Whether an answer is one JSON object, in a fence or not."""
    plain = text.strip()
    fenced = _FENCED.search(plain)
    inner = (fenced.group(1) if fenced else plain).strip()
    return inner.startswith("{") and isinstance(read_json(inner, words_suffice=True), dict)


def _first_value(text: str) -> Any:
    """Return the first object or list that stands in some prose, else the prose."""
    for match in re.finditer(r"[{\[]", text):
        try:
            return _DECODER.raw_decode(text, match.start())[0]
        except (ValueError, RecursionError):
            continue
    return text


def _dumped(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
