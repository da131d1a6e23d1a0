"""Handlers of statements; each gives None or a signal that leaves the block."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from babble_app.based.machine.assignment import assign
from babble_app.based.machine.errors import HaltError, StopRunError
from babble_app.based.machine.iteration import CloseStreamError, get_iterator, pull
from babble_app.based.machine.modules import find_module
from babble_app.based.machine.objects import ClassValue, is_a
from babble_app.based.machine.signals import BREAK, CONTINUE, Return
from babble_app.based.machine.values import (
    END,
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


def _for(machine: Machine, node: ast.For | ast.AsyncFor) -> Steps:
    values = yield node.iter
    iterator = yield get_iterator(machine, values)
    while True:
        value = yield pull(machine, iterator)
        if value is END:
            break
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


def _try(machine: Machine, node: ast.Try) -> Steps:  # noqa: C901 -- all the ways out of a `try` in one place
    signal: Any = None
    error: Exception | None = None
    try:
        signal = yield block(node.body)
    except CloseStreamError as closed:
        error = closed
    except StopRunError:
        raise
    except Exception as caught:  # noqa: BLE001 -- the program's own errors
        error = caught
    try:
        if isinstance(error, CloseStreamError):
            pass
        elif error is not None:
            handled = yield _handle(machine, node.handlers, error)
            signal, error = handled
        elif signal is None:
            signal = yield block(node.orelse)
    except CloseStreamError as closed:
        error = closed
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
        if kind is not None and not is_a(error, _errors(kind)):
            continue
        if handler.name:
            machine.scope.set(handler.name, error)
        machine.handling.append(error)
        try:
            signal = yield block(handler.body)
        finally:
            machine.handling.pop()
            if handler.name and machine.scope.get(handler.name) is error:
                machine.scope.delete(handler.name)
        return signal, None
    return None, error


def _errors(kind: Any) -> Any:
    """Return what stands behind `except`, made sure of."""
    kinds = kind if is_tuple(kind) else (kind,)
    for item in kinds:
        own = isinstance(item, ClassValue) and item.native is not None
        if not own and not (isinstance(item, TypeValue) and issubclass(item.types[0], Exception)):
            message = "catching classes that do not inherit from BaseException is not allowed"
            raise TypeError(message)
    return kind


def _raise(machine: Machine, node: ast.Raise) -> Steps:
    if node.exc is None:
        if not machine.handling:
            message = "No active exception to reraise"
            raise RuntimeError(message)
        raise machine.handling[-1]
    value = yield node.exc
    error = yield _made(machine, value)
    if node.cause is not None:
        yield node.cause
    raise error


def _made(machine: Machine, value: Any) -> Steps:
    if isinstance(value, (TypeValue, ClassValue)):
        value = yield machine.call(value, [], {})
    if not isinstance(value, Exception):
        message = "exceptions must derive from BaseException"
        raise TypeError(message)
    return value


def _assert(_machine: Machine, node: ast.Assert) -> Steps:
    condition = yield node.test
    if not condition:
        message = None
        if node.msg is not None:
            message = yield node.msg
        raise AssertionError(*([] if node.msg is None else [message]))


def _import(machine: Machine, node: ast.Import) -> None:
    for alias in node.names:
        name = alias.name if alias.asname else alias.name.split(".")[0]
        machine.scope.set(alias.asname or name, _find(name))


def _import_from(machine: Machine, node: ast.ImportFrom) -> None:
    if node.level:
        raise HaltError("R_NOT_ALLOWED", "There are no other files to import from.")
    if node.module == "__future__":
        return
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
    ast.AsyncFor: _for,
    ast.While: _while,
    ast.Break: _break,
    ast.Continue: _continue,
    ast.Return: _return,
    ast.Try: _try,
    ast.Raise: _raise,
    ast.Assert: _assert,
    ast.Import: _import,
    ast.ImportFrom: _import_from,
}
