"""Values as JSON: for the trace, for the model's eyes, and for the `json` module."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from babble_app.based.machine.values import (
    Record,
    TalkResult,
    is_collection,
    is_dict,
    is_list,
    is_tuple,
    kind_of,
)

if TYPE_CHECKING:
    from babble_app.based.machine.core import Machine, Steps
    from babble_app.based.machine.limits import Meter

_MAX_INDENT = 8


def plain(meter: Meter, value: Any) -> Any:
    """Return a copy of a value that JSON can carry; what it cannot becomes text."""
    meter.weigh([value], shown=True)
    return _plain(value)


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-8", "replace").decode()
    if isinstance(value, float):
        return value if value == value and abs(value) != float("inf") else str(value)
    if is_dict(value):
        return {_key(key): _plain(item) for key, item in value.items()}
    if is_collection(value):
        return [_plain(item) for item in value]
    if isinstance(value, Record):
        return _plain(value.fields)
    return value.transcript if isinstance(value, TalkResult) else _plain(str(value))


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
    machine: Machine, value: Any, *, indent: Any = None, ensure_ascii: Any = True, sort_keys: Any = False,
    default: Any = None, separators: Any = None,
) -> Steps:  # fmt: skip
    """Do `json.dumps`.

    Raises:
        TypeError: the value holds something that JSON has no type for, and no `default` was given.
    """
    meter = machine.meter
    meter.weigh([value], shown=True)
    if default is not None:
        value = yield _converted(machine, value, default)
        meter.weigh([value], shown=True)
    encoder = json.JSONEncoder(
        indent=_width(indent),
        ensure_ascii=bool(ensure_ascii),
        sort_keys=bool(sort_keys),
        separators=_separators(separators),
        default=_refuse,
    )
    size, chunks = 0, list[str]()
    for chunk in encoder.iterencode(value):
        size += len(chunk)
        meter.text(size)
        chunks.append(chunk)
    meter.step(len(chunks) // 50)
    return meter.take("".join(chunks))


def _width(indent: Any) -> int | None:
    if isinstance(indent, str):
        indent = len(indent)
    return min(indent, _MAX_INDENT) if isinstance(indent, int) else None


def _separators(separators: Any) -> tuple[str, str] | None:
    if separators is None:
        return None
    pair = [str(one)[:_MAX_INDENT] for one in separators] if is_collection(separators) else []
    if len(pair) != 2:
        message = "separators are a pair of texts"
        raise TypeError(message)
    return pair[0], pair[1]


def _refuse(value: Any) -> Any:
    message = f"Object of type {kind_of(value)} is not JSON serializable"
    raise TypeError(message)


def _converted(machine: Machine, value: Any, default: Any) -> Steps:
    """Replace what JSON has no type for by what the program's function makes of it."""
    machine.meter.step()
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if is_dict(value):
        result: dict[Any, Any] = {}
        for key, item in value.items():
            result[key] = yield _converted(machine, item, default)
        return result
    if is_list(value) or is_tuple(value):
        items: list[Any] = []
        for item in value:
            converted = yield _converted(machine, item, default)
            items.append(converted)
        return items
    made = yield machine.call(default, [value], {})
    return _converted(machine, made, default)


def loads(meter: Meter, text: Any) -> Any:
    """Do `json.loads`."""
    if not isinstance(text, str):
        message = f"the JSON object must be str, bytes or bytearray, not {kind_of(text)}"
        raise TypeError(message)
    meter.step(len(text) // 50)
    try:
        value = json.loads(text)
    except RecursionError:
        message = "the JSON text is nested too deeply"
        raise ValueError(message) from None
    meter.allocate(len(text) * 8)
    meter.weigh([value])
    return meter.take(value)
