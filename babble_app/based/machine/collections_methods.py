"""The methods that lists, dicts, sets, tuples and the types of `collections` have."""

from __future__ import annotations

from collections import Counter, OrderedDict, deque
from typing import TYPE_CHECKING, Any

from babble_app.based.machine import sorting
from babble_app.based.machine.iteration import to_list
from babble_app.based.machine.methods import plain
from babble_app.based.machine.values import ITEM_BYTES, DefaultDict, Row, is_dict

if TYPE_CHECKING:
    from collections.abc import Callable

    from babble_app.based.machine.core import Machine, Steps


def _extend(machine: Machine, value: Any, items: Any) -> Steps:
    more: list[Any] = yield to_list(machine, items)
    machine.meter.items(len(value) + len(more))
    value.extend(more)


def _extendleft(machine: Machine, value: Any, items: Any) -> Steps:
    more: list[Any] = yield to_list(machine, items)
    machine.meter.items(len(value) + len(more))
    value.extendleft(more)


def _append(machine: Machine, value: Any, item: Any) -> None:
    machine.meter.items(len(value) + 1)
    machine.meter.allocate(ITEM_BYTES)
    value.append(item)


def _appendleft(machine: Machine, value: Any, item: Any) -> None:
    machine.meter.items(len(value) + 1)
    machine.meter.allocate(ITEM_BYTES)
    value.appendleft(item)


def _insert(machine: Machine, value: list[Any], index: int, item: Any) -> None:
    machine.meter.items(len(value) + 1)
    machine.meter.step(len(value) // 5_000)
    value.insert(index, item)


def _pop(machine: Machine, value: list[Any], index: int = -1) -> Any:
    machine.meter.step(len(value) // 5_000 if index != -1 else 0)
    return value.pop(index)


def _rotate(machine: Machine, value: Any, n: int = 1) -> None:
    machine.meter.step(len(value) // 1_000)
    value.rotate(n)


def _dict_update(machine: Machine, value: Any, other: Any = (), **names: Any) -> Steps:
    pairs: Any = other
    if not is_dict(other):
        pairs = yield to_list(machine, other)
    machine.meter.weigh([pairs])
    machine.meter.items(len(value) + len(pairs) + len(names))
    machine.meter.allocate((len(pairs) + len(names)) * ITEM_BYTES)
    value.update(pairs, **names)


def _counter_change(name: str) -> Callable[..., Any]:
    function = Counter.__dict__[name]

    def call(machine: Machine, value: Any, other: Any = (), **names: Any) -> Steps:
        items: Any = other
        if not is_dict(other):
            items = yield to_list(machine, other)
        machine.meter.weigh([items])
        function(value, items, **names)
        machine.meter.take(value)

    return call


def _most_common(machine: Machine, value: Any, n: Any = None) -> Any:
    machine.meter.step(len(value) // 100)
    ordered = sorted(value.items(), key=_count, reverse=True)
    return machine.meter.take(ordered if n is None else ordered[: max(0, n)])


def _count(item: tuple[Any, Any]) -> Any:
    return item[1]


def _elements(machine: Machine, value: Any) -> Any:
    machine.meter.items(
        sum(count for count in value.values() if isinstance(count, int) and count > 0)
    )
    return machine.meter.take(list(value.elements()))


def _total(machine: Machine, value: Any) -> Any:
    machine.meter.weigh([value])
    return machine.meter.take(sum(value.values()))


def _setdefault(machine: Machine, value: dict[Any, Any], key: Any, default: Any = None) -> Any:
    machine.meter.weigh([key])
    machine.meter.items(len(value) + 1)
    machine.meter.allocate(ITEM_BYTES)
    return value.setdefault(key, default)


def _get(machine: Machine, value: dict[Any, Any], key: Any, default: Any = None) -> Any:
    machine.meter.weigh([key])
    return value.get(key, default)


def _dict_pop(machine: Machine, value: dict[Any, Any], key: Any, *default: Any) -> Any:
    machine.meter.weigh([key])
    return value.pop(key, *default)


def _copy(machine: Machine, value: Any) -> Any:
    copy = DefaultDict(value.factory, value) if isinstance(value, DefaultDict) else value.copy()
    return machine.meter.take(copy)


def _own(name: str) -> Callable[..., Any]:
    """Return a method as the value's own type has it, also when it is called as `dict`'s."""

    def call(value: Any, *arguments: Any) -> Any:
        return getattr(value, name)(*arguments)

    return plain(call)


def _view(name: str) -> Callable[..., Any]:
    function = dict.__dict__[name]

    def call(_machine: Machine, value: Any) -> Any:
        return function(value)

    return call


LIST: dict[str, Callable[..., Any]] = {
    "append": _append,
    "extend": _extend,
    "insert": _insert,
    "pop": _pop,
    "clear": plain(list[Any].clear),
    "copy": plain(list[Any].copy, walks=True),
    "reverse": plain(list[Any].reverse, walks=True),
    "count": plain(list[Any].count, walks=True),
    "index": plain(list[Any].index, walks=True),
    "remove": plain(list[Any].remove, walks=True),
    "sort": sorting.sort_list,
}
DEQUE: dict[str, Callable[..., Any]] = {
    **{name: plain(deque.__dict__[name], walks=True) for name in ("copy", "reverse", "count", "index", "remove")},
    **{name: plain(deque.__dict__[name]) for name in ("pop", "popleft", "clear")},
    "append": _append,
    "appendleft": _appendleft,
    "extend": _extend,
    "extendleft": _extendleft,
    "rotate": _rotate,
}  # fmt: skip
DICT: dict[str, Callable[..., Any]] = {
    "get": _get,
    "pop": _dict_pop,
    "popitem": _own("popitem"),
    "setdefault": _setdefault,
    "clear": _own("clear"),
    "copy": _copy,
    "update": _dict_update,
    "keys": _view("keys"),
    "values": _view("values"),
    "items": _view("items"),
}
COUNTER: dict[str, Callable[..., Any]] = {
    **DICT,
    "elements": _elements,
    "most_common": _most_common,
    "subtract": _counter_change("subtract"),
    "total": _total,
    "update": _counter_change("update"),
}
ORDERED: dict[str, Callable[..., Any]] = {
    **DICT,
    "move_to_end": plain(OrderedDict[Any, Any].move_to_end),
    "popitem": plain(OrderedDict[Any, Any].popitem),
}
TUPLE: dict[str, Callable[..., Any]] = {
    "count": plain(tuple[Any, ...].count, walks=True),
    "index": plain(tuple[Any, ...].index, walks=True),
}


def _as_dict(machine: Machine, value: Row) -> Any:
    return machine.meter.take(dict(zip(value.kind.fields, value, strict=True)))


def _replace(machine: Machine, value: Row, **names: Any) -> Row:
    unknown = [name for name in names if name not in value.kind.fields]
    if unknown:
        message = f"Got unexpected field names: {unknown!r}"
        raise ValueError(message)
    row = Row(names.get(name, item) for name, item in zip(value.kind.fields, value, strict=True))
    row.kind = value.kind
    return machine.meter.take(row)


ROW = {**TUPLE, "_asdict": _as_dict, "_replace": _replace}
