"""Handlers of expressions."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from babble_app.based.machine import operators, texts
from babble_app.based.machine.access import get_attribute, get_item
from babble_app.based.machine.errors import HaltError
from babble_app.based.machine.functions import awaited
from babble_app.based.machine.iteration import Stream, get_iterator, pull, resume, to_list
from babble_app.based.machine.sets import Set
from babble_app.based.machine.signals import Yielded
from babble_app.based.machine.values import END, is_dict, kind_of

if TYPE_CHECKING:
    from babble_app.based.machine.core import Handler, Machine, Steps


def constant(machine: Machine, node: ast.Constant) -> Any:
    """A literal."""
    if isinstance(node.value, (bytes, complex)):
        raise HaltError("R_NOT_ALLOWED", f"`{ast.unparse(node)[:40]}` is not supported.")
    return machine.meter.take(node.value) if isinstance(node.value, int) else node.value


def name(machine: Machine, node: ast.Name) -> Any:
    """A name's value."""
    return machine.lookup(node.id)


def _bool_op(_machine: Machine, node: ast.BoolOp) -> Steps:
    value = None
    for operand in node.values:
        value = yield operand
        if bool(value) is isinstance(node.op, ast.Or):
            return value
    return value


def _bin_op(machine: Machine, node: ast.BinOp) -> Steps:
    left = yield node.left
    right = yield node.right
    return operators.binary(machine, type(node.op), left, right)


def _unary_op(machine: Machine, node: ast.UnaryOp) -> Steps:
    value = yield node.operand
    return operators.unary(machine, type(node.op), value)


def _compare(machine: Machine, node: ast.Compare) -> Steps:
    left = yield node.left
    result: Any = True
    for operator, operand in zip(node.ops, node.comparators, strict=True):
        right = yield operand
        result = yield operators.compare(machine, type(operator), left, right)
        if not result:
            return result
        left = right
    return result


def _if_exp(_machine: Machine, node: ast.IfExp) -> Steps:
    condition = yield node.test
    value = yield (node.body if condition else node.orelse)
    return value


def elements(machine: Machine, nodes: list[ast.expr]) -> Steps:
    """Evaluate a list of expressions, spreading starred ones."""
    values: list[Any] = []
    for node in nodes:
        if isinstance(node, ast.Starred):
            spread = yield node.value
            more = yield to_list(machine, spread)
            machine.meter.items(len(values) + len(more))
            values.extend(more)
        else:
            value = yield node
            values.append(value)
    return machine.meter.take(values)


def _list(machine: Machine, node: ast.List) -> Any:
    return elements(machine, node.elts)


def _tuple(machine: Machine, node: ast.Tuple) -> Steps:
    values = yield elements(machine, node.elts)
    return tuple(values)


def _set(machine: Machine, node: ast.Set) -> Steps:
    values = yield elements(machine, node.elts)
    machine.meter.weigh(values)
    return machine.meter.take(Set(values))


def _dict(machine: Machine, node: ast.Dict) -> Steps:
    result: dict[Any, Any] = {}
    for key_node, value_node in zip(node.keys, node.values, strict=True):
        if key_node is None:
            spread = yield value_node
            if not is_dict(spread):
                message = f"'{kind_of(spread)}' object is not a mapping"
                raise TypeError(message)
            machine.meter.items(len(result) + len(spread))
            result.update(spread)
            continue
        key = yield key_node
        value = yield value_node
        machine.meter.weigh([key])
        result[key] = value
    return machine.meter.take(result)


def _subscript(machine: Machine, node: ast.Subscript) -> Steps:
    value = yield node.value
    key = yield node.slice
    return get_item(machine, value, key)


def _slice(_machine: Machine, node: ast.Slice) -> Steps:
    bounds: list[Any] = []
    for bound in (node.lower, node.upper, node.step):
        value = None
        if bound is not None:
            value = yield bound
        bounds.append(value)
    return slice(*bounds)


def _attribute(machine: Machine, node: ast.Attribute) -> Steps:
    value = yield node.value
    return get_attribute(machine, value, node.attr)


def _joined(machine: Machine, node: ast.JoinedStr) -> Steps:
    parts: list[str] = []
    size = 0
    for value_node in node.values:
        part = yield value_node
        size += len(part)
        machine.meter.text(size)
        parts.append(part)
    return machine.meter.take("".join(parts))


def _formatted(machine: Machine, node: ast.FormattedValue) -> Steps:
    value = yield node.value
    spec = ""
    if node.format_spec is not None:
        spec = yield node.format_spec
    conversion = chr(node.conversion) if node.conversion > 0 else ""
    return texts.format_value(machine.meter, value, spec, conversion)


def _named(machine: Machine, node: ast.NamedExpr) -> Steps:
    value = yield node.value
    machine.scope.set_outside(node.target.id, value)
    return value


def _await(machine: Machine, node: ast.Await) -> Steps:
    value = yield node.value
    return awaited(machine, value)


def _yield(machine: Machine, node: ast.Yield) -> Steps:
    _require_generator(machine)
    value = None
    if node.value is not None:
        value = yield node.value
    sent = yield Yielded(value)
    return sent


def _yield_from(machine: Machine, node: ast.YieldFrom) -> Steps:
    _require_generator(machine)
    values = yield node.value
    iterator = yield get_iterator(machine, values)
    sent: Any = None
    while True:
        if isinstance(iterator, Stream) and sent is not None:
            value = yield resume(machine, iterator, sent)
        else:
            value = yield pull(machine, iterator)
        if value is END:
            return iterator.result if isinstance(iterator, Stream) else None
        sent = yield Yielded(value)


def _require_generator(machine: Machine) -> None:
    if not machine.scope.beyond_comprehensions().generates:
        raise HaltError("R_NOT_ALLOWED", "`yield` stands only in functions.")


def _starred(_machine: Machine, _node: ast.Starred) -> Any:
    raise HaltError("R_NOT_ALLOWED", "`*` cannot stand here.")


HANDLERS: dict[type[ast.AST], Handler] = {
    ast.Constant: constant,
    ast.Name: name,
    ast.BoolOp: _bool_op,
    ast.BinOp: _bin_op,
    ast.UnaryOp: _unary_op,
    ast.Compare: _compare,
    ast.IfExp: _if_exp,
    ast.List: _list,
    ast.Tuple: _tuple,
    ast.Set: _set,
    ast.Dict: _dict,
    ast.Subscript: _subscript,
    ast.Slice: _slice,
    ast.Attribute: _attribute,
    ast.JoinedStr: _joined,
    ast.FormattedValue: _formatted,
    ast.NamedExpr: _named,
    ast.Await: _await,
    ast.Yield: _yield,
    ast.YieldFrom: _yield_from,
    ast.Starred: _starred,
}
