"""Runs functions: the program's own, natives, methods, types and classes."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Any

from babble_app.based.machine.iteration import Stream
from babble_app.based.machine.objects import (
    ClassValue,
    Object,
    ObjectError,
    bind,
    is_object,
)
from babble_app.based.machine.rows import make_row
from babble_app.based.machine.scopes import Scope, all_parameters
from babble_app.based.machine.signals import Return
from babble_app.based.machine.values import (
    MISSING,
    Bound,
    Function,
    Method,
    Native,
    NativeMethod,
    RowType,
    Service,
    TypeValue,
    kind_of,
)

if TYPE_CHECKING:
    from babble_app.based.machine.core import Machine, Steps

_INNER_NAME = re.compile(r"^[\w.<>]+\(\)")
_OBJECT_BYTES = 300


class Coroutine:
    """A call of an `async def` that waits for its `await`."""

    def __init__(self, steps: Steps, name: str) -> None:
        self.steps: Steps | None = steps
        self.name = name

    def __repr__(self) -> str:
        return f"<coroutine {self.name}>"


class Task:
    """What `create_task` gives: a coroutine whose result is kept."""

    def __init__(self, coroutine: Coroutine) -> None:
        self.coroutine = coroutine
        self.result: Any = MISSING

    def __repr__(self) -> str:
        return f"<task {self.coroutine.name}>"


def as_task(value: Any) -> Any:
    """Return a coroutine as a task; what needs no waiting is its own."""
    return Task(value) if isinstance(value, Coroutine) else value


def awaited(_machine: Machine, value: Any) -> Any:
    """Return what awaiting a value gives, or the steps to it; what needs no waiting is its own result."""
    if isinstance(value, Task):
        return _finished(value)
    return _steps_of(value) if isinstance(value, Coroutine) else value


def _steps_of(coroutine: Coroutine) -> Steps:
    steps, coroutine.steps = coroutine.steps, None
    if steps is None:
        message = "cannot reuse already awaited coroutine"
        raise RuntimeError(message)
    return steps


def _finished(task: Task) -> Steps:
    if task.result is MISSING:
        task.result = yield _steps_of(task.coroutine)
    return task.result


def call(machine: Machine, function: Any, arguments: list[Any], names: dict[str, Any]) -> Any:
    """Return a call's value, or the steps to it."""
    if isinstance(function, Function):
        return _start(machine, function, arguments, names)
    if isinstance(function, Bound):
        return call(machine, function.function, [function.value, *arguments], names)
    if isinstance(function, Method):
        return _native(function, [machine, function.value, *arguments], names)
    if isinstance(function, (Native, NativeMethod, TypeValue)):
        return _native(function, [machine, *arguments], names)
    if isinstance(function, Service):
        return function.call(machine, function.name, arguments, names)
    if isinstance(function, RowType):
        return make_row(machine, function, arguments, names)
    if isinstance(function, ClassValue):
        return _make(machine, function, arguments, names)
    if is_object(function) and function.cls.find("__call__") is not MISSING:
        return call(machine, bind(function.cls.find("__call__"), function), arguments, names)
    message = f"'{kind_of(function)}' object is not callable"
    raise TypeError(message)


def _native(
    function: Method | Native | NativeMethod | TypeValue,
    arguments: list[Any],
    names: dict[str, Any],
) -> Any:
    try:
        return function.call(*arguments, **names)
    except TypeError as error:
        # Python names the inner function when arguments are missing or too many; the program knows another name.
        message = _INNER_NAME.sub(f"{function.name}()", str(error))
        raise TypeError(message) from None


def _make(machine: Machine, cls: ClassValue, arguments: list[Any], names: dict[str, Any]) -> Steps:
    """Make an object of a class of the program."""
    machine.meter.allocate(_OBJECT_BYTES)
    if cls.members is not None:
        return _member(cls, *arguments)
    value = Object(cls) if cls.native is None else ObjectError(cls, arguments)
    init = cls.find("__init__")
    if init is MISSING:
        if (arguments or names) and cls.native is None:
            message = f"{cls.name}() takes no arguments"
            raise TypeError(message)
        return value
    result = yield call(machine, bind(init, value), arguments, names)
    if result is not None:
        message = f"__init__() should return None, not '{kind_of(result)}'"
        raise TypeError(message)
    return value


