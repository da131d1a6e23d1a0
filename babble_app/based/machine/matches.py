"""The `re` module: patterns run in a matcher that can be stopped, for a bad pattern may take years."""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import regex

from babble_app.based.machine.errors import HaltError
from babble_app.based.machine.iteration import lazily
from babble_app.based.machine.signals import Yielded
from babble_app.based.machine.values import Module, Native, error_type, kind_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from babble_app.based.machine.core import Machine, Steps

_PATTERN_CHARS = 500
_MAX_REPEAT = 1000
_MAX_PATTERNS = 500
_TIMEOUT_SECONDS = 0.2
_REPEATS = re.compile(r"\{(\d*)(?:,(\d*))?\}")
_NOT_REPEATS = re.compile(r"(\\N\{[^}]*\}|\\.)|\{(?!\d*,?\d*\})|\{(?=,?\})", re.DOTALL)
"""Braces that are plain characters to Python, but not to `regex`, to which `{e<=1}` is an approximate match."""
_REFERENCES = re.compile(r"\\(?:\d+|g<[^>]*>)")
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
    subject: str
    """Where it was found; the match keeps it from being freed, which only this shows."""

    def __repr__(self) -> str:
        return f"<re.Match object; span={self.match.span()}, match={self.match.group()!r:.50}>"


def _compile(machine: Machine, pattern: Any, flags: Any = 0) -> Pattern:
    if isinstance(pattern, Pattern):
        return pattern
    if not isinstance(pattern, str) or not isinstance(flags, int):
        message = "first argument must be string or compiled pattern"
        raise TypeError(message)
    machine.meter.step(5)
    key = (pattern, int(flags))
    if key not in machine.patterns:
        if len(machine.patterns) >= _MAX_PATTERNS:
            raise HaltError("R_LIMIT_PATTERN", f"More than {_MAX_PATTERNS} regular expressions.")
        machine.patterns[key] = _compiled(pattern, int(flags) & int(_ALLOWED_FLAGS))
    return machine.patterns[key]


