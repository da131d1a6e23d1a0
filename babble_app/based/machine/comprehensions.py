"""Comprehensions; each has a scope of its own."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from babble_app.based.machine.assignment import assign
from babble_app.based.machine.iteration import iterate
from babble_app.based.machine.scopes import Scope
from babble_app.based.machine.values import Cursor

if TYPE_CHECKING:
    from babble_app.based.machine.core import Handler, Machine, Steps


def _comprehension(machine: Machine, node: Any, collect: Any) -> Steps:
    saved = machine.scope
    machine.scope = Scope(parent=saved, comprehension=True)
    try:
        yield _generators(machine, node.generators, collect)
    finally:
        machine.scope = saved


def _generators(machine: Machine, generators: list[ast.comprehension], collect: Any) -> Steps:
    if not generators:
        yield collect()
        return
    clause, *rest = generators
    values = yield clause.iter
    for value in iterate(values):
        machine.meter.step()
        yield assign(machine, clause.target, value)
        matches = True
        for condition in clause.ifs:
            matches = yield condition
            if not matches:
                break
        if matches:
            yield _generators(machine, rest, collect)


def _items(machine: Machine, node: ast.ListComp | ast.SetComp | ast.GeneratorExp) -> Steps:
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
    return machine.meter.take(set(values))


def _generator(machine: Machine, node: ast.GeneratorExp) -> Steps:
    values = yield _items(machine, node)
    return Cursor(values)


def _dict_comp(machine: Machine, node: ast.DictComp) -> Steps:
    result: dict[Any, Any] = {}

    def collect() -> Steps:
        key = yield node.key
        value = yield node.value
        machine.meter.weigh([key])
        machine.meter.items(len(result) + 1)
        result[key] = value

    yield _comprehension(machine, node, collect)
    return machine.meter.take(result)


HANDLERS: dict[type[ast.AST], Handler] = {
    ast.ListComp: _items,
    ast.SetComp: _set_comp,
    ast.GeneratorExp: _generator,
    ast.DictComp: _dict_comp,
}
