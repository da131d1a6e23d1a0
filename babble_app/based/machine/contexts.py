"""The `with` statement, for objects of the program that say how to enter and to leave."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from babble_app.based.machine.assignment import assign
from babble_app.based.machine.errors import StopRunError
from babble_app.based.machine.functions import awaited
from babble_app.based.machine.iteration import CloseStreamError
from babble_app.based.machine.objects import bind, is_object
from babble_app.based.machine.statements import block
from babble_app.based.machine.values import MISSING, kind_of

if TYPE_CHECKING:
    from babble_app.based.machine.core import Handler, Machine, Steps


def _with(machine: Machine, node: ast.With | ast.AsyncWith) -> Steps:
    return _items(machine, node, 0)


def _items(machine: Machine, node: ast.With | ast.AsyncWith, index: int) -> Steps:
    if index == len(node.items):
        signal = yield block(node.body)
        return signal
    item = node.items[index]
    prefix = "__a" if isinstance(node, ast.AsyncWith) else "__"
    manager = yield item.context_expr
    leave = _method(manager, f"{prefix}exit__")
    value = yield _call(machine, _method(manager, f"{prefix}enter__"), [])
    try:
        if item.optional_vars is not None:
            yield assign(machine, item.optional_vars, value)
        signal = yield _items(machine, node, index + 1)
    except CloseStreamError:
        yield _call(machine, leave, [None, None, None])
        raise
    except StopRunError:
        raise
    except Exception as error:
        forgiven = yield _call(machine, leave, [machine.type_of(error), error, None])
        if not forgiven:
            raise
        return None
    yield _call(machine, leave, [None, None, None])
    return signal


def _call(machine: Machine, method: Any, arguments: list[Any]) -> Steps:
    value = yield machine.call(method, arguments, {})
    return awaited(machine, value)


def _method(manager: Any, name: str) -> Any:
    found = manager.cls.find(name) if is_object(manager) else MISSING
    if found is MISSING:
        message = f"'{kind_of(manager)}' object does not support the context manager protocol"
        raise TypeError(message)
    return bind(found, manager)


HANDLERS: dict[type[ast.AST], Handler] = {ast.With: _with, ast.AsyncWith: _with}
