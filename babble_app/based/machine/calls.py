"""Handlers of calls and lambdas."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from babble_app.based.machine.expressions import elements
from babble_app.based.machine.functions import call
from babble_app.based.machine.scopes import find_locals
from babble_app.based.machine.values import MISSING, Function, is_dict, kind_of

if TYPE_CHECKING:
    from babble_app.based.machine.core import Handler, Machine, Steps

_FUNCTION_BYTES = 500
_ARGUMENTS_PER_STEP = 5


def _call(machine: Machine, node: ast.Call) -> Steps:
    function = yield node.func
    arguments = yield elements(machine, node.args)
    names: dict[str, Any] = {}
    for keyword in node.keywords:
        value = yield keyword.value
        if keyword.arg is not None:
            names[keyword.arg] = value
        elif is_dict(value) and all(isinstance(key, str) for key in value):
            twice = next((key for key in value if key in names), None)
            if twice is not None:
                message = f"got multiple values for keyword argument '{twice}'"
                raise TypeError(message)
            names.update(value)
        else:
            message = f"argument after ** must be a mapping with text keys, not {kind_of(value)}"
            raise TypeError(message)
    machine.line = node.lineno
    machine.meter.step((len(arguments) + len(names)) // _ARGUMENTS_PER_STEP)
    result = yield call(machine, function, arguments, names)
    machine.line = node.lineno
    return result


def make_function(machine: Machine, node: Any, body: Any, name: str) -> Steps:
    """Evaluate a function's defaults and make it."""
    parameters: ast.arguments = node.args
    defaults = yield elements(machine, parameters.defaults)
    keyword_defaults: list[Any] = []
    for default in parameters.kw_defaults:
        value: Any = MISSING
        if default is not None:
            value = yield default
        keyword_defaults.append(value)
    local = machine.locals.get(node)
    if local is None:
        local = machine.locals[node] = find_locals(parameters, body)
    machine.meter.allocate(_FUNCTION_BYTES)
    return Function(name, parameters, body, defaults, keyword_defaults, machine.scope, local)


def _lambda(machine: Machine, node: ast.Lambda) -> Steps:
    return make_function(machine, node, node.body, "<lambda>")


HANDLERS: dict[type[ast.AST], Handler] = {ast.Call: _call, ast.Lambda: _lambda}
