"""Sorting and choosing by a key that the program may give as a function."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from babble_app.based.machine.functions import call as call_function
from babble_app.based.machine.iteration import to_list
from babble_app.based.machine.values import MISSING

if TYPE_CHECKING:
    from collections.abc import Callable

    from babble_app.based.machine.core import Machine, Steps


def _keys(machine: Machine, items: list[Any], key: Any) -> Steps:
    if key is None:
        machine.meter.weigh(items)
        return items
    keys: list[Any] = []
    for item in items:
        value = yield call_function(machine, key, [item], {})
        keys.append(value)
    machine.meter.weigh(keys)
    return keys


def sort(machine: Machine, values: Any, *, key: Any = None, reverse: Any = False) -> Steps:
    """Do `sorted`."""
    items: list[Any] = yield to_list(machine, values)
    keys = yield _keys(machine, items, key)
    order = sorted(range(len(items)), key=keys.__getitem__, reverse=bool(reverse))
    machine.meter.step(len(items) // 1_000)
    return machine.meter.take([items[index] for index in order])


def sort_list(
    machine: Machine, value: list[Any], *, key: Any = None, reverse: Any = False
) -> Steps:
    """Do `list.sort`."""
    ordered = yield sort(machine, value, key=key, reverse=reverse)
    value[:] = ordered


def choose(pick: Callable[..., int]) -> Callable[..., Steps]:
    """Return `min` or `max`, whichever `pick` is."""

    def call(machine: Machine, *values: Any, key: Any = None, default: Any = MISSING) -> Steps:
        items: list[Any] = list(values)
        if len(values) == 1:
            items = yield to_list(machine, values[0])
        if not items:
            if default is not MISSING:
                return default
            message = f"{pick.__name__}() arg is an empty sequence"
            raise ValueError(message)
        keys = yield _keys(machine, items, key)
        return items[pick(range(len(items)), key=keys.__getitem__)]

    return call
