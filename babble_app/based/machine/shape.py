"""Whether a model's JSON answer has the shape that was asked for (BASED.md 6)."""

from __future__ import annotations

from typing import Any

from babble_app.based.machine.values import is_dict, is_list

_JSON_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "number": (int, float),
    "integer": (int,),
    "boolean": (bool,),
    "null": (type(None),),
}
_MAX_DEPTH = 20


def find_mismatch(value: Any, example: Any, schema: Any) -> str:
    """Say where the value differs from the schema, or else from the example; empty when it fits."""
    if is_dict(schema):
        return match_schema(value, schema)
    return _match_example(value, example, "the answer", 0) if example is not None else ""


def _match_example(value: Any, example: Any, where: str, depth: int) -> str:
    if value is None or example is None or depth > _MAX_DEPTH:
        return ""
    if is_dict(example):
        return _match_example_dict(value, example, where, depth)
    if is_list(example):
        if not is_list(value):
            return f"{where} must be a list"
        like: Any = example[0] if example else None
        problems = (
            _match_example(v, like, f"{where}[{i}]", depth + 1) for i, v in enumerate(value)
        )
        return next((problem for problem in problems if problem), "")
    return _match_scalar(value, example, where)


def _match_example_dict(value: Any, example: dict[Any, Any], where: str, depth: int) -> str:
    if not is_dict(value):
        return f"{where} must be an object with the keys {', '.join(map(str, example))}"
    for key, like in example.items():
        if key not in value:
            return f"{where} lacks the key {key!r}"
        problem = _match_example(value[key], like, f"{where}[{key!r}]", depth + 1)
        if problem:
            return problem
    return ""


def _match_scalar(value: Any, example: Any, where: str) -> str:
    if isinstance(example, bool):
        return "" if isinstance(value, bool) else f"{where} must be true or false"
    if isinstance(example, (int, float)):
        fits = isinstance(value, (int, float)) and not isinstance(value, bool)
        return "" if fits else f"{where} must be a number"
    if isinstance(example, str):
        return "" if not isinstance(value, (dict, list)) else f"{where} must be a text"
    return ""


def match_schema(
    value: Any, schema: dict[str, Any], where: str = "the answer", depth: int = 0
) -> str:
    """Say where the value differs from a JSON Schema: type, enum, required, properties and items are looked at."""
    if depth > _MAX_DEPTH:
        return ""
    kinds = schema.get("type")
    names = [kinds] if isinstance(kinds, str) else kinds if is_list(kinds) else []
    if names and not any(_is(value, name) for name in names):
        return f"{where} must be of type {' or '.join(map(str, names))}"
    allowed = schema.get("enum")
    if is_list(allowed) and value not in allowed:
        return f"{where} must be one of {', '.join(map(str, allowed))}"
    if is_dict(value):
        return _match_properties(value, schema, where, depth)
    items = schema.get("items")
    if is_list(value) and is_dict(items):
        problems = (match_schema(v, items, f"{where}[{i}]", depth + 1) for i, v in enumerate(value))
        return next((problem for problem in problems if problem), "")
    return ""


def _is(value: Any, name: Any) -> bool:
    types = _JSON_TYPES.get(name, (object,)) if isinstance(name, str) else (object,)
    if isinstance(value, bool) and name in {"number", "integer"}:
        return False
    return isinstance(value, types) or (
        name == "integer" and isinstance(value, float) and value.is_integer()
    )


def _match_properties(value: dict[str, Any], schema: dict[str, Any], where: str, depth: int) -> str:
    required = schema.get("required")
    for key in required if is_list(required) else []:
        if key not in value:
            return f"{where} lacks {key!r}"
    properties = schema.get("properties")
    for key, inner in properties.items() if is_dict(properties) else ():
        if key in value and is_dict(inner):
            problem = match_schema(value[key], inner, f"{where}[{key!r}]", depth + 1)
            if problem:
                return problem
    return ""
