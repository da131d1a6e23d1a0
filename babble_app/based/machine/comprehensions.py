"""Comprehensions; each has a scope of its own."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from babble_app.based.machine.access import set_plain_item
from babble_app.based.machine.assignment import assign
from babble_app.based.machine.iteration import Stream, get_iterator, pull
from babble_app.based.machine.scopes import Scope
from babble_app.based.machine.sets import Set
from babble_app.based.machine.signals import Yielded
from babble_app.based.machine.values import END

if TYPE_CHECKING:
    from collections.abc import Callable

    from babble_app.based.machine.core import Handler, Machine, Steps


def _comprehension(machine: Machine, node: Any, collect: Callable[[], Steps]) -> Steps:
    first = yield node.generators[0].iter
    iterator = yield get_iterator(machine, first)
    saved = machine.scope
    machine.scope = Scope(parent=saved, comprehension=True)
    try:
        yield _clauses(machine, node.generators, iterator, collect)
    finally:
        machine.scope = saved


def _clauses(
    machine: Machine,
    clauses: list[ast.comprehension],
    iterator: Any,
    collect: Callable[[], Steps],
) -> Steps:
    clause, *rest = clauses
    while True:
        value = yield pull(machine, iterator)
        if value is END:
            return
        yield assign(machine, clause.target, value)
        matches = True
        for condition in clause.ifs:
            matches = yield condition
            if not matches:
                break
        if matches and not rest:
            yield collect()
        elif matches:
            values = yield rest[0].iter
            inner = yield get_iterator(machine, values)
            yield _clauses(machine, rest, inner, collect)


def _items(machine: Machine, node: ast.ListComp | ast.SetComp) -> Steps:
    result: list[Any] = []

    def collect() -> Steps:
        value = yield node.elt
        machine.meter.items(len(result) + 1)
        result.append(value)

    yield _comprehension(machine, node, collect)
    return machine.meter.take(result)


def _set_comp(machine: Machine, node: ast.SetComp) -> Steps:
    values = yield _items(machine, node)
    machine.meter.weigh(values)
    return machine.meter.take(Set(values))


def _generator(machine: Machine, node: ast.GeneratorExp) -> Steps:
    first = yield node.generators[0].iter
    iterator = yield get_iterator(machine, first)

    def collect() -> Steps:
        value = yield node.elt
        yield Yielded(value)

    def generate() -> Steps:
        yield _clauses(machine, node.generators, iterator, collect)

    stream = Stream(machine, generate())
    stream.scope = Scope(parent=machine.scope, comprehension=True)
    return stream


def _dict_comp(machine: Machine, node: ast.DictComp) -> Steps:
    result: dict[Any, Any] = {}

    def collect() -> Steps:
        key = yield node.key
        value = yield node.value
        set_plain_item(machine, result, key, value)

    yield _comprehension(machine, node, collect)
    return machine.meter.take(result)


HANDLERS: dict[type[ast.AST], Handler] = {
    ast.ListComp: _items,
    ast.SetComp: _set_comp,
    ast.GeneratorExp: _generator,
    ast.DictComp: _dict_comp,
}
