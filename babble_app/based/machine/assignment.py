"""Assignments to names, items and unpacked targets."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from babble_app.based.machine import operators
from babble_app.based.machine.access import delete_item, get_item, set_item
from babble_app.based.machine.errors import HaltError
from babble_app.based.machine.iteration import to_list

if TYPE_CHECKING:
    from babble_app.based.machine.core import Handler, Machine, Steps


def assign(machine: Machine, target: ast.expr, value: Any) -> Steps | None:
    """Bind a target; returns steps where the target itself must be evaluated."""
    if isinstance(target, ast.Name):
        machine.scope.set(target.id, value)
        return None
    if isinstance(target, ast.Subscript):
        return _assign_item(machine, target, value)
    if isinstance(target, (ast.Tuple, ast.List)):
        return _unpack(machine, target.elts, value)
    raise HaltError("R_NOT_ALLOWED", "Attributes cannot be assigned; use a dict.")


def _assign_item(machine: Machine, target: ast.Subscript, value: Any) -> Steps:
    owner = yield target.value
    key = yield target.slice
    set_item(machine, owner, key, value)


def _unpack(machine: Machine, targets: list[ast.expr], value: Any) -> Steps:
    values = to_list(machine, value)
    star = next((i for i, node in enumerate(targets) if isinstance(node, ast.Starred)), None)
    fixed = len(targets) - (star is not None)
    if len(values) < fixed or (star is None and len(values) > fixed):
        message = f"expected {fixed} values to unpack, got {len(values)}"
        raise ValueError(message)
    if star is not None:
        after = len(targets) - star - 1
        middle = values[star : len(values) - after]
        values = [*values[:star], middle, *values[len(values) - after :]]
    for node, item in zip(targets, values, strict=True):
        yield assign(machine, node.value if isinstance(node, ast.Starred) else node, item)


def _assign(machine: Machine, node: ast.Assign) -> Steps:
    value = yield node.value
    for target in node.targets:
        yield assign(machine, target, value)


def _annotated(machine: Machine, node: ast.AnnAssign) -> Steps | None:
    return None if node.value is None else _annotated_value(machine, node.target, node.value)


def _annotated_value(machine: Machine, target: ast.expr, value_node: ast.expr) -> Steps:
    value = yield value_node
    yield assign(machine, target, value)


def _augmented(machine: Machine, node: ast.AugAssign) -> Steps:
    if isinstance(node.target, ast.Name):
        left = machine.lookup(node.target.id)
        right = yield node.value
        result = operators.in_place(machine.meter, type(node.op), left, right)
        machine.scope.set(node.target.id, result)
    elif isinstance(node.target, ast.Subscript):
        owner = yield node.target.value
        key = yield node.target.slice
        left = yield get_item(machine, owner, key)
        right = yield node.value
        result = operators.in_place(machine.meter, type(node.op), left, right)
        set_item(machine, owner, key, result)
    else:
        raise HaltError("R_NOT_ALLOWED", "Attributes cannot be assigned; use a dict.")


def _delete(machine: Machine, node: ast.Delete) -> Steps:
    for target in node.targets:
        if isinstance(target, ast.Name):
            machine.scope.delete(target.id)
        elif isinstance(target, ast.Subscript):
            owner = yield target.value
            key = yield target.slice
            delete_item(machine, owner, key)
        else:
            raise HaltError("R_NOT_ALLOWED", "Only names and items can be deleted.")


HANDLERS: dict[type[ast.AST], Handler] = {
    ast.Assign: _assign,
    ast.AnnAssign: _annotated,
    ast.AugAssign: _augmented,
    ast.Delete: _delete,
}
