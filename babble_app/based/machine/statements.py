"""Handlers of statements; each gives None or a signal that leaves the block."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from babble_app.based.machine.assignment import assign
from babble_app.based.machine.calls import make_function
from babble_app.based.machine.errors import HaltError, StopRunError
from babble_app.based.machine.functions import call
from babble_app.based.machine.iteration import iterate
from babble_app.based.machine.modules import find_module
from babble_app.based.machine.signals import BREAK, CONTINUE, Return
from babble_app.based.machine.values import (
    MISSING,
    Module,
    TypeValue,
    is_tuple,
)

if TYPE_CHECKING:
    from babble_app.based.machine.core import Handler, Machine, Steps


def block(statements: list[ast.stmt]) -> Steps:
    """Run statements until one leaves the block."""
    for statement in statements:
        signal = yield statement
        if signal is not None:
            return signal
    return None


def _expression(_machine: Machine, node: ast.Expr) -> Steps:
    yield node.value


def _pass(_machine: Machine, _node: ast.stmt) -> None:
    return None


def _if(_machine: Machine, node: ast.If) -> Steps:
    condition = yield node.test
    signal = yield block(node.body if condition else node.orelse)
    return signal


def _for(machine: Machine, node: ast.For) -> Steps:
    values = yield node.iter
    for value in iterate(values):
        machine.meter.step()
        yield assign(machine, node.target, value)
        signal = yield block(node.body)
        if signal is BREAK:
            return None
        if isinstance(signal, Return):
            return signal
    signal = yield block(node.orelse)
    return signal


def _while(machine: Machine, node: ast.While) -> Steps:
    while True:
        condition = yield node.test
        if not condition:
            break
        machine.meter.step()
        signal = yield block(node.body)
        if signal is BREAK:
            return None
        if isinstance(signal, Return):
            return signal
    signal = yield block(node.orelse)
    return signal


def _break(_machine: Machine, _node: ast.Break) -> Any:
    return BREAK


def _continue(_machine: Machine, _node: ast.Continue) -> Any:
    return CONTINUE


def _return(_machine: Machine, node: ast.Return) -> Steps:
    value = None
    if node.value is not None:
        value = yield node.value
    return Return(value, given=node.value is not None)


def _function(machine: Machine, node: ast.FunctionDef | ast.AsyncFunctionDef) -> Steps:
    if node.decorator_list:
        raise HaltError("R_NOT_ALLOWED", "Decorators are not supported.")
    function = yield make_function(machine, node.name, node.args, node.body)
    machine.scope.set(node.name, function)


def _try(machine: Machine, node: ast.Try) -> Steps:
    signal: Any = None
    error: Exception | None = None
    try:
        signal = yield block(node.body)
    except StopRunError:
        raise
    except Exception as caught:  # noqa: BLE001 -- the program's own errors
        error = caught
    try:
        if error is not None:
            handled = yield _handle(machine, node.handlers, error)
            signal, error = handled
        elif signal is None:
            signal = yield block(node.orelse)
    except StopRunError:
        raise
    except Exception as caught:  # noqa: BLE001 -- raised by the handler; `finally` runs before it goes on
        error = caught
    final = yield block(node.finalbody)
    if final is not None:
        return final
    if error is not None:
        raise error
    return signal


def _handle(machine: Machine, handlers: list[ast.ExceptHandler], error: Exception) -> Steps:
    for handler in handlers:
        kind: Any = None
        if handler.type is not None:
            kind = yield handler.type
        if kind is not None and not isinstance(error, _types(kind)):
            continue
        if handler.name:
            machine.scope.set(handler.name, error)
        machine.handling.append(error)
        try:
            signal = yield block(handler.body)
        finally:
            machine.handling.pop()
        return signal, None
    return None, error


def _types(kind: Any) -> tuple[type, ...]:
    kinds = kind if is_tuple(kind) else (kind,)
    if not all(isinstance(item, TypeValue) for item in kinds):
        message = "`except` needs types of errors"
        raise TypeError(message)
    return tuple(one for item in kinds for one in item.types)


def _raise(machine: Machine, node: ast.Raise) -> Steps:
    if node.exc is None:
        if not machine.handling:
            message = "no error to raise again"
            raise RuntimeError(message)
        raise machine.handling[-1]
    error = yield node.exc
    if isinstance(error, TypeValue):
        error = yield call(machine, error, [], {})
    if not isinstance(error, Exception):
        message = "only errors can be raised"
        raise TypeError(message)
    raise error


def _assert(_machine: Machine, node: ast.Assert) -> Steps:
    condition = yield node.test
    if not condition:
        message = None
        if node.msg is not None:
            message = yield node.msg
        raise AssertionError(message or "")


def _import(machine: Machine, node: ast.Import) -> None:
    for alias in node.names:
        name = alias.name if alias.asname else alias.name.split(".")[0]
        machine.scope.set(alias.asname or name, _find(name))


def _import_from(machine: Machine, node: ast.ImportFrom) -> None:
    module = _find(node.module or "")
    for alias in node.names:
        member = module.members.get(alias.name, MISSING)
        if member is MISSING:
            raise HaltError(
                "R_NOT_ALLOWED", f"`{alias.name}` of `{module.name}` is not available here."
            )
        machine.scope.set(alias.asname or alias.name, member)


def _find(name: str) -> Module:
    module = find_module(name)
    if module is None:
        raise HaltError("R_NOT_ALLOWED", f"The module `{name}` cannot be imported here.")
    return module


HANDLERS: dict[type[ast.AST], Handler] = {
    ast.Expr: _expression,
    ast.Pass: _pass,
    ast.Global: _pass,
    ast.Nonlocal: _pass,
    ast.If: _if,
    ast.For: _for,
    ast.While: _while,
    ast.Break: _break,
    ast.Continue: _continue,
    ast.Return: _return,
    ast.FunctionDef: _function,
    ast.AsyncFunctionDef: _function,
    ast.Try: _try,
    ast.Raise: _raise,
    ast.Assert: _assert,
    ast.Import: _import,
    ast.ImportFrom: _import_from,
}