def _compiled(pattern: str, flags: int) -> Pattern:
    if len(pattern) > _PATTERN_CHARS or _repeats(pattern) > _MAX_REPEAT:
        raise HaltError("R_LIMIT_PATTERN", "A regular expression is too long or repeats too often.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            re.compile(pattern, flags)  # refuses what only `regex` knows, such as recursion
            translated = _NOT_REPEATS.sub(lambda found: found[1] or "\\{", pattern)
            return Pattern(pattern, regex.compile(translated, flags, cache_pattern=False))
    except (re.error, regex.error) as error:
        raise re.error(str(error)) from None
    except (RecursionError, OverflowError) as error:
        message = f"invalid regular expression: {error}"
        raise re.error(message) from None


def _repeats(pattern: str) -> int:
    product = 1
    for match in _REPEATS.finditer(pattern):
        counts = [int(count[:6]) for count in match.groups() if count]
        product *= max(1, *counts) if counts else 1
    return product


def _guarded(machine: Machine, function: Callable[..., Any], *arguments: Any, **names: Any) -> Any:
    machine.meter.step(5)
    machine.meter.check_time()
    try:
        return function(*arguments, timeout=_TIMEOUT_SECONDS, **names)
    except TimeoutError:
        raise HaltError("R_LIMIT_TIME", "A regular expression took too long.") from None
    except MemoryError:
        raise HaltError("R_LIMIT_MEMORY", "A regular expression took too much memory.") from None


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    message = f"expected string or bytes-like object, got '{kind_of(value)}'"
    raise TypeError(message)


def _searcher(name: str) -> Callable[..., Any]:
    def call(machine: Machine, pattern: Any, string: Any, flags: Any = 0) -> Found | None:
        compiled = _compile(machine, pattern, flags).compiled
        functions: dict[str, Callable[..., Any]] = {
            "search": compiled.search,
            "match": compiled.match,
            "fullmatch": compiled.fullmatch,
        }
        match = _guarded(machine, functions[name], _text(string))
        return None if match is None else Found(match, match.string)

    return call


def _all(machine: Machine, pattern: Any, text: Any, flags: Any) -> list[Any]:
    """Return all matches; each search has its time, and all together have no more."""
    compiled = _compile(machine, pattern, flags).compiled

    def collect(subject: str, timeout: float) -> list[Any]:
        found: list[Any] = []
        for match in compiled.finditer(subject, timeout=timeout):
            found.append(match)
            if not len(found) & 0xFF:
                machine.meter.items(len(found))
                machine.meter.step(5)
        return found

    found = _guarded(machine, collect, _text(text))
    machine.meter.step(len(found) // 20)
    machine.meter.items(len(found))
    return found


def _findall(machine: Machine, pattern: Any, string: Any, flags: Any = 0) -> list[Any]:
    found: list[Any] = []
    for match in _all(machine, pattern, string, flags):
        groups = match.groups("")
        found.append(match.group() if not groups else groups[0] if len(groups) == 1 else groups)
        machine.meter.allocate(60 * len(groups))
    return machine.meter.take(found)


@lazily
def _finditer(machine: Machine, pattern: Any, string: Any, flags: Any = 0) -> Steps:
    for match in _all(machine, pattern, string, flags):
        yield Yielded(Found(match, match.string))


def _split(
    machine: Machine, pattern: Any, string: Any, maxsplit: int = 0, flags: Any = 0
) -> list[Any]:
    parts: list[Any] = []
    end = 0
    for match in _all(machine, pattern, string, flags)[: maxsplit or None]:
        parts.extend((string[end : match.start()], *match.groups()))
        end = match.end()
        machine.meter.items(len(parts))
    return machine.meter.take([*parts, string[end:]])


def _sub(
    machine: Machine, pattern: Any, repl: Any, string: Any, count: int = 0, flags: Any = 0
) -> Steps:
    text, _ = yield _subn(machine, pattern, repl, string, count, flags)
    return text


def _subn(
    machine: Machine, pattern: Any, repl: Any, string: Any, count: int = 0, flags: Any = 0
) -> Steps:
    found = _all(machine, pattern, string, flags)[: count or None]
    parts: list[str] = []
    size = end = 0
    for match in found:
        new = _expand(machine, match, repl) if isinstance(repl, str) else None
        if new is None:
            new = yield machine.call(repl, [Found(match, match.string)], {})
        parts.extend((string[end : match.start()], _text(new)))
        end = match.end()
        size += len(parts[-1]) + len(parts[-2])
        machine.meter.text(size)
    return machine.meter.take("".join([*parts, string[end:]])), len(found)


def _expand(machine: Machine, match: Any, template: str) -> str:
    if "\\" not in template:
        return template
    longest = max(len(group or "") for group in (match.group(), *match.groups()))
    machine.meter.text(len(template) + len(_REFERENCES.findall(template)) * longest)
    machine.meter.step(len(template) // 200)
    try:
        return match.expand(template)
    except (regex.error, IndexError) as error:
        raise re.error(str(error)) from None


def _escape(machine: Machine, pattern: Any) -> str:
    return machine.meter.take(re.escape(_text(pattern)))


def group(machine: Machine, found: Found, *numbers: Any) -> Any:
    """Do `match.group`."""
    try:
        return machine.meter.take(found.match.group(*numbers))
    except IndexError:
        message = "no such group"
        raise IndexError(message) from None


def _taken(name: str) -> Callable[..., Any]:
    def call(machine: Machine, found: Found, *arguments: Any) -> Any:
        functions: dict[str, Callable[..., Any]] = {
            "groups": found.match.groups,
            "groupdict": found.match.groupdict,
            "start": found.match.start,
            "end": found.match.end,
            "span": found.match.span,
        }
        return machine.meter.take(functions[name](*arguments))

    return call


METHODS: dict[str, Callable[..., Any]] = {
    "group": group,
    **{name: _taken(name) for name in ("groups", "groupdict", "start", "end", "span")},
}
_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "search": _searcher("search"),
    "match": _searcher("match"),
    "fullmatch": _searcher("fullmatch"),
    "findall": _findall,
    "finditer": _finditer,
    "split": _split,
    "sub": _sub,
    "subn": _subn,
}
PATTERN_METHODS = _FUNCTIONS


def make_module() -> Module:
    """Return the module as a program imports it."""
    members: dict[str, Any] = {name: Native(name, call) for name, call in _FUNCTIONS.items()}
    members.update({name: int(flag) for name, flag in _FLAGS.items()})
    members["compile"] = Native("compile", _compile)
    members["escape"] = Native("escape", _escape)
    members["error"] = error_type(re.error)
    return Module("re", members)
