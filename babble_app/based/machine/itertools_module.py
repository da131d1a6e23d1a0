"""`itertools`: each function gives its values one by one, so endless ones end at the limit of steps."""

from __future__ import annotations

import ast
import itertools
from typing import TYPE_CHECKING, Any

from babble_app.based.machine import operators
from babble_app.based.machine.iteration import Stream, get_iterator, lazily, pull, to_list
from babble_app.based.machine.lazy import chosen, iterators_of
from babble_app.based.machine.signals import Yielded
from babble_app.based.machine.values import (
    END,
    ITEM_BYTES,
    MISSING,
    Cursor,
    Module,
    Native,
    TypeValue,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from babble_app.based.machine.core import Machine, Steps


def _each(machine: Machine, values: Any) -> Steps:
    """Yield what another iterable gives."""
    iterator = yield get_iterator(machine, values)
    while True:
        item = yield pull(machine, iterator)
        if item is END:
            return
        yield Yielded(item)


@lazily
def _chain(machine: Machine, *values: Any) -> Steps:
    for value in values:
        yield _each(machine, value)


@lazily
def _from_iterable(machine: Machine, values: Any) -> Steps:
    iterator = yield get_iterator(machine, values)
    while True:
        value = yield pull(machine, iterator)
        if value is END:
            return
        yield _each(machine, value)


@lazily
def _count(machine: Machine, start: Any = 0, step: Any = 1) -> Steps:
    number = start
    while True:
        yield Yielded(number)
        number = operators.binary(machine, ast.Add, number, step)


@lazily
def _cycle(machine: Machine, values: Any) -> Steps:
    items: list[Any] = yield to_list(machine, values)
    while items:
        for item in items:
            yield Yielded(item)


@lazily
def _repeat(_machine: Machine, value: Any, times: Any = None) -> Steps:
    left = times
    while left is None or left > 0:
        yield Yielded(value)
        left = None if left is None else left - 1


@lazily
def _islice(machine: Machine, values: Any, *bounds: Any) -> Steps:
    wanted = slice(*bounds)
    start, stop, step = wanted.start or 0, wanted.stop, wanted.step or 1
    if not all(isinstance(n, int) and n >= 0 for n in (start, step, stop or 0)):
        message = "Indices for islice() must be None or a non-negative integer"
        raise ValueError(message)
    iterator = yield get_iterator(machine, values)
    index = 0
    while stop is None or index < stop:
        item = yield pull(machine, iterator)
        if item is END:
            return
        if index >= start and (index - start) % step == 0:
            yield Yielded(item)
        index += 1


@lazily
def _accumulate(machine: Machine, values: Any, func: Any = None, *, initial: Any = None) -> Steps:
    iterator = yield get_iterator(machine, values)
    total = initial if initial is not None else (yield pull(machine, iterator))
    while total is not END:
        yield Yielded(total)
        item = yield pull(machine, iterator)
        if item is END:
            return
        if func is None:
            total = yield operators.binary(machine, ast.Add, total, item)
        else:
            total = yield machine.call(func, [total, item], {})


@lazily
def _takewhile(machine: Machine, function: Any, values: Any) -> Steps:
    iterator = yield get_iterator(machine, values)
    while True:
        item = yield pull(machine, iterator)
        if item is END:
            return
        keep = yield machine.call(function, [item], {})
        if not keep:
            return
        yield Yielded(item)


@lazily
def _dropwhile(machine: Machine, function: Any, values: Any) -> Steps:
    iterator = yield get_iterator(machine, values)
    dropping: Any = True
    while True:
        item = yield pull(machine, iterator)
        if item is END:
            return
        if dropping:
            dropping = yield machine.call(function, [item], {})
        if not dropping:
            yield Yielded(item)


@lazily
def _filterfalse(machine: Machine, function: Any, values: Any) -> Steps:
    yield chosen(machine, function, values, wanted=False)


@lazily
def _starmap(machine: Machine, function: Any, values: Any) -> Steps:
    iterator = yield get_iterator(machine, values)
    while True:
        row = yield pull(machine, iterator)
        if row is END:
            return
        arguments: list[Any] = yield to_list(machine, row)
        result = yield machine.call(function, arguments, {})
        yield Yielded(result)


@lazily
def _pairwise(machine: Machine, values: Any) -> Steps:
    iterator = yield get_iterator(machine, values)
    before = yield pull(machine, iterator)
    while before is not END:
        item = yield pull(machine, iterator)
        if item is END:
            return
        yield Yielded((before, item))
        before = item


@lazily
def _zip_longest(machine: Machine, *values: Any, fillvalue: Any = None) -> Steps:
    iterators: list[Any] = yield iterators_of(machine, values)
    while True:
        row: list[Any] = []
        for iterator in iterators:
            item = yield pull(machine, iterator)
            row.append(item)
        if all(item is END for item in row):
            return
        yield Yielded(tuple(fillvalue if item is END else item for item in row))


@lazily
def _groupby(machine: Machine, values: Any, key: Any = None) -> Steps:
    iterator = yield get_iterator(machine, values)
    group: list[Any] = []
    current: Any = MISSING
    while True:
        item = yield pull(machine, iterator)
        mark = END
        if item is not END:
            mark = item if key is None else (yield machine.call(key, [item], {}))
            machine.meter.weigh([mark, current])
        if current is not MISSING and (mark is END or mark != current):
            yield Yielded((current, Cursor(group)))
            group = []
        if mark is END:
            return
        current = mark
        machine.meter.items(len(group) + 1)
        group.append(item)


def _picking(choose: Callable[[range, int], Iterator[tuple[int, ...]]]) -> Callable[..., Any]:
    """Return a function that gives selections of its items; Python's own picks their places."""

    @lazily
    def picking(machine: Machine, values: Any, r: Any = None) -> Steps:
        items: list[Any] = yield to_list(machine, values)
        size = len(items) if r is None else r
        if not isinstance(size, int) or size < 0:
            message = "r must be non-negative"
            raise ValueError(message)
        machine.meter.items(size)
        for places in choose(range(len(items)), size):
            machine.meter.step(1 + size // 50)
            yield Yielded(machine.meter.take(tuple(items[place] for place in places)))

    return picking


@lazily
def _product(machine: Machine, *values: Any, repeat: int = 1) -> Steps:
    pools: list[list[Any]] = []
    for value in values:
        items: list[Any] = yield to_list(machine, value)
        pools.append(items)
    machine.meter.items(len(pools) * max(0, repeat))
    machine.meter.allocate(sum(map(len, pools)) * max(0, repeat) * ITEM_BYTES)
    for row in itertools.product(*pools, repeat=repeat):
        machine.meter.step(1 + len(row) // 50)
        yield Yielded(machine.meter.take(row))


_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "accumulate": _accumulate,
    "combinations": _picking(itertools.combinations),
    "combinations_with_replacement": _picking(itertools.combinations_with_replacement),
    "count": _count,
    "cycle": _cycle,
    "dropwhile": _dropwhile,
    "filterfalse": _filterfalse,
    "groupby": _groupby,
    "islice": _islice,
    "pairwise": _pairwise,
    "permutations": _picking(itertools.permutations),
    "product": _product,
    "repeat": _repeat,
    "starmap": _starmap,
    "takewhile": _takewhile,
    "zip_longest": _zip_longest,
}


def make_module() -> Module:
    """Return the module."""
    members: dict[str, Any] = {name: Native(name, call) for name, call in _FUNCTIONS.items()}
    members["chain"] = TypeValue(
        "chain", (Stream,), _chain, {"from_iterable": Native("from_iterable", _from_iterable)}
    )
    return Module("itertools", members)
