"""The modules that a program may import: small safe parts of Python's own."""

from __future__ import annotations

import math
import string
from typing import TYPE_CHECKING, Any

from babble_app.based.machine import jsons, matches, randomness, times, web
from babble_app.based.machine.iteration import iterate, to_list
from babble_app.based.machine.values import Module, Native, error_type, is_dict

if TYPE_CHECKING:
    from collections.abc import Callable

    from babble_app.based.machine.core import Machine

_MATH = (
    "acos", "asin", "atan", "atan2", "ceil", "cos", "degrees", "dist", "exp", "fabs", "floor", "fmod", "gcd",
    "hypot", "isclose", "isfinite", "isinf", "isnan", "log", "log10", "log2", "pow", "radians", "sin", "sqrt",
    "tan", "trunc",
)  # fmt: skip
_MAX_FACTORIAL = 1000
_TYPING = (
    "Any", "Callable", "Dict", "Iterable", "List", "Literal", "Mapping", "Optional", "Sequence", "Set", "Tuple",
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


def _small(function: Callable[..., Any]) -> Callable[..., Any]:
    def call(machine: Machine, *arguments: Any) -> Any:
        if any(isinstance(argument, int) and argument > _MAX_FACTORIAL for argument in arguments):
            machine.meter.bits(machine.meter.limits.number_bits + 1)
        return machine.meter.take(function(*arguments))

    return call


def _make_math() -> Module:
    members: dict[str, Any] = {
        name: Native(name, _math_call(math.__dict__[name])) for name in _MATH
    }
    members.update(
        {name: Native(name, _small(math.__dict__[name])) for name in ("factorial", "comb", "perm")}
    )
    members.update(pi=math.pi, e=math.e, inf=math.inf, nan=math.nan, tau=math.tau)
    return Module("math", members)


def _make_json() -> Module:
    def dumps(machine: Machine, value: Any, **options: Any) -> str:
        return jsons.dumps(machine.meter, value, **options)

    def loads(machine: Machine, text: Any) -> Any:
        return jsons.loads(machine.meter, text)

    error = error_type(ValueError, "JSONDecodeError")
    members: dict[str, Any] = {
        "dumps": Native("dumps", dumps), "loads": Native("loads", loads), "JSONDecodeError": error,
    }  # fmt: skip
    return Module("json", members)


def _counter(machine: Machine, values: Any = ()) -> dict[Any, int]:
    counts: dict[Any, int] = {}
    items = to_list(machine, values)
    machine.meter.weigh(items)
    for item in items:
        counts[item] = counts.get(item, 0) + 1
    return counts


def _ordered(_machine: Machine, values: Any = ()) -> dict[Any, Any]:
    return dict(values if is_dict(values) else iterate(values))


def _make_collections() -> Module:
    return Module(
        "collections",
        {"Counter": Native("Counter", _counter), "OrderedDict": Native("OrderedDict", _ordered)},
    )


def _make_typing() -> Module:
    """Return `typing`; annotations are never evaluated, so any value will do."""
    return Module("typing", dict.fromkeys(_TYPING))


def _make_string() -> Module:
    return Module("string", {name: string.__dict__[name] for name in _STRING})


MAKERS: dict[str, Callable[[], Module]] = {
    "asyncio": times.make_asyncio_module,
    "collections": _make_collections,
    "datetime": times.make_datetime_module,
    "json": _make_json,
    "math": _make_math,
    "random": randomness.make_random_module,
    "re": matches.make_module,
    "requests": web.make_requests_module,
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
