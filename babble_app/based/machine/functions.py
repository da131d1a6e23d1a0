"""Runs functions: the program's own, natives, methods and types."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Any

from babble_app.based.machine.scopes import Scope, all_parameters, find_locals
from babble_app.based.machine.signals import Return
from babble_app.based.machine.values import (
    MISSING,
    Function,
    Method,
    Native,
    Service,
    TypeValue,
    kind_of,
)

if TYPE_CHECKING:
    from babble_app.based.machine.core import Machine, Steps

_INNER_NAME = re.compile(r"^[\w.<>]+\(\)")


def call(machine: Machine, function: Any, arguments: list[Any], names: dict[str, Any]) -> Any:
    """Return a call's value, or the steps to it."""
    if isinstance(function, Function):
        return _run(machine, function, arguments, names)
    if isinstance(function, Method):
        return _native(function, [machine, function.value, *arguments], names)
    if isinstance(function, (Native, TypeValue)):
        return _native(function, [machine, *arguments], names)
    if isinstance(function, Service):
        return function.call(machine, function.name, arguments, names)
    message = f"'{kind_of(function)}' object is not callable"
    raise TypeError(message)


def _native(
    function: Method | Native | TypeValue, arguments: list[Any], names: dict[str, Any]
) -> Any:
    try:
        return function.call(*arguments, **names)
    except TypeError as error:
        # Python names the inner function when arguments are missing or too many; the program knows another name.
        message = _INNER_NAME.sub(f"{function.name}()", str(error))
        raise TypeError(message) from None


def _run(
    machine: Machine, function: Function, arguments: list[Any], names: dict[str, Any]
) -> Steps:
    machine.meter.enter_call()
    found = find_locals(function.parameters, function.body)
    scope = Scope(
        parent=function.scope,
        names=_bind(machine, function, arguments, names),
        local=found.names,
        global_names=found.global_names,
        nonlocal_names=found.nonlocal_names,
    )
    saved = machine.scope
    machine.scope = scope
    try:
        if isinstance(function.body, ast.expr):
            value = yield function.body
            return value
        for statement in function.body:
            signal = yield statement
            if isinstance(signal, Return):
                return signal.value
        return None
    finally:
        machine.scope = saved
        machine.meter.leave_call()


def _bind(
    machine: Machine, function: Function, arguments: list[Any], names: dict[str, Any]
) -> dict[str, Any]:
    parameters = function.parameters
    positional = [*parameters.posonlyargs, *parameters.args]
    bound: dict[str, Any] = dict(zip((p.arg for p in positional), arguments, strict=False))
    extra = arguments[len(positional) :]
    if parameters.vararg:
        bound[parameters.vararg.arg] = tuple(extra)
    elif extra:
        message = (
            f"{function.name}() takes {len(positional)} arguments but {len(arguments)} were given"
        )
        raise TypeError(message)
    _bind_names(function, bound, names)
    _bind_defaults(function, bound)
    missing = [p.arg for p in all_parameters(parameters) if p.arg not in bound]
    if missing:
        message = f"{function.name}() lacks its argument '{missing[0]}'"
        raise TypeError(message)
    machine.meter.items(len(bound))
    return bound


def _bind_names(function: Function, bound: dict[str, Any], names: dict[str, Any]) -> None:
    parameters = function.parameters
    known = {p.arg for p in (*parameters.args, *parameters.kwonlyargs)}
    rest: dict[str, Any] = {}
    for name, value in names.items():
        if name in known and name not in bound:
            bound[name] = value
        elif name in known or parameters.kwarg is None:
            reason = "got several values for" if name in known else "does not know"
            message = f"{function.name}() {reason} the argument '{name}'"
            raise TypeError(message)
        else:
            rest[name] = value
    if parameters.kwarg:
        bound[parameters.kwarg.arg] = rest


def _bind_defaults(function: Function, bound: dict[str, Any]) -> None:
    parameters = function.parameters
    positional = [*parameters.posonlyargs, *parameters.args]
    if function.defaults:
        for parameter, value in zip(
            positional[-len(function.defaults) :], function.defaults, strict=True
        ):
            bound.setdefault(parameter.arg, value)
    for parameter, value in zip(parameters.kwonlyargs, function.keyword_defaults, strict=True):
        if value is not MISSING:
            bound.setdefault(parameter.arg, value)
