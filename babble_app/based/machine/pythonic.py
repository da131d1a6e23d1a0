"""Python's own functions and types, as far as programs have them."""

from __future__ import annotations

import ast
from decimal import Decimal, localcontext
from typing import TYPE_CHECKING, Any
from zlib import crc32

from babble_app.based.machine import lazy, operators, properties, sorting, texts
from babble_app.based.machine.decimals import CONTEXT
from babble_app.based.machine.iteration import drain, to_list
from babble_app.based.machine.objects import ClassValue, is_a, is_callable, is_object
from babble_app.based.machine.sets import FrozenSet, Set
from babble_app.based.machine.tables import METHODS
from babble_app.based.machine.values import (
    MISSING,
    ExhaustedError,
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

_MAX_DIGITS = 400


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
    elif base is MISSING and not is_object(value) and not isinstance(value, _INT_SOURCES):
        what = "a string, a bytes-like object or a real number"
        message = f"int() argument must be {what}, not '{kind_of(value)}'"
        raise TypeError(message)
    number: Any = value
    return machine.meter.take(int(number) if base is MISSING else int(number, base))


_INT_SOURCES: tuple[type, ...] = (int, float, Decimal)


def _list(machine: Machine, values: Any = ()) -> Any:
    return to_list(machine, values)


def _tuple(machine: Machine, values: Any = ()) -> Steps:
    items: list[Any] = yield to_list(machine, values)
    return tuple(items)


def _hashed(kind: Callable[[list[Any]], Any]) -> Callable[..., Any]:
    def call(machine: Machine, values: Any = ()) -> Steps:
        items: list[Any] = yield to_list(machine, values)
        machine.meter.weigh(items)
        return machine.meter.take(kind(items))

    return call


def make_dict(machine: Machine, values: Any = (), **names: Any) -> Steps:
    """Do `dict(values, **names)`."""
    pairs: Any = values
    if not is_dict(values):
        items: list[Any] = yield to_list(machine, values)
        pairs = []
        for item in items:
            pair: list[Any] = yield to_list(machine, item)
            pairs.append(pair)
    machine.meter.weigh([pairs])
    return machine.meter.take(dict(pairs, **names))


def _from_keys(machine: Machine, keys: Any, value: Any = None) -> Steps:
    items: list[Any] = yield to_list(machine, keys)
    machine.meter.weigh(items)
    return machine.meter.take(dict.fromkeys(items, value))


def _len(_machine: Machine, value: Any) -> int:
    if is_sized(value) or is_object(value):
        return len(value)
    message = f"object of type '{kind_of(value)}' has no len()"
    raise TypeError(message)


def _range(machine: Machine, *bounds: int) -> range:
    values = range(*bounds)
    machine.meter.range(max(0, (values.stop - values.start) // values.step))
    return values


def _sum(machine: Machine, values: Any, start: Any = 0) -> Steps:
    if isinstance(start, str):
        message = "sum() can't sum strings [use ''.join(seq) instead]"
        raise TypeError(message)
    total = [start]

    def add(value: Any) -> None:
        total[0] = operators.binary(machine, ast.Add, total[0], value)

    yield drain(machine, values, add)
    return total[0]


class _Known(Exception):  # noqa: N818 -- ends a search, no error
    """The answer is known."""


def _truths(*, stop: bool) -> Callable[..., Steps]:
    def call(machine: Machine, values: Any) -> Steps:
        def look(value: Any) -> None:
            if bool(value) is stop:
                raise _Known

        try:
            yield drain(machine, values, look)
        except _Known:
            return stop
        return not stop

    return call


def _pow(machine: Machine, base: Any, exponent: Any, modulus: Any = None) -> Any:
    if modulus is None:
        return operators.binary(machine, ast.Pow, base, exponent)
    if not all(isinstance(number, int) for number in (base, exponent, modulus)):
        message = "pow() 3rd argument not allowed unless all arguments are integers"
        raise TypeError(message)
    machine.meter.step(exponent.bit_length() * modulus.bit_length() // 500)
    return pow(int(base), int(exponent), int(modulus))


def _round(machine: Machine, value: Any, digits: Any = None) -> Any:
    if isinstance(digits, int) and abs(digits) > _MAX_DIGITS:
        machine.meter.bits(machine.meter.limits.number_bits + 1)
    with localcontext(CONTEXT):
        return machine.meter.take(round(value) if digits is None else round(value, digits))


def _isinstance(machine: Machine, value: Any, kinds: Any) -> bool:
    machine.meter.weigh([kinds])
    return is_a(value, kinds)


def _issubclass(_machine: Machine, kind: Any, kinds: Any) -> bool:
    wanted = kinds if is_tuple(kinds) else (kinds,)
    return any(_extends(kind, one) for one in wanted)


def _extends(kind: Any, other: Any) -> bool:
    if isinstance(kind, ClassValue):
        if isinstance(other, ClassValue):
            return other in kind.mro
        native = kind.native
        kind = native if native is not None else TypeValue("object", (object,), _cannot)
    if not isinstance(kind, TypeValue) or not isinstance(other, (TypeValue, ClassValue)):
        message = "issubclass() needs types"
        raise TypeError(message)
    return isinstance(other, TypeValue) and all(issubclass(one, other.types) for one in kind.types)


def _cannot(_machine: Machine, *_arguments: Any) -> Any:
    message = "this type cannot be called"
    raise TypeError(message)


def _object(machine: Machine) -> Any:
    return machine.call(ClassValue(machine, "object", {}), [], {})


def _type(machine: Machine, value: Any) -> Any:
    return machine.type_of(value)


def _callable(_machine: Machine, value: Any) -> bool:
    return is_callable(value)


def _hash(machine: Machine, value: Any) -> int:
    """Return a number that is the same in every process, which Python's is not for texts."""
    machine.meter.weigh([value])
    if is_object(value):
        return hash(value)
    if isinstance(value, (bool, int, float)) or value is None:
        return 0 if value is None else hash(value)
    if is_tuple(value) or isinstance(value, FrozenSet):
        numbers = [_hash(machine, item) for item in value]
        return hash(tuple(numbers if is_tuple(value) else sorted(numbers)))
    hash(value)  # refuses what has none
    return crc32(repr(value).encode("utf-8", "replace"))


_TYPES: dict[str, tuple[type, Callable[..., Any]]] = {
    "bool": (bool, _plain(bool)),
    "dict": (dict, make_dict),
    "float": (float, _plain(float)),
    "frozenset": (FrozenSet, _hashed(FrozenSet)),
    "int": (int, _int),
    "list": (list, _list),
    "object": (object, _object),
    "range": (range, _range),
    "set": (Set, _hashed(Set)),
    "str": (str, _str),
    "tuple": (tuple, _tuple),
    "type": (TypeValue, _type),
}
_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "abs": _plain(abs),
    "all": _truths(stop=False),
    "any": _truths(stop=True),
    "bin": _plain(bin),
    "callable": _callable,
    "chr": _plain(chr),
    "divmod": _plain(divmod),
    "format": _format,
    "hash": _hash,
    "hex": _plain(hex),
    "isinstance": _isinstance,
    "issubclass": _issubclass,
    "len": _len,
    "max": sorting.choose(max),
    "min": sorting.choose(min),
    "oct": _plain(oct),
    "ord": _plain(ord),
    "pow": _pow,
    "repr": _repr,
    "round": _round,
    "sorted": sorting.sort,
    "sum": _sum,
    **lazy.FUNCTIONS,
}
_ERRORS: tuple[type[Exception], ...] = (
    ArithmeticError, AssertionError, AttributeError, ConnectionError, EOFError, Exception, ImportError, IndexError,
    KeyError, LookupError, NameError, NotImplementedError, OSError, OverflowError, PermissionError, RecursionError,
    RuntimeError, TimeoutError, TypeError, UnboundLocalError, UnicodeError, ValueError, ZeroDivisionError,
)  # fmt: skip


def _unbound(name: str, types: tuple[type, ...], call: Callable[..., Any]) -> Native:
    """Return a method as its type has it: `str.lower`."""

    def method(machine: Machine, value: Any, *arguments: Any, **names: Any) -> Any:
        if not isinstance(value, types):
            message = f"'{name}' cannot be called for a '{kind_of(value)}' object"
            raise TypeError(message)
        return call(machine, value, *arguments, **names)

    return Native(name, method)


def make_builtins() -> dict[str, Any]:
    """Return Python's names."""
    names: dict[str, Any] = {name: Native(name, call) for name, call in _FUNCTIONS.items()}
    for name, (kind, call) in _TYPES.items():
        members: dict[str, Any] = {
            method: _unbound(method, (kind,), function)
            for method, function in METHODS.get(kind, {}).items()
        }
        names[name] = TypeValue(name, (kind,), call, members)
    names["dict"].members["fromkeys"] = Native("fromkeys", _from_keys)
    names.update({kind.__name__: error_type(kind) for kind in _ERRORS})
    names["BaseException"] = names["Exception"]
    names["StopIteration"] = error_type(ExhaustedError, "StopIteration")
    names["NotImplemented"] = NotImplemented
    names.update(properties.make_builtins())
    return names
