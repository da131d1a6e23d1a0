"""The modules that a program may import: small safe parts of Python's own."""

from __future__ import annotations

import ast
import json
import math
import string
from typing import TYPE_CHECKING, Any

from babble_app.based.machine import (
    collections_module,
    dataclass,
    decimals,
    enums,
    functional,
    itertools_module,
    jsons,
    matches,
    operators,
    randomness,
    times,
    web,
)
from babble_app.based.machine.iteration import drain, to_list
from babble_app.based.machine.values import Module, Native, TypeValue, error_type

if TYPE_CHECKING:
    from collections.abc import Callable

    from babble_app.based.machine.core import Machine, Steps

_MATH = (
    "acos", "asin", "atan", "atan2", "ceil", "cos", "degrees", "dist", "exp", "fabs", "floor", "fmod",
    "copysign", "cosh", "exp2", "expm1", "hypot", "isclose", "isfinite", "isinf", "isnan", "isqrt", "log", "log10",
    "log1p", "log2", "modf", "pow", "radians", "remainder", "sin", "sinh", "sqrt", "tan", "tanh", "trunc",
)  # fmt: skip
_MAX_FACTORIAL = 1000
_TYPING = (
    "Any", "Awaitable", "Callable", "ClassVar", "Dict", "Final", "Generator", "Generic", "Iterable", "Iterator", "List",
    "Literal", "Mapping", "MutableMapping", "NoReturn", "Optional", "Sequence", "Set", "Tuple", "Type", "TypeVar",
    "Union",
)  # fmt: skip
_STRING = (
    "ascii_letters",
    "ascii_lowercase",
    "ascii_uppercase",
    "digits",
    "hexdigits",
    "punctuation",
    "whitespace",
)


def _math_call(function: Callable[..., Any]) -> Callable[..., Any]:
    def call(machine: Machine, *arguments: Any, **names: Any) -> Any:
        machine.meter.weigh(arguments)
        return machine.meter.take(function(*arguments, **names))

    return call


def _folded(function: Callable[[int, int], int]) -> Callable[..., Any]:
    """Return a function of any count of whole numbers, done two by two: each result is held against the limits."""

    def call(machine: Machine, *numbers: Any) -> int:
        machine.meter.step(len(numbers) // 10)
        result = 0 if function is math.gcd else 1
        for number in numbers:
            result = machine.meter.take(function(result, number))
        return result

    return call


def _small(function: Callable[..., Any]) -> Callable[..., Any]:
    def call(machine: Machine, *arguments: Any) -> Any:
        if any(isinstance(argument, int) and argument > _MAX_FACTORIAL for argument in arguments):
            machine.meter.bits(machine.meter.limits.number_bits + 1)
        return machine.meter.take(function(*arguments))

    return call


def _product(machine: Machine, values: Any, *, start: Any = 1) -> Steps:
    total = [start]

    def multiply(value: Any) -> None:
        total[0] = operators.binary(machine, ast.Mult, total[0], value)

    yield drain(machine, values, multiply)
    return total[0]


def _fsum(machine: Machine, values: Any) -> Steps:
    items: list[Any] = yield to_list(machine, values)
    machine.meter.weigh(items)
    return math.fsum(items)


def _make_math() -> Module:
    members: dict[str, Any] = {
        name: Native(name, _math_call(math.__dict__[name])) for name in _MATH
    }
    members.update(
        {name: Native(name, _small(math.__dict__[name])) for name in ("factorial", "comb", "perm")}
    )
    members.update(gcd=Native("gcd", _folded(math.gcd)), lcm=Native("lcm", _folded(math.lcm)))
    members.update(prod=Native("prod", _product), fsum=Native("fsum", _fsum))
    members.update(pi=math.pi, e=math.e, inf=math.inf, nan=math.nan, tau=math.tau)
    return Module("math", members)


def _make_json() -> Module:
    def dumps(machine: Machine, value: Any, **options: Any) -> Any:
        return jsons.dumps(machine, value, **options)

    def loads(machine: Machine, text: Any) -> Any:
        return jsons.loads(machine.meter, text)

    error = error_type(json.JSONDecodeError)
    members: dict[str, Any] = {
        "dumps": Native("dumps", dumps), "loads": Native("loads", loads), "JSONDecodeError": error,
    }  # fmt: skip
    return Module("json", members)


def _make_typing() -> Module:
    """Return `typing`, whose names mean nothing at run time but may stand in brackets."""
    names: dict[str, Any] = {name: TypeValue(name, (object,), _first) for name in _TYPING}
    return Module("typing", {**names, "cast": Native("cast", _cast), "TYPE_CHECKING": False})


def _first(_machine: Machine, value: Any = None, *_more: Any) -> Any:
    return value


def _cast(_machine: Machine, _kind: Any, value: Any) -> Any:
    return value


def _make_string() -> Module:
    return Module("string", {name: string.__dict__[name] for name in _STRING})


MAKERS: dict[str, Callable[[], Module]] = {
    "asyncio": times.make_asyncio_module,
    "collections": collections_module.make_module,
    "copy": functional.make_copy_module,
    "dataclasses": dataclass.make_module,
    "datetime": times.make_datetime_module,
    "decimal": decimals.make_module,
    "enum": enums.make_module,
    "functools": functional.make_functools_module,
    "itertools": itertools_module.make_module,
    "json": _make_json,
    "math": _make_math,
    "random": randomness.make_random_module,
    "re": matches.make_module,
    "requests": web.make_requests_module,
    "statistics": functional.make_statistics_module,
    "string": _make_string,
    "time": times.make_time_module,
    "typing": _make_typing,
    "uuid": randomness.make_uuid_module,
    "zoneinfo": times.make_zoneinfo_module,
}


def find_module(name: str) -> Module | None:
    """Return a module by its dotted name."""
    first, *rest = name.split(".")
    make = MAKERS.get(first)
    module: Any = make() if make else None
    for part in rest:
        module = module.members.get(part) if isinstance(module, Module) else None
    return module if isinstance(module, Module) else None
