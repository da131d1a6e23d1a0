"""`functools`, `copy` and `statistics`: small parts."""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING, Any, cast

from babble_app.based.machine.iteration import get_iterator, pull, to_list
from babble_app.based.machine.objects import Object
from babble_app.based.machine.read_only import ReadOnlyDict
from babble_app.based.machine.values import (
    END,
    MISSING,
    DefaultDict,
    Function,
    Module,
    Native,
    Row,
    error_type,
    is_collection,
    is_dict,
    is_list,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from babble_app.based.machine.core import Machine, Steps


def _reduce(machine: Machine, function: Any, values: Any, initial: Any = MISSING) -> Steps:
    iterator = yield get_iterator(machine, values)
    total = initial
    if total is MISSING:
        total = yield pull(machine, iterator)
        if total is END:
            message = "reduce() of empty iterable with no initial value"
            raise TypeError(message)
    while True:
        item = yield pull(machine, iterator)
        if item is END:
            return total
        total = yield machine.call(function, [total, item], {})


def _partial(_machine: Machine, function: Any, *first: Any, **preset: Any) -> Native:
    def call(machine: Machine, *arguments: Any, **names: Any) -> Any:
        return machine.call(function, [*first, *arguments], {**preset, **names})

    return Native("partial", call)


def _wraps(_machine: Machine, wrapped: Any, **_options: Any) -> Native:
    def call(_machine: Machine, wrapper: Any) -> Any:
        if isinstance(wrapper, Function) and isinstance(wrapped, Function):
            wrapper.name = wrapped.name
        return wrapper

    return Native("wraps", call)


def _remembering(_machine: Machine, function: Any = None, **_options: Any) -> Any:
    """Do `lru_cache` and `cache`: nothing is ever forgotten, the limits of a run see to that."""
    if function is None or isinstance(function, int):
        return Native("lru_cache", _remembering)
    answers: dict[Any, Any] = {}

    def call(machine: Machine, *arguments: Any, **names: Any) -> Steps:
        key = (arguments, tuple(names.items()))
        machine.meter.weigh([key])
        if key not in answers:
            value = yield machine.call(function, list(arguments), names)
            answers[key] = value
            machine.meter.items(len(answers))
        return answers[key]

    return Native("cached", call)


def _copy(machine: Machine, value: Any) -> Any:
    return machine.meter.take(_shallow(value))


def _shallow(value: Any) -> Any:
    if isinstance(value, DefaultDict):
        return DefaultDict(value.factory, value)
    if isinstance(value, ReadOnlyDict):
        return value.copy()
    if isinstance(value, Object):
        copy = Object(value.cls)
        copy.fields = dict(value.fields)
        return copy
    if isinstance(value, (Row, tuple)) or not (is_dict(value) or is_collection(value)):
        return cast("Any", value)
    return cast("Any", type(value))(value)


def _deep_copy(machine: Machine, value: Any, _memo: Any = None) -> Any:
    return _deep(machine, value, {})


def _deep(machine: Machine, value: Any, done: dict[int, Any]) -> Any:
    if id(value) in done:
        return done[id(value)]
    machine.meter.step()
    machine.meter.enter_call()
    try:
        return _deep_parts(machine, value, done)
    finally:
        machine.meter.leave_call()


def _deep_parts(machine: Machine, value: Any, done: dict[int, Any]) -> Any:
    if isinstance(value, Object):
        copy = done[id(value)] = Object(value.cls)
        copy.fields = {name: _deep(machine, item, done) for name, item in value.fields.items()}
        return copy
    if is_dict(value):
        items: Any = _shallow(value)
        done[id(value)] = items
        items.clear()
        for key, item in value.items():
            items[_deep(machine, key, done)] = _deep(machine, item, done)
        return machine.meter.take(items)
    if is_list(value):
        copies: list[Any] = []
        done[id(value)] = copies
        copies.extend([_deep(machine, item, done) for item in value])
        return machine.meter.take(copies)
    if isinstance(value, Row) or not is_collection(value) or isinstance(value, str):
        return value
    return machine.meter.take(
        cast("Any", type(value))([_deep(machine, item, done) for item in value])
    )


def _statistic(function: Callable[[list[Any]], Any]) -> Callable[..., Any]:
    def call(machine: Machine, values: Any) -> Steps:
        items: list[Any] = yield to_list(machine, values)
        machine.meter.weigh(items)
        machine.meter.step(len(items) // 10)
        return machine.meter.take(function(items))

    return call


def make_functools_module() -> Module:
    """Return `functools`."""
    functions = {
        "cache": _remembering, "lru_cache": _remembering, "partial": _partial, "reduce": _reduce, "wraps": _wraps,
    }  # fmt: skip
    return Module("functools", {name: Native(name, call) for name, call in functions.items()})


def make_copy_module() -> Module:
    """Return `copy`."""
    return Module(
        "copy", {"copy": Native("copy", _copy), "deepcopy": Native("deepcopy", _deep_copy)}
    )


def make_statistics_module() -> Module:
    """Return `statistics`."""
    names = ("mean", "median", "mode", "stdev", "pstdev", "variance", "pvariance", "fmean")
    members: dict[str, Any] = {
        name: Native(name, _statistic(statistics.__dict__[name])) for name in names
    }
    members["StatisticsError"] = error_type(statistics.StatisticsError)
    return Module("statistics", members)
