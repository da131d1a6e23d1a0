"""Python's own functions and types, as far as programs have them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from babble_app.based.machine import operators, sorting, texts
from babble_app.based.machine.functions import call as call_function
from babble_app.based.machine.iteration import iterate, to_list
from babble_app.based.machine.values import (
    MISSING,
    Cursor,
    Function,
    Method,
    Native,
    TypeValue,
    error_type,
    is_dict,
    is_sized,
    is_tuple,
    kind_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from babble_app.based.machine.core import Machine, Steps


def _plain(function: Callable[..., Any]) -> Callable[..., Any]:
    def call(machine: Machine, *arguments: Any, **names: Any) -> Any:
        machine.meter.weigh([*arguments, *names.values()])
        return machine.meter.take(function(*arguments, **names))

    return call


def _str(machine: Machine, value: Any = "") -> str:
    return texts.to_text(machine.meter, value)


def _repr(machine: Machine, value: Any) -> str:
    return texts.to_repr(machine.meter, value)


def _format(machine: Machine, value: Any, spec: str = "") -> str:
    return texts.format_value(machine.meter, value, spec)


def _int(machine: Machine, value: Any = 0, base: Any = MISSING) -> int:
    if isinstance(value, str):
        machine.meter.bits(len(value) * 3)
    return machine.meter.take(int(value) if base is MISSING else int(value, base))


def _list(machine: Machine, values: Any = ()) -> list[Any]:
    return to_list(machine, values)


def _tuple(machine: Machine, values: Any = ()) -> tuple[Any, ...]:
    return tuple(to_list(machine, values))


def _hashed(kind: Callable[[list[Any]], Any]) -> Callable[..., Any]:
    def call(machine: Machine, values: Any = ()) -> Any:
        items = to_list(machine, values)
        machine.meter.weigh(items)
        return machine.meter.take(kind(items))

    return call


def _dict(machine: Machine, values: Any = (), **names: Any) -> dict[Any, Any]:
    pairs = values if is_dict(values) else to_list(machine, values)
    machine.meter.weigh([pairs])
    return machine.meter.take(dict(pairs, **names))


def _len(machine: Machine, value: Any) -> int:
    if is_sized(value):
        return len(value)
    del machine
    message = f"object of type '{kind_of(value)}' has no len()"
    raise TypeError(message)


def _range(machine: Machine, *bounds: int) -> range:
    values = range(*bounds)
    first = abs(values.stop - values.start) // abs(values.step)
    machine.meter.range(first)
    return values


def _sum(machine: Machine, values: Any, start: Any = 0) -> Any:
    total = start
    for value in to_list(machine, values):
        machine.meter.step()
        total = operators.binary(machine.meter, ast.Add, total, value)
    return total


def _truths(*, stop: bool) -> Callable[..., bool]:
    def call(machine: Machine, values: Any) -> bool:
        return any(bool(v) is stop for v in to_list(machine, values)) is stop

    return call


def _enumerate(machine: Machine, values: Any, start: int = 0) -> Cursor:
    return Cursor(machine.meter.take(list(enumerate(to_list(machine, values), start))))


def _zip(machine: Machine, *values: Any, strict: bool = False) -> Cursor:
    lists = [to_list(machine, value) for value in values]
    return Cursor(machine.meter.take(list(zip(*lists, strict=bool(strict)))))


def _iter(machine: Machine, values: Any) -> Cursor:
    return values if isinstance(values, Cursor) else Cursor(to_list(machine, values))


def _next(_machine: Machine, cursor: Any, default: Any = MISSING) -> Any:
    if not isinstance(cursor, Cursor):
        message = f"'{kind_of(cursor)}' object is not an iterator"
        raise TypeError(message)
    for value in iterate(cursor):
        return value
    if default is MISSING:
        message = "the iterator has no more items"
        raise LookupError(message)
    return default


def _map(machine: Machine, function: Any, *values: Any) -> Steps:
    results: list[Any] = []
    for arguments in zip(*(to_list(machine, value) for value in values), strict=False):
        result = yield call_function(machine, function, list(arguments), {})
        results.append(result)
    return Cursor(machine.meter.take(results))


def _filter(machine: Machine, function: Any, values: Any) -> Steps:
    results: list[Any] = []
    for value in to_list(machine, values):
        keep = value
        if function is not None:
            keep = yield call_function(machine, function, [value], {})
        if keep:
            results.append(value)
    return Cursor(machine.meter.take(results))


def _pow(machine: Machine, base: Any, exponent: Any) -> Any:
    return operators.binary(machine.meter, ast.Pow, base, exponent)


def _isinstance(_machine: Machine, value: Any, kinds: Any) -> bool:
    wanted = kinds if is_tuple(kinds) else (kinds,)
    if not all(isinstance(kind, TypeValue) for kind in wanted):
        message = "isinstance() needs a type or a tuple of types"
        raise TypeError(message)
    return any(isinstance(value, kind.types) for kind in wanted)


def _callable(_machine: Machine, value: Any) -> bool:
    return isinstance(value, (Function, Native, Method, TypeValue))


def _reversed(machine: Machine, values: Any) -> Cursor:
    return Cursor(to_list(machine, values)[::-1])


_TYPES: dict[str, tuple[tuple[type, ...], Callable[..., Any]]] = {
    "bool": ((bool,), _plain(bool)),
    "dict": ((dict,), _dict),
    "float": ((float,), _plain(float)),
    "frozenset": ((frozenset,), _hashed(frozenset)),
    "int": ((int,), _int),
    "list": ((list,), _list),
    "range": ((range,), _range),
    "set": ((set,), _hashed(set)),
    "str": ((str,), _str),
    "tuple": ((tuple,), _tuple),
}
_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "abs": _plain(abs),
    "all": _truths(stop=False),
    "any": _truths(stop=True),
    "callable": _callable,
    "chr": _plain(chr),
    "divmod": _plain(divmod),
    "enumerate": _enumerate,
    "filter": _filter,
    "format": _format,
    "isinstance": _isinstance,
    "iter": _iter,
    "len": _len,
    "map": _map,
    "max": sorting.choose(max),
    "min": sorting.choose(min),
    "next": _next,
    "ord": _plain(ord),
    "pow": _pow,
    "repr": _repr,
    "reversed": _reversed,
    "round": _plain(round),
    "sorted": sorting.sort,
    "sum": _sum,
    "zip": _zip,
}
_ERRORS: tuple[type[Exception], ...] = (
    ArithmeticError, AssertionError, AttributeError, ConnectionError, Exception, IndexError, KeyError, LookupError,
    NameError, NotImplementedError, OverflowError, RuntimeError, TimeoutError, TypeError, ValueError, ZeroDivisionError,
)  # fmt: skip


def make_builtins() -> dict[str, Any]:
    """Return Python's names."""
    names: dict[str, Any] = {name: Native(name, call) for name, call in _FUNCTIONS.items()}
    names.update({name: TypeValue(name, types, call) for name, (types, call) in _TYPES.items()})
    names.update({kind.__name__: error_type(kind) for kind in _ERRORS})
    return names
