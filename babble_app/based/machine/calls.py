"""Handlers of calls and lambdas."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from babble_app.based.machine.expressions import elements
from babble_app.based.machine.functions import call
from babble_app.based.machine.values import MISSING, Function, is_dict

if TYPE_CHECKING:
    from babble_app.based.machine.core import Handler, Machine, Steps


def _call(machine: Machine, node: ast.Call) -> Steps:
    function = yield node.func
    arguments = yield elements(machine, node.args)
    names: dict[str, Any] = {}
    for keyword in node.keywords:
        value = yield keyword.value
        if keyword.arg is not None:
            names[keyword.arg] = value
        elif is_dict(value) and all(isinstance(key, str) for key in value):
            names.update(value)
        else:
            message = "only a dict with text keys can be spread with **"
            raise TypeError(message)
    machine.line = node.lineno
    result = yield call(machine, function, arguments, names)
    machine.line = node.lineno
    return result


def make_function(machine: Machine, name: str, parameters: ast.arguments, body: Any) -> Steps:
    """Evaluate a function's defaults and make it."""
    defaults = yield elements(machine, parameters.defaults)
    keyword_defaults: list[Any] = []
    for node in parameters.kw_defaults:
        value: Any = MISSING
        if node is not None:
            value = yield node
        keyword_defaults.append(value)
    return Function(name, parameters, body, defaults, keyword_defaults, machine.scope)


def _lambda(machine: Machine, node: ast.Lambda) -> Steps:
    return make_function(machine, "<lambda>", node.args, node.body)


HANDLERS: dict[type[ast.AST], Handler] = {ast.Call: _call, ast.Lambda: _lambda}
