"""The methods that texts and numbers have: one table per type, and nothing that is not in it.

A method is called with the machine, the value, and its arguments. `plain` wraps Python's own for that: arguments are
weighed before and the result after, so that no call makes or walks something huge.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from babble_app.based.machine import texts
from babble_app.based.machine.iteration import to_list

if TYPE_CHECKING:
    from collections.abc import Callable

    from babble_app.based.machine.core import Machine, Steps

_CHARS_PER_STEP = 20_000
_PRODUCT_PER_STEP = 50_000


def plain(function: Callable[..., Any], *, walks: bool = False) -> Callable[..., Any]:
    """Return a method of Python's as one of ours; `walks`: it looks at the whole value."""

    def call(machine: Machine, value: Any, *arguments: Any, **names: Any) -> Any:
        machine.meter.weigh([*([value] if walks else []), *arguments, *names.values()])
        return machine.meter.take(function(value, *arguments, **names))

    return call


def _search(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a method that looks for one text in another, which may take the product of their lengths."""

    def call(machine: Machine, text: str, *arguments: Any, **names: Any) -> Any:
        length = max((len(a) for a in arguments if isinstance(a, str)), default=1)
        machine.meter.step(len(text) * length // _PRODUCT_PER_STEP)
        machine.meter.weigh(arguments)
        return machine.meter.take(function(text, *arguments, **names))

    return call


def _split(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a method that cuts a text; so many parts at the most are made."""
    search = _search(function)

    def call(machine: Machine, text: str, *arguments: Any, **names: Any) -> Any:
        separator = next((a for a in (*arguments, *names.values()) if isinstance(a, str)), "")
        if separator:
            machine.meter.items(text.count(separator))
        machine.meter.allocate(len(text))
        return search(machine, text, *arguments, **names)

    return call


def _join(machine: Machine, separator: str, values: Any) -> Steps:
    parts: list[Any] = yield to_list(machine, values)
    return machine.meter.take(texts.join(machine.meter, separator, parts))


def _taken(function: Callable[..., Any]) -> Callable[..., Any]:
    def call(machine: Machine, *arguments: Any, **names: Any) -> Any:
        return machine.meter.take(function(machine, *arguments, **names))

    return call


def _encode(_machine: Machine, _text: str, *_arguments: Any) -> Any:
    message = "bytes are not supported here"
    raise NotImplementedError(message)


def _whole(_machine: Machine, _value: int) -> bool:
    return True


_TEXT_PLAIN: dict[str, Callable[..., Any]] = {
    "capitalize": str.capitalize, "casefold": str.casefold, "endswith": str.endswith, "isalnum": str.isalnum,
    "isalpha": str.isalpha, "isascii": str.isascii, "isdecimal": str.isdecimal, "isdigit": str.isdigit,
    "isidentifier": str.isidentifier, "islower": str.islower, "isnumeric": str.isnumeric,
    "isprintable": str.isprintable, "isspace": str.isspace, "istitle": str.istitle, "isupper": str.isupper,
    "lower": str.lower, "removeprefix": str.removeprefix, "removesuffix": str.removesuffix,
    "startswith": str.startswith, "swapcase": str.swapcase, "title": str.title, "upper": str.upper,
}  # fmt: skip
_TEXT_SEARCH: dict[str, Callable[..., Any]] = {
    "count": str.count, "find": str.find, "index": str.index, "lstrip": str.lstrip, "partition": str.partition,
    "rfind": str.rfind, "rindex": str.rindex, "rpartition": str.rpartition, "rstrip": str.rstrip, "strip": str.strip,
}  # fmt: skip
TEXT: dict[str, Callable[..., Any]] = {
    **{name: plain(function, walks=True) for name, function in _TEXT_PLAIN.items()},
    **{name: _search(function) for name, function in _TEXT_SEARCH.items()},
    "split": _split(str.split),
    "rsplit": _split(str.rsplit),
    "splitlines": _split(str.splitlines),
    "center": _taken(texts.center),
    "encode": _encode,
    "expandtabs": _taken(texts.expandtabs),
    "format": _taken(texts.format_template),
    "join": _join,
    "ljust": _taken(texts.ljust),
    "replace": _taken(texts.replace),
    "rjust": _taken(texts.rjust),
    "zfill": _taken(texts.zfill),
}
INT: dict[str, Callable[..., Any]] = {
    "bit_length": plain(int.bit_length),
    "bit_count": plain(int.bit_count),
    "is_integer": _whole,
}
FLOAT: dict[str, Callable[..., Any]] = {
    "is_integer": plain(float.is_integer),
    "as_integer_ratio": plain(float.as_integer_ratio),
}
