"""JSON Schemas that owners write for the functions of their apps: checked, and held against arguments.

Patterns are told to models but not matched: one can be written so that matching takes for ever. References lead nowhere outside
of the schema: the library's own registry would fetch them.
"""

from __future__ import annotations

from typing import Any, cast

from jsonschema import Draft202012Validator, validators
from jsonschema.exceptions import SchemaError
from referencing import Registry
from referencing.exceptions import Unresolvable


def _hold_anything(*_: Any) -> None:
    """Check nothing."""


_LOOSE = {"pattern": _hold_anything, "patternProperties": _hold_anything}
# jsonschema has no types of its own.
_Validator = cast("Any", validators).extend(Draft202012Validator, _LOOSE)
_REGISTRY: Registry[Any] = Registry()


def problem_of_schema(schema: dict[str, Any]) -> str:
    """Say what is wrong with a schema, in words; empty: nothing."""
    try:
        Draft202012Validator.check_schema(schema)
    except (SchemaError, RecursionError) as error:
        return str(getattr(error, "message", "it is nested too deeply"))[:200]
    return ""


def problems_of(arguments: dict[str, Any], schema: dict[str, Any]) -> str:
    """Say in which ways arguments do not fit a schema, in words; empty: they do."""
    try:
        found = list(_Validator(schema, registry=_REGISTRY).iter_errors(arguments))
    except (SchemaError, Unresolvable, RecursionError):
        return "the function's schema cannot be used"
    return "; ".join(f"{one.json_path}: {one.message[:200]}" for one in found[:3])
