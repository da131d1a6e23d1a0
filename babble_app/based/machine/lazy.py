"""Functions that give their values one by one: `map`, `zip`, `enumerate`, and those that go with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from babble_app.based.machine.iteration import (
    Iterator,
    get_iterator,
    lazily,
    pull,
    to_list,
)
from babble_app.based.machine.objects import is_object
from babble_app.based.machine.signals import Yielded
from babble_app.based.machine.values import (
    END,
    MISSING,
    Cursor,
    ExhaustedError,
    is_sequence,
    is_sized,
    kind_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from babble_app.based.machine.core import Machine, Steps


def iterators_of(machine: Machine, values: tuple[Any, ...]) -> Steps:
    """Return an iterator over each value."""
    result: list[Iterator] = []
    for value in values:
        iterator = yield get_iterator(machine, value)
        result.append(iterator)
    return result


def _row(machine: Machine, iterators: list[Iterator]) -> Steps:
    """Return the next value of each, or `END` as soon as one has none."""
    row: list[Any] = []
    for iterator in iterators:
        item = yield pull(machine, iterator)
        if item is END:
            return END
        row.append(item)
    return row if row else END


@lazily
def _map(machine: Machine, function: Any, *values: Any) -> Steps:
    iterators = yield iterators_of(machine, values)
    while True:
        row = yield _row(machine, iterators)
        if row is END:
            return
        result = yield machine.call(function, row, {})
        yield Yielded(result)


@lazily
def _filter(machine: Machine, function: Any, values: Any) -> Steps:
    yield chosen(machine, function, values, wanted=True)


def chosen(machine: Machine, function: Any, values: Any, *, wanted: bool) -> Steps:
    """Yield the values for which the function says what is wanted."""
    iterator = yield get_iterator(machine, values)
    while True:
        item = yield pull(machine, iterator)
        if item is END:
            return
        keep = item
        if function is not None:
            keep = yield machine.call(function, [item], {})
        if bool(keep) is wanted:
            yield Yielded(item)


@lazily
def _zip(machine: Machine, *values: Any, strict: bool = False) -> Steps:
    iterators = yield iterators_of(machine, values)
    count = 0
    while True:
        row = yield _row(machine, iterators)
        if row is END:
            break
        count += 1
        yield Yielded(machine.meter.take(tuple(row)))
    if strict:
        for number, value in enumerate(values):
            if is_sized(value) and len(value) != count:
                word = "shorter" if len(value) < count else "longer"
                message = f"zip() argument {number + 1} is {word} than argument 1"
                raise ValueError(message)


@lazily
def _enumerate(machine: Machine, values: Any, start: int = 0) -> Steps:
    iterator = yield get_iterator(machine, values)
    number = start
    while True:
        item = yield pull(machine, iterator)
        if item is END:
            return
        yield Yielded((number, item))
        number += 1


def _reversed(machine: Machine, values: Any) -> Any:
    if is_sequence(values) or isinstance(values, (range, dict)):
        return Cursor(reversed(cast("list[Any]", values)))  # or another of these
    if is_sized(values) or is_object(values):
        return _reversed_list(machine, values)
    message = f"'{kind_of(values)}' object is not reversible"
    raise TypeError(message)


def _reversed_list(machine: Machine, values: Any) -> Steps:
    items: list[Any] = yield to_list(machine, values)
    return Cursor(reversed(items))


@lazily
def _until(machine: Machine, function: Any, sentinel: Any) -> Steps:
    while True:
        machine.meter.step()
        value = yield machine.call(function, [], {})
        if value == sentinel:
            return
        yield Yielded(value)


def _iter(machine: Machine, values: Any, sentinel: Any = MISSING) -> Any:
    return (
        get_iterator(machine, values) if sentinel is MISSING else _until(machine, values, sentinel)
    )


def _next(machine: Machine, iterator: Any, default: Any = MISSING) -> Steps:
    item = yield pull(machine, iterator)
    if item is not END:
        return item
    if default is MISSING:
        raise ExhaustedError
    return default


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "enumerate": _enumerate,
    "filter": _filter,
    "iter": _iter,
    "map": _map,
    "next": _next,
    "reversed": _reversed,
    "zip": _zip,
}
