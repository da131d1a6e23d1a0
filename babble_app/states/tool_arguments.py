"""What a function takes: JSON Schema as a few fields that people fill in, where it is simple enough for that."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from babble_app.states.json_fields import FieldError, read_json

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

TYPES = {
    "string": "text",
    "number": "number",
    "integer": "whole number",
    "boolean": "yes or no",
    "texts": "list of texts",
}
_TEXTS: dict[str, Any] = {"type": "array", "items": {"type": "string"}}
MOST_ARGUMENTS = 40
_SCHEMA = "The schema of the arguments"


@dataclass(frozen=True)
class Argument:
    """One thing that a function takes."""

    number: int = 0
    """Names its fields in the form; stays while others come and go."""
    name: str = ""
    kind: str = "string"
    """One of TYPES."""
    required: bool = True
    note: str = ""
    """What the model reads of it."""


def read_schema(text: str) -> dict[str, Any]:
    """Return a schema that was typed.

    Raises:
        FieldError: it is none of an object.
    """
    schema = read_json(text, _SCHEMA)
    if schema is None:
        return {}
    if not isinstance(schema, dict):
        message = f'{_SCHEMA} is of an object: {{"type": "object", "properties": {{...}}}}.'
        raise FieldError(message)
    return cast("dict[str, Any]", schema)


def schema_of(arguments: Sequence[Argument]) -> dict[str, Any]:
    """Return the schema of the arguments; raises FieldError for a name that is missing or there twice."""
    properties: dict[str, Any] = {}
    for argument in arguments:
        name = argument.name.strip()
        if not name:
            raise FieldError("An argument has no name.")
        if name in properties:
            raise FieldError(f"Two arguments are called {name[:60]}.")
        kind = _TEXTS if argument.kind == "texts" else {"type": argument.kind}
        note = {"description": argument.note.strip()} if argument.note.strip() else {}
        properties[name] = {**kind, **note}
    schema: dict[str, Any] = {"type": "object", "properties": properties}
    required = [argument.name.strip() for argument in arguments if argument.required]
    return {**schema, "required": required} if required else schema


def arguments_of(schema: Mapping[str, Any]) -> list[Argument] | None:
    """Return the schema as fields; None where fields would lose something of it."""
    if not schema:
        return []
    properties, required = schema.get("properties", {}), schema.get("required", [])
    if not isinstance(properties, dict) or not isinstance(required, list):
        return None
    found: list[Argument] = []
    for number, (name, one) in enumerate(cast("dict[str, Any]", properties).items(), 1):
        if not isinstance(one, dict):
            return None
        part = cast("dict[str, Any]", one)
        kind = "texts" if part.get("items") == _TEXTS["items"] else part.get("type")
        note = part.get("description", "")
        if not isinstance(kind, str) or kind not in TYPES or not isinstance(note, str):
            return None
        found.append(Argument(number, name, kind, name in required, note))
    return found if _is_same(schema, found) else None


def read_arguments(form: Mapping[str, Any], arguments: Sequence[Argument]) -> dict[str, Any]:
    """Return what a form says the function shall be called with; what is empty and may be left out is.

    Raises:
        FieldError: a value is not of its type.
    """
    values: dict[str, Any] = {}
    for argument in arguments:
        text = str(form.get(f"value-{argument.number}") or "")
        if argument.kind == "texts":
            lines = [line.strip() for line in text.splitlines() if line.strip()]
            if lines or argument.required:
                values[argument.name] = lines
        elif text.strip() or (argument.required and argument.kind == "string"):
            values[argument.name] = _value(argument, text)
    return values


def _value(argument: Argument, text: str) -> Any:
    if argument.kind == "string":
        return text
    if argument.kind == "boolean":
        return text == "true"
    try:
        return int(text) if argument.kind == "integer" else _number(text)
    except ValueError:
        raise FieldError(f"{argument.name} is a {TYPES[argument.kind]}.") from None


def _number(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(text)
    return int(value) if value.is_integer() else value


def _is_same(schema: Mapping[str, Any], arguments: Sequence[Argument]) -> bool:
    try:
        made = schema_of(arguments)
    except FieldError:
        return False
    # The order of what is required says nothing.
    return {**made, "required": set(made.get("required", []))} == {
        "properties": {},
        **schema,
        "required": {str(name) for name in schema.get("required", [])},
    }
