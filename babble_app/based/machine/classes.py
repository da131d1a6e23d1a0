"""Handlers of class statements and decorators."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from babble_app.based.machine.calls import make_function
from babble_app.based.machine.enums import ENUM, make_members
from babble_app.based.machine.errors import HaltError
from babble_app.based.machine.expressions import elements
from babble_app.based.machine.objects import ClassValue, Property, Unbound
from babble_app.based.machine.scopes import Scope
from babble_app.based.machine.statements import block
from babble_app.based.machine.values import Function, TypeValue
from babble_app.based.vocabulary import SPECIAL_METHODS, is_dunder

if TYPE_CHECKING:
    from babble_app.based.machine.core import Handler, Machine, Steps


def _function(machine: Machine, node: ast.FunctionDef | ast.AsyncFunctionDef) -> Steps:
    decorators = yield elements(machine, node.decorator_list)
    function = yield make_function(machine, node, node.body, node.name)
    function.waits = isinstance(node, ast.AsyncFunctionDef)
    value = yield _decorated(machine, function, decorators)
    machine.scope.set(node.name, value)


def _decorated(machine: Machine, value: Any, decorators: list[Any]) -> Steps:
    for decorator in reversed(decorators):
        value = yield machine.call(decorator, [value], {})
    return value


def _class(machine: Machine, node: ast.ClassDef) -> Steps:
    if node.keywords:
        raise HaltError("R_NOT_ALLOWED", "Metaclasses and class keywords are not supported.")
    decorators = yield elements(machine, node.decorator_list)
    bases = yield elements(machine, node.bases)
    saved = machine.scope
    machine.scope = scope = Scope(parent=saved, class_body=True)
    try:
        yield block(node.body)
    finally:
        machine.scope = saved
    for name in scope.names:
        if is_dunder(name) and name not in SPECIAL_METHODS:
            raise HaltError("R_NOT_ALLOWED", f"`{name}` is not supported in a class.")
    cls = _make(machine, node.name, bases, scope.names)
    cls.annotated = [
        part.target.id
        for part in node.body
        if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name)
    ]
    value = yield _decorated(machine, cls, decorators)
    machine.scope.set(node.name, value)


def _make(machine: Machine, name: str, bases: list[Any], names: dict[str, Any]) -> ClassValue:
    machine.meter.allocate(1_000)
    cls = ClassValue(machine, name, names)
    own: list[ClassValue] = []
    for base in bases:
        if isinstance(base, ClassValue):
            own.append(base)
            cls.native = cls.native or base.native
        elif isinstance(base, TypeValue) and all(issubclass(t, Exception) for t in base.types):
            cls.native = cls.native or base
        elif not isinstance(base, TypeValue) or base.types != (object,):
            message = "A class can extend only own classes, Enum and types of errors."
            raise HaltError("R_NOT_ALLOWED", message)
    machine.meter.step(sum(len(base.mro) ** 2 for base in own) // 300)
    cls.mro = [cls, *_linearized([[*base.mro] for base in own] + [own])]
    for value in names.values():
        _own(value, cls)
    if ENUM in cls.mro[1:] or any(base.members is not None for base in own):
        make_members(machine, cls)
    return cls


def _own(value: Any, cls: ClassValue) -> None:
    """Tell methods whose they are, for `super()`."""
    inner = [value]
    if isinstance(value, Property):
        inner = [value.getter, value.setter]
    elif isinstance(value, Unbound):
        inner = [value.function]
    for function in inner:
        if isinstance(function, Function) and function.owner is None:
            function.owner = cls


def _linearized(orders: list[list[ClassValue]]) -> list[ClassValue]:
    """Merge the bases' orders as Python does (C3)."""
    result: list[ClassValue] = []
    orders = [order for order in orders if order]
    while orders:
        heads = [order[0] for order in orders]
        good = [h for h in heads if not any(h in order[1:] for order in orders)]
        if not good:
            message = "Cannot create a consistent method resolution order (MRO) for bases"
            raise TypeError(message)
        result.append(good[0])
        orders = [rest for o in orders if (rest := [c for c in o if c is not good[0]])]
    return result


HANDLERS: dict[type[ast.AST], Handler] = {
    ast.FunctionDef: _function,
    ast.AsyncFunctionDef: _function,
    ast.ClassDef: _class,
}
