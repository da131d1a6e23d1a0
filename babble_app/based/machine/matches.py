"""The `re` module: patterns run in a matcher that can be stopped, for a bad pattern may take years."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import regex

from babble_app.based.machine.errors import HaltError
from babble_app.based.machine.values import Cursor, Module, Native, error_type

if TYPE_CHECKING:
    from collections.abc import Callable

    from babble_app.based.machine.core import Machine

_PATTERN_CHARS = 500
_MAX_REPEAT = 1000
_TIMEOUT_SECONDS = 0.2
_REPEATS = re.compile(r"\{(\d+)(?:,(\d*))?\}")
_FLAGS = {
    "I": regex.I, "IGNORECASE": regex.I, "M": regex.M, "MULTILINE": regex.M, "S": regex.S, "DOTALL": regex.S,
    "X": regex.X, "VERBOSE": regex.X, "A": regex.A, "ASCII": regex.A, "U": regex.U, "UNICODE": regex.U,
}  # fmt: skip
_ALLOWED_FLAGS = regex.I | regex.M | regex.S | regex.X | regex.A | regex.U


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Pattern:
    """A compiled pattern."""

    text: str
    compiled: Any

    def __repr__(self) -> str:
        return f"re.compile({self.text!r})"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Found:
    """A match."""

    match: Any

    def __repr__(self) -> str:
        return f"<match {self.match.group()!r}>"


def _compile(_machine: Machine, pattern: Any, flags: Any = 0) -> Pattern:
    if isinstance(pattern, Pattern):
        return pattern
    if not isinstance(pattern, str) or not isinstance(flags, int):
        message = "a pattern must be a text"
        raise TypeError(message)
    if len(pattern) > _PATTERN_CHARS or _repeats(pattern) > _MAX_REPEAT:
        raise HaltError("R_LIMIT_PATTERN", "A regular expression is too long or repeats too often.")
    try:
        return Pattern(
            pattern, regex.compile(pattern, int(flags) & int(_ALLOWED_FLAGS), cache_pattern=False)
        )
    except (regex.error, RecursionError, OverflowError) as error:
        message = f"invalid regular expression: {error}"
        raise ValueError(message) from None


def _repeats(pattern: str) -> int:
    product = 1
    for match in _REPEATS.finditer(pattern):
        counts = [int(count[:6]) for count in match.groups() if count]
        product *= max(1, *counts)
    return product


def _guarded(machine: Machine, function: Callable[..., Any], *arguments: Any, **names: Any) -> Any:
    machine.meter.step(5)
    machine.meter.check_time()
    try:
        return function(*arguments, timeout=_TIMEOUT_SECONDS, **names)
    except TimeoutError:
        raise HaltError("R_LIMIT_TIME", "A regular expression took too long.") from None


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    message = "a regular expression searches in a text"
    raise TypeError(message)


def _searcher(name: str) -> Callable[..., Any]:
    def call(machine: Machine, pattern: Any, text: Any, flags: Any = 0) -> Found | None:
        compiled = _compile(machine, pattern, flags).compiled
        functions: dict[str, Callable[..., Any]] = {
            "search": compiled.search,
            "match": compiled.match,
            "fullmatch": compiled.fullmatch,
        }
        match = _guarded(machine, functions[name], _text(text))
        return None if match is None else Found(match)

    return call


def _findall(machine: Machine, pattern: Any, text: Any, flags: Any = 0) -> list[Any]:
    compiled = _compile(machine, pattern, flags).compiled
    return machine.meter.take(_guarded(machine, compiled.findall, _text(text)))


def _finditer(machine: Machine, pattern: Any, text: Any, flags: Any = 0) -> Cursor:
    compiled = _compile(machine, pattern, flags).compiled

    def collect(subject: str, timeout: float) -> list[Found]:
        return [Found(match) for match in compiled.finditer(subject, timeout=timeout)]

    return Cursor(machine.meter.take(_guarded(machine, collect, _text(text))))


def _split(
    machine: Machine, pattern: Any, text: Any, maxsplit: int = 0, flags: Any = 0
) -> list[Any]:
    compiled = _compile(machine, pattern, flags).compiled
    return machine.meter.take(_guarded(machine, compiled.split, _text(text), maxsplit))


def _sub(
    machine: Machine, pattern: Any, new: Any, text: Any, count: int = 0, flags: Any = 0
) -> str:
    compiled = _compile(machine, pattern, flags).compiled
    found = _guarded(machine, compiled.findall, _text(text))
    machine.meter.text(len(text) + len(found) * len(_text(new)) * (1 + _text(new).count("\\")))
    try:
        return machine.meter.take(_guarded(machine, compiled.sub, new, text, count))
    except (regex.error, IndexError) as error:
        message = f"invalid replacement: {error}"
        raise ValueError(message) from None


def _escape(machine: Machine, text: Any) -> str:
    return machine.meter.take(re.escape(_text(text)))


def group(_machine: Machine, found: Found, *numbers: Any) -> Any:
    """Do `match.group`."""
    return found.match.group(*numbers)


def _groups(machine: Machine, found: Found, default: Any = None) -> Any:
    return machine.meter.take(found.match.groups(default))


def _groupdict(machine: Machine, found: Found) -> Any:
    return machine.meter.take(found.match.groupdict())


def _start(_machine: Machine, found: Found, number: Any = 0) -> int:
    return found.match.start(number)


def _end(_machine: Machine, found: Found, number: Any = 0) -> int:
    return found.match.end(number)


def _span(_machine: Machine, found: Found, number: Any = 0) -> tuple[int, int]:
    return found.match.span(number)


METHODS: dict[str, Callable[..., Any]] = {
    "group": group,
    "groups": _groups,
    "groupdict": _groupdict,
    "start": _start,
    "end": _end,
    "span": _span,
}
_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "search": _searcher("search"),
    "match": _searcher("match"),
    "fullmatch": _searcher("fullmatch"),
    "findall": _findall,
    "finditer": _finditer,
    "split": _split,
    "sub": _sub,
}
PATTERN_METHODS = _FUNCTIONS


def make_module() -> Module:
    """Return the module as a program imports it."""
    members: dict[str, Any] = {name: Native(name, call) for name, call in _FUNCTIONS.items()}
    members.update({name: int(flag) for name, flag in _FLAGS.items()})
    members["compile"] = Native("compile", _compile)
    members["escape"] = Native("escape", _escape)
    members["error"] = error_type(ValueError, "error")
    return Module("re", members)
