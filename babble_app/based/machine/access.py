"""Attributes and items of values; what is in no table does not exist."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, cast

from babble_app.based.machine import asking, matches, methods, times
from babble_app.based.machine.values import (
    MISSING,
    Method,
    Module,
    Record,
    Service,
    TalkResult,
    TypeValue,
    is_dict,
    is_list,
    kind_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from babble_app.based.machine.core import Machine, Steps

_METHODS: dict[type, dict[str, Callable[..., Any]]] = {
    str: methods.TEXT,
    list: methods.LIST,
    dict: methods.DICT,
    tuple: methods.TUPLE,
    set: methods.SET,
    int: methods.INT,
    float: methods.FLOAT,
    datetime: times.DATETIME_METHODS,
    date: times.DATE_METHODS,
    time: times.TIME_METHODS,
    timedelta: times.TIMEDELTA_METHODS,
    TalkResult: {"get": asking.get_entry},
    matches.Found: matches.METHODS,
    matches.Pattern: matches.PATTERN_METHODS,
}
_FIELDS: dict[type, dict[str, Callable[[Any], Any]]] = {
    datetime: times.DATETIME_FIELDS,
    date: times.DATE_FIELDS,
    time: times.TIME_FIELDS,
    timedelta: times.TIMEDELTA_FIELDS,
    TalkResult: {"next": lambda result: result.next},
}
_EVERYWHERE: dict[str, Callable[..., Any]] = {
    "ask": asking.ask,
    "summarize": asking.summarize,
    "to_json": asking.to_json,
}
_SLICEABLE = (str, list, tuple, range)
_DUNDER = re.compile(r"__\w*__")


def get_attribute(value: Any, name: str) -> Any:
    """Return `value.name`.

    Raises:
        AttributeError: the value has nothing of that name here.
    """
    if isinstance(value, (Module, TypeValue)):
        found = value.members.get(name, MISSING)
    elif isinstance(value, Service):
        found = MISSING if _DUNDER.fullmatch(name) else Service(f"{value.name}.{name}", value.call)
    elif isinstance(value, Record) and (name in value.fields or name in value.methods):
        found = value.fields.get(name, MISSING)
        if found is MISSING:
            found = Method(value, name, value.methods[name])
    else:
        found = _of_type(value, name)
    if found is MISSING and name in _EVERYWHERE and not isinstance(value, (Module, TypeValue)):
        found = Method(value, name, _EVERYWHERE[name])
    if found is MISSING:
        message = f"'{kind_of(value)}' object has no attribute '{name}'"
        raise AttributeError(message)
    return found


def _of_type(value: Any, name: str) -> Any:
    kind = cast("type[Any]", type(value))  # any type of a value
    field = _FIELDS.get(kind, {}).get(name)
    if field is not None:
        return field(value)
    if isinstance(value, Exception) and name == "args":
        return value.args
    method = _METHODS.get(kind, {}).get(name)
    return MISSING if method is None else Method(value, name, method)


def get_item(machine: Machine, value: Any, key: Any) -> Any:
    """Return `value[key]`, or the steps to it.

    Raises:
        TypeError: the value has no items.
    """
    if isinstance(value, TalkResult):
        return _talk_item(machine, value, key)
    if is_dict(value):
        machine.meter.weigh([key])
        return value[key]
    if isinstance(value, _SLICEABLE):
        item: Any = cast("list[Any]", value)[key]  # or another sequence
        return machine.meter.take(item) if isinstance(key, slice) else item
    if isinstance(value, Record):
        return value.fields[key]
    if isinstance(value, matches.Found):
        return matches.group(machine, value, key)
    message = f"'{kind_of(value)}' object has no items"
    raise TypeError(message)


def _talk_item(machine: Machine, value: TalkResult, key: Any) -> Steps:
    return asking.item(machine, value, key)


def set_item(machine: Machine, value: Any, key: Any, item: Any) -> None:
    """Do `value[key] = item`.

    Raises:
        TypeError: the value's items cannot be changed.
    """
    if is_dict(value):
        machine.meter.weigh([key])
        machine.meter.items(len(value) + 1)
        value[key] = item
    elif is_list(value):
        value[key] = item
        machine.meter.items(len(value))
    else:
        message = f"'{kind_of(value)}' object's items cannot be changed"
        raise TypeError(message)


def delete_item(machine: Machine, value: Any, key: Any) -> None:
    """Do `del value[key]`.

    Raises:
        TypeError: the value's items cannot be deleted.
    """
    if not isinstance(value, (dict, list)):
        message = f"'{kind_of(value)}' object's items cannot be deleted"
        raise TypeError(message)
    machine.meter.weigh([key])
    del value[key]
