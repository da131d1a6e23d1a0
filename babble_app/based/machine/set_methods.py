"""The methods that sets have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from babble_app.based.machine.iteration import to_list
from babble_app.based.machine.methods import plain
from babble_app.based.machine.sets import Set
from babble_app.based.machine.values import ITEM_BYTES

if TYPE_CHECKING:
    from collections.abc import Callable

    from babble_app.based.machine.core import Machine, Steps


def _combine(name: str, *, changes: bool = False) -> Callable[..., Any]:
    """Return a method that goes through other collections: `a.union(b, c)`."""

    def call(machine: Machine, value: Any, *others: Any) -> Steps:
        result = value if changes else type(value)(value)
        for other in others:
            items: list[Any] = yield to_list(machine, other)
            machine.meter.weigh([items, result])
            machine.meter.items(len(result) + len(items))
            result = _combined(result, name, items, changes=changes)
        return None if changes else machine.meter.take(result)

    return call


def _combined(value: Any, name: str, items: list[Any], *, changes: bool) -> Any:
    other = Set(items)
    kept = {
        "union": lambda: [*value, *items],
        "intersection": lambda: [item for item in value if item in other],
        "difference": lambda: [item for item in value if item not in other],
        "symmetric_difference": lambda: [
            *(item for item in value if item not in other),
            *(item for item in other if item not in value),
        ],
    }[name]()
    if not changes:
        return type(value)(kept)
    value.items = dict.fromkeys(kept)
    return value


def _relation(compare: Callable[[Any, Any], bool]) -> Callable[..., Any]:
    def call(machine: Machine, value: Any, other: Any) -> Steps:
        items: list[Any] = yield to_list(machine, other)
        machine.meter.weigh([items, value])
        return compare(value, Set(items))

    return call


def _add(machine: Machine, value: Set, item: Any) -> None:
    machine.meter.weigh([item])
    machine.meter.items(len(value) + 1)
    machine.meter.allocate(ITEM_BYTES)
    value.add(item)


def _set_copy(machine: Machine, value: Any) -> Any:
    return machine.meter.take(type(value)(value))


def _set_remove(machine: Machine, value: Set, item: Any) -> None:
    machine.meter.weigh([item])
    value.remove(item)


def _set_discard(machine: Machine, value: Set, item: Any) -> None:
    machine.meter.weigh([item])
    value.discard(item)


def _set_pop(machine: Machine, value: Set) -> Any:
    machine.meter.step(len(value) // 1_000)
    if not value:
        message = "pop from an empty set"
        raise KeyError(message)
    return value.pop()


_COMBINING = ("union", "intersection", "difference", "symmetric_difference")
FROZEN: dict[str, Callable[..., Any]] = {
    **{name: _combine(name) for name in _COMBINING},
    "issubset": _relation(lambda a, b: a <= b),
    "issuperset": _relation(lambda a, b: a >= b),
    "isdisjoint": _relation(lambda a, b: a.isdisjoint(b)),
    "copy": _set_copy,
}
SET: dict[str, Callable[..., Any]] = {
    **FROZEN,
    **{f"{name}_update": _combine(name, changes=True) for name in _COMBINING[1:]},
    "update": _combine("union", changes=True),
    "add": _add,
    "remove": _set_remove,
    "discard": _set_discard,
    "pop": _set_pop,
    "clear": plain(Set.clear),
}
