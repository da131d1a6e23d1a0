"""Arguments of functions as fields: to JSON Schema and back, and what is typed for a trial."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from babble_app.states.json_fields import FieldError
from babble_app.states.tool_arguments import (
    Argument,
    arguments_of,
    read_arguments,
    read_schema,
    schema_of,
)

ARGUMENTS = [
    Argument(1, "part", "string", required=True, note="Its name"),
    Argument(2, "amount", "integer", required=False),
    Argument(3, "price", "number", required=False),
    Argument(4, "new", "boolean", required=False),
    Argument(5, "colors", "texts", required=False),
]
SCHEMA = {
    "type": "object",
    "properties": {
        "part": {"type": "string", "description": "Its name"},
        "amount": {"type": "integer"},
        "price": {"type": "number"},
        "new": {"type": "boolean"},
        "colors": {"type": "array", "items": {"type": "string"}},
    },
    "required": ["part"],
}


def test_fields_become_a_schema_and_come_back() -> None:
    assert schema_of(ARGUMENTS) == SCHEMA
    assert arguments_of(SCHEMA) == ARGUMENTS
    assert arguments_of({}) == []
    assert arguments_of({"type": "object"}) == []


@pytest.mark.parametrize(
    "schema",
    [
        {**SCHEMA, "additionalProperties": False},
        {**SCHEMA, "required": ["part", "other"]},
        {"type": "object", "properties": {"a": {"type": "string", "enum": ["x"]}}},
        {"type": "object", "properties": {"a": {"type": ["string", "null"]}}},
        {"type": "object", "properties": {"a": {"type": "object"}}},
        {"type": "object", "properties": {"a": True}},
        {"type": "object", "properties": {"a": {"type": "array", "items": {"type": "integer"}}}},
    ],
)
def test_a_schema_that_fields_cannot_hold_stays_json(schema: dict[str, Any]) -> None:
    assert arguments_of(schema) is None


def test_names_are_there_and_each_once() -> None:
    with pytest.raises(FieldError, match="has no name"):
        schema_of([Argument(1, " ")])
    with pytest.raises(FieldError, match="Two arguments are called part"):
        schema_of([ARGUMENTS[0], replace(ARGUMENTS[1], name="part ")])


@pytest.mark.parametrize("text", ["[1]", "7", '"object"', "{", "{'a': 1}"])
def test_what_is_no_schema_is_said(text: str) -> None:
    with pytest.raises(FieldError, match="The schema of the arguments"):
        read_schema(text)


def test_what_is_typed_has_the_types_of_the_schema() -> None:
    form = {
        "value-1": "bell",
        "value-2": " 3 ",
        "value-3": "1.5",
        "value-4": "false",
        "value-5": "red\n\n blue ",
    }

    assert read_arguments(form, ARGUMENTS) == {
        "part": "bell", "amount": 3, "price": 1.5, "new": False, "colors": ["red", "blue"],
    }  # fmt: skip
    assert read_arguments({}, ARGUMENTS) == {"part": ""}


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"value-2": "1.5"}, "amount is a whole number."),
        ({"value-2": "three"}, "amount is a whole number."),
        ({"value-3": "nan"}, "price is a number."),
        ({"value-3": "1e999"}, "price is a number."),
    ],
)
def test_what_is_no_number_is_said(values: dict[str, Any], words: str) -> None:
    with pytest.raises(FieldError, match=words):
        read_arguments(values, ARGUMENTS)
