"""The methods that plain values have: one table per type, and nothing that is not in it.

A method is called with the machine, the value, and its arguments. `_plain` wraps Python's own for that: arguments are
weighed before and the result after, so that no call makes or walks something huge.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from babble_app.based.machine import sorting, texts
from babble_app.based.machine.iteration import to_list
from babble_app.based.machine.values import Cursor, is_dict, is_sequence

if TYPE_CHECKING:
    from collections.abc import Callable

    from babble_app.based.machine.core import Machine

Method = "Callable[..., Any]"


def _plain(function: Callable[..., Any], *, walks: bool = False) -> Callable[..., Any]:
    def call(machine: Machine, value: Any, *arguments: Any, **names: Any) -> Any:
        machine.meter.weigh([*([value] if walks else []), *arguments, *names.values()])
        if walks and is_sequence(value):
            machine.meter.step(len(value) // 5_000)
        return machine.meter.take(function(value, *_unwrapped(arguments), **names))

    return call


def _unwrapped(arguments: tuple[Any, ...]) -> list[Any]:
    return [list[Any](a) if isinstance(a, Cursor) else a for a in arguments]


def _join(machine: Machine, separator: str, values: Any) -> str:
    return machine.meter.take(texts.join(machine, separator, to_list(machine, values)))


def _taken(function: Callable[..., Any]) -> Callable[..., Any]:
    def call(machine: Machine, *arguments: Any, **names: Any) -> Any:
        return machine.meter.take(function(machine, *arguments, **names))

    return call


def _extend(machine: Machine, value: list[Any], items: Any) -> None:
    more = to_list(machine, items)
    machine.meter.items(len(value) + len(more))
    value.extend(more)


def _append(machine: Machine, value: list[Any], item: Any) -> None:
    machine.meter.items(len(value) + 1)
    value.append(item)


def _insert(machine: Machine, value: list[Any], index: int, item: Any) -> None:
    machine.meter.items(len(value) + 1)
    value.insert(index, item)


def _dict_update(machine: Machine, value: dict[Any, Any], other: Any = (), **names: Any) -> None:
    pairs = other if is_dict(other) else to_list(machine, other)
    machine.meter.weigh([pairs])
    machine.meter.items(len(value) + len(pairs) + len(names))
    value.update(pairs, **names)


def _keys(machine: Machine, value: dict[Any, Any]) -> list[Any]:
    return machine.meter.take(list(value))


def _values(machine: Machine, value: dict[Any, Any]) -> list[Any]:
    return machine.meter.take(list(value.values()))


def _items(machine: Machine, value: dict[Any, Any]) -> list[Any]:
    return machine.meter.take(list(value.items()))


_TEXT_PLAIN: dict[str, Callable[..., Any]] = {
    "capitalize": str.capitalize, "casefold": str.casefold, "count": str.count, "endswith": str.endswith,
    "find": str.find, "index": str.index, "isalnum": str.isalnum, "isalpha": str.isalpha, "isascii": str.isascii,
    "isdecimal": str.isdecimal, "isdigit": str.isdigit, "isidentifier": str.isidentifier, "islower": str.islower,
    "isnumeric": str.isnumeric, "isspace": str.isspace, "istitle": str.istitle, "isupper": str.isupper,
    "lower": str.lower, "lstrip": str.lstrip, "partition": str.partition, "removeprefix": str.removeprefix,
    "removesuffix": str.removesuffix, "rfind": str.rfind, "rindex": str.rindex, "rpartition": str.rpartition,
    "rsplit": str.rsplit, "rstrip": str.rstrip, "split": str.split, "splitlines": str.splitlines,
    "startswith": str.startswith, "strip": str.strip, "swapcase": str.swapcase, "title": str.title, "upper": str.upper,
}  # fmt: skip
TEXT: dict[str, Callable[..., Any]] = {
    **{name: _plain(function, walks=True) for name, function in _TEXT_PLAIN.items()},
    "center": _taken(texts.center),
    "format": _taken(texts.format_template),
    "join": _join,
    "ljust": _taken(texts.ljust),
    "replace": _taken(texts.replace),
    "rjust": _taken(texts.rjust),
    "zfill": _taken(texts.zfill),
}
LIST: dict[str, Callable[..., Any]] = {
    "append": _append,
    "extend": _extend,
    "insert": _insert,
    "pop": _plain(list[Any].pop),
    "clear": _plain(list[Any].clear),
    "copy": _plain(list[Any].copy, walks=True),
    "reverse": _plain(list[Any].reverse, walks=True),
    "count": _plain(list[Any].count, walks=True),
    "index": _plain(list[Any].index, walks=True),
    "remove": _plain(list[Any].remove, walks=True),
    "sort": sorting.sort_list,
}
DICT: dict[str, Callable[..., Any]] = {
    "get": _plain(dict[Any, Any].get),
    "pop": _plain(dict[Any, Any].pop),
    "popitem": _plain(dict[Any, Any].popitem),
    "setdefault": _plain(dict[Any, Any].setdefault),
    "clear": _plain(dict[Any, Any].clear),
    "copy": _plain(dict[Any, Any].copy),
    "update": _dict_update,
    "keys": _keys,
    "values": _values,
    "items": _items,
}
TUPLE: dict[str, Callable[..., Any]] = {
    "count": _plain(tuple[Any, ...].count, walks=True),
    "index": _plain(tuple[Any, ...].index, walks=True),
}
_SET_PLAIN: dict[str, Callable[..., Any]] = {
    "union": set[Any].union, "intersection": set[Any].intersection, "difference": set[Any].difference,
    "symmetric_difference": set[Any].symmetric_difference, "issubset": set[Any].issubset,
    "issuperset": set[Any].issuperset, "isdisjoint": set[Any].isdisjoint, "update": set[Any].update,
    "copy": set[Any].copy,
}  # fmt: skip
SET: dict[str, Callable[..., Any]] = {
    **{name: _plain(function, walks=True) for name, function in _SET_PLAIN.items()},
    "add": _plain(set[Any].add),
    "remove": _plain(set[Any].remove),
    "discard": _plain(set[Any].discard),
    "pop": _plain(set[Any].pop),
    "clear": _plain(set[Any].clear),
}
INT: dict[str, Callable[..., Any]] = {"bit_length": _plain(int.bit_length)}
FLOAT: dict[str, Callable[..., Any]] = {"is_integer": _plain(float.is_integer)}