def _member(cls: ClassValue, value: Any) -> Any:
    members: list[Any] = list((cls.members or {}).values())
    for member in members:
        if member is value or member.fields["value"] == value:
            return member
    message = f"{value!r} is not a valid {cls.name}"
    raise ValueError(message)


def _start(
    machine: Machine, function: Function, arguments: list[Any], names: dict[str, Any]
) -> Any:
    scope = Scope(
        parent=function.scope,
        names=_bind(machine, function, arguments, names),
        local=function.local,
        function=function,
        generates=function.local.yields,
    )
    if function.local.yields:
        return Stream(machine, _generate(machine, function, scope), f"generator {function.name}")
    if function.waits:
        return Coroutine(_run(machine, function, scope), function.name)
    return _run(machine, function, scope)


def _run(machine: Machine, function: Function, scope: Scope) -> Steps:
    machine.meter.enter_call()
    saved = machine.scope
    machine.scope = scope
    try:
        value = yield _body(function)
        return value
    finally:
        machine.scope = saved
        machine.meter.leave_call()


def _generate(machine: Machine, function: Function, scope: Scope) -> Steps:
    machine.scope = scope
    value = yield _body(function)
    return value


def _body(function: Function) -> Steps:
    if isinstance(function.body, ast.expr):
        value = yield function.body
        return value
    for statement in function.body:
        signal = yield statement
        if isinstance(signal, Return):
            return signal.value
    return None


def _bind(
    machine: Machine, function: Function, arguments: list[Any], names: dict[str, Any]
) -> dict[str, Any]:
    parameters = function.parameters
    positional = [p.arg for p in (*parameters.posonlyargs, *parameters.args)]
    bound: dict[str, Any] = dict(zip(positional, arguments, strict=False))
    extra = arguments[len(positional) :]
    if parameters.vararg:
        bound[parameters.vararg.arg] = tuple(extra)
    elif extra:
        count = f"{len(positional)} positional argument{'s' if len(positional) != 1 else ''}"
        were = "was" if len(arguments) == 1 else "were"
        raise _misfit(function, f"takes {count} but {len(arguments)} {were} given")
    _bind_names(function, bound, names)
    _bind_defaults(function, positional, bound)
    _require_all(function, positional, bound)
    machine.meter.items(len(bound))
    return bound


def _bind_names(function: Function, bound: dict[str, Any], names: dict[str, Any]) -> None:
    parameters = function.parameters
    known = {p.arg for p in (*parameters.args, *parameters.kwonlyargs)}
    rest: dict[str, Any] = {}
    for name, value in names.items():
        if name in known and name in bound:
            raise _misfit(function, f"got multiple values for argument '{name}'")
        if name in known:
            bound[name] = value
        elif parameters.kwarg is None:
            raise _misfit(function, f"got an unexpected keyword argument '{name}'")
        else:
            rest[name] = value
    if parameters.kwarg:
        bound[parameters.kwarg.arg] = rest


def _bind_defaults(function: Function, positional: list[str], bound: dict[str, Any]) -> None:
    if function.defaults:
        for name, value in zip(
            positional[-len(function.defaults) :], function.defaults, strict=True
        ):
            bound.setdefault(name, value)
    parameters = function.parameters
    for parameter, value in zip(parameters.kwonlyargs, function.keyword_defaults, strict=True):
        if value is not MISSING:
            bound.setdefault(parameter.arg, value)


def _require_all(function: Function, positional: list[str], bound: dict[str, Any]) -> None:
    missing = [p.arg for p in all_parameters(function.parameters) if p.arg not in bound]
    if not missing:
        return
    kind = "positional" if missing[0] in positional else "keyword-only"
    group = [name for name in missing if (name in positional) == (kind == "positional")]
    shown = [f"'{name}'" for name in group]
    listed = shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"
    plural = "s" if len(group) > 1 else ""
    raise _misfit(function, f"missing {len(group)} required {kind} argument{plural}: {listed}")


def _misfit(function: Function, what: str) -> TypeError:
    owner = f"{function.owner.name}." if function.owner is not None else ""
    return TypeError(f"{owner}{function.name}() {what}")
