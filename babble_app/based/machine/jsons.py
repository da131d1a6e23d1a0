"""Values as JSON: for the trace, for the model's eyes, and for the `json` module."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from babble_app.based.machine.values import (
    Cursor,
    Record,
    TalkResult,
    is_collection,
    is_dict,
    is_list,
    is_tuple,
)

if TYPE_CHECKING:
    from babble_app.based.machine.limits import Meter


def plain(meter: Meter, value: Any) -> Any:
    """Return a copy of a value that JSON can carry; what it cannot becomes text."""
    meter.weigh([value])
    return _plain(value)


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, float):
        return value if value == value and abs(value) != float("inf") else str(value)
    if is_dict(value):
        return {_key(key): _plain(item) for key, item in value.items()}
    if is_collection(value):
        return [_plain(item) for item in value]
    if isinstance(value, Cursor):
        return [_plain(item) for item in value.items]
    if isinstance(value, Record):
        return _plain(value.fields)
    return value.transcript if isinstance(value, TalkResult) else str(value)


def _key(key: Any) -> str:
    return _plain(key) if isinstance(key, str) else str(key)


def text_for_model(meter: Meter, value: Any) -> str:
    """Return what a model sees of a value: texts as they are, the rest as JSON."""
    shown = plain(meter, value)
    text = shown if isinstance(shown, str) else json.dumps(shown, ensure_ascii=False)
    return meter.take(text)


def is_json(value: Any) -> bool:
    """Whether a weighed value is made of JSON's types only."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return True
    if is_dict(value):
        return all(isinstance(key, str) and is_json(item) for key, item in value.items())
    if is_list(value) or is_tuple(value):
        return all(is_json(item) for item in value)
    return False


def dumps(
    meter: Meter,
    value: Any,
    *,
    indent: Any = None,
    ensure_ascii: bool = True,
    sort_keys: bool = False,
    default: Any = None,
) -> str:
    """Do `json.dumps`.

    Raises:
        TypeError: the value holds something that JSON has no type for, and no `default` was given.
    """
    meter.weigh([value])
    if default is not None:
        value = _plain(value)
    width = min(indent, 8) if isinstance(indent, int) and not isinstance(indent, bool) else None
    text = json.dumps(
        value, indent=width, ensure_ascii=bool(ensure_ascii), sort_keys=bool(sort_keys)
    )
    return meter.take(text)


def loads(meter: Meter, text: Any) -> Any:
    """Do `json.loads`."""
    if not isinstance(text, str):
        message = "json.loads needs a text"
        raise TypeError(message)
    try:
        value = json.loads(text)
    except RecursionError:
        message = "the JSON text is nested too deeply"
        raise ValueError(message) from None
    meter.weigh([value])
    return meter.take(value)
