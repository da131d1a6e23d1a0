"""Assignments to names, items, attributes and unpacked targets."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from babble_app.based.machine import operators
from babble_app.based.machine.access import (
    delete_attribute,
    delete_item,
    get_attribute,
    get_item,
    set_attribute,
    set_item,
)
from babble_app.based.machine.errors import HaltError
from babble_app.based.machine.iteration import is_iterable, to_list
from babble_app.based.machine.values import kind_of

if TYPE_CHECKING:
    from babble_app.based.machine.core import Handler, Machine, Steps


def assign(machine: Machine, target: ast.expr, value: Any) -> Steps | None:
    """Bind a target; returns steps where the target itself must be evaluated."""
    if isinstance(target, ast.Name):
        machine.scope.set(target.id, value)
        return None
    if isinstance(target, ast.Subscript):
        return _assign_item(machine, target, value)
    if isinstance(target, ast.Attribute):
        return _assign_attribute(machine, target, value)
    if isinstance(target, (ast.Tuple, ast.List)):
        return _unpack(machine, target.elts, value)
    raise HaltError("R_NOT_ALLOWED", f"`{ast.unparse(target)[:40]}` cannot be assigned.")


def _assign_item(machine: Machine, target: ast.Subscript, value: Any) -> Steps:
    owner = yield target.value
    key = yield target.slice
    yield set_item(machine, owner, key, value)


def _assign_attribute(machine: Machine, target: ast.Attribute, value: Any) -> Steps:
    owner = yield target.value
    yield set_attribute(machine, owner, target.attr, value)


def _unpack(machine: Machine, targets: list[ast.expr], value: Any) -> Steps:
    values: list[Any] = yield _unpacked(machine, value)
    star = next((i for i, node in enumerate(targets) if isinstance(node, ast.Starred)), None)
    fixed = len(targets) - (star is not None)
    if len(values) < fixed:
        least = f"at least {fixed}" if star is not None else str(fixed)
        message = f"not enough values to unpack (expected {least}, got {len(values)})"
        raise ValueError(message)
    if star is None and len(values) > fixed:
        message = f"too many values to unpack (expected {fixed})"
        raise ValueError(message)
    if star is not None:
        after = len(targets) - star - 1
        middle = values[star : len(values) - after]
        values = [*values[:star], middle, *values[len(values) - after :]]
    for node, item in zip(targets, values, strict=True):
        yield assign(machine, node.value if isinstance(node, ast.Starred) else node, item)


def _unpacked(machine: Machine, value: Any) -> Any:
    if not is_iterable(value):
        message = f"cannot unpack non-iterable {kind_of(value)} object"
        raise TypeError(message)
    return to_list(machine, value)


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
    target, kind = node.target, type(node.op)
    if isinstance(target, ast.Name):
        left = machine.lookup(target.id)
        right = yield node.value
        result = yield operators.in_place(machine, kind, left, right)
        machine.scope.set(target.id, result)
        return
    owner = yield target.value
    if isinstance(target, ast.Subscript):
        key = yield target.slice
        left = yield get_item(machine, owner, key)
        right = yield node.value
        result = yield operators.in_place(machine, kind, left, right)
        yield set_item(machine, owner, key, result)
    else:
        left = yield get_attribute(machine, owner, target.attr)
        right = yield node.value
        result = yield operators.in_place(machine, kind, left, right)
        yield set_attribute(machine, owner, target.attr, result)


def _delete(machine: Machine, node: ast.Delete) -> Steps:
    for target in node.targets:
        yield _delete_target(machine, target)


def _delete_target(machine: Machine, target: ast.expr) -> Steps:
    if isinstance(target, ast.Name):
        machine.scope.delete(target.id)
    elif isinstance(target, (ast.Tuple, ast.List)):
        for part in target.elts:
            yield _delete_target(machine, part)
    elif isinstance(target, ast.Subscript):
        owner = yield target.value
        key = yield target.slice
        yield delete_item(machine, owner, key)
    elif isinstance(target, ast.Attribute):
        owner = yield target.value
        delete_attribute(owner, target.attr)
    else:
        raise HaltError("R_NOT_ALLOWED", f"`{ast.unparse(target)[:40]}` cannot be deleted.")


HANDLERS: dict[type[ast.AST], Handler] = {
    ast.Assign: _assign,
    ast.AnnAssign: _annotated,
    ast.AugAssign: _augmented,
    ast.Delete: _delete,
}
