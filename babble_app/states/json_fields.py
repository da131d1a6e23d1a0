"""JSON that people type into a form."""

from __future__ import annotations

import json
from typing import Any

MAX_CHARS = 20_000


class FieldError(ValueError):
    """What was typed is not what the field is for; the message is for the person."""


def read_json(text: str, what: str) -> Any:
    """Return the value; nothing typed is null.

    Raises:
        FieldError: it is no JSON, and where; or it is too long.
    """
    if not text.strip():
        return None
    if len(text) > MAX_CHARS:
        raise FieldError(f"{what} has {len(text):,} characters; {MAX_CHARS:,} is the most.")
    try:
        return json.loads(text, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        quoted = "double quotes" in error.msg or not text.strip().isalpha()
        hint = "" if quoted else " Texts stand in double quotes."
        raise FieldError(f"{what} is no JSON: {error.msg} in {place}.{hint}") from error
    except RecursionError as error:
        raise FieldError(f"{what} is nested too deeply.") from error


def _refuse(name: str) -> Any:
    raise FieldError(f"{name} is no JSON value.")
