"""Texts made from values: `str()`, `repr()`, f-strings, `%`, and the methods of `str` that can make something huge."""

from __future__ import annotations

import re
import string
from datetime import date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from babble_app.based.machine.objects import is_object
from babble_app.based.machine.values import Row, TalkResult, is_dict, is_tuple, kind_of

if TYPE_CHECKING:
    from babble_app.based.machine.core import Machine
    from babble_app.based.machine.limits import Meter

MAX_WIDTH = 1000
_NUMBERS = re.compile(r"\d+")
_STRFTIME = re.compile(r"%[-#0-9_^EO]*\d|%s")
_PERCENT = re.compile(
    r"%(?:\((?P<key>[^()]*)\))?(?P<spec>[-#0 +]*(?P<width>\*|\d*)(?:\.(?P<digits>\*|\d*))?)(?P<kind>.?)",
    re.DOTALL,
)
_PERCENT_KINDS = "diouxXeEfFgGcrsa"


def to_text(meter: Meter, value: Any) -> str:
    """Return `str(value)`."""
    if isinstance(value, str):
        return value
    if isinstance(value, TalkResult):
        return value.transcript
    meter.weigh([value], shown=True)
    return meter.take(str(value))


def to_repr(meter: Meter, value: Any) -> str:
    """Return `repr(value)`."""
    meter.weigh([value], shown=True)
    return meter.take(repr(value))


def format_value(meter: Meter, value: Any, spec: str, conversion: str = "") -> str:
    """Return what a `{value!conversion:spec}` of an f-string becomes."""
    if conversion:
        value = to_text(meter, value) if conversion == "s" else to_repr(meter, value)
        value = ascii(value)[1:-1] if conversion == "a" else value
    if not spec and not is_object(value):
        return to_text(meter, value)
    if isinstance(value, (datetime, date, time)):
        return meter.take(strftime(value, spec))
    if is_object(value):
        meter.shown_chars = 0
    elif not isinstance(value, (str, int, float, Decimal)):
        message = f"unsupported format string passed to {kind_of(value)}.__format__"
        raise TypeError(message)
    if any(len(number) > 4 or int(number) > MAX_WIDTH for number in _NUMBERS.findall(spec)):
        meter.text(meter.limits.text_chars + 1)
    return meter.take(format(value, spec))


def strftime(value: datetime | date | time, template: str) -> str:
    """Return a time as a text; what the C library would fill with zeros or take from the machine is refused."""
    if _STRFTIME.search(template) or len(template) > MAX_WIDTH:
        message = "widths and %s are not supported in a time's format"
        raise ValueError(message)
    return value.strftime(template)


def format_template(machine: Machine, template: str, *values: Any, **names: Any) -> str:
    """Do `str.format` for plain fields: `{}`, `{0}`, `{name}`, with conversions and specs."""
    text, _ = _fill(machine, template, values, names, 0)
    return text


def _fill(
    machine: Machine, template: str, values: tuple[Any, ...], names: dict[str, Any], position: int, *, inner: bool = False
) -> tuple[str, int]:  # fmt: skip
    parts: list[str] = []
    size = 0
    for literal, field, spec, conversion in string.Formatter().parse(template):
        machine.meter.step()
        parts.append(literal)
        if field is not None:
            value, position = _field(field, values, names, position)
            if "{" in (spec or "") and not inner:
                spec, position = _fill(machine, spec or "", values, names, position, inner=True)
            parts.append(format_value(machine.meter, value, spec or "", conversion or ""))
        size += sum(map(len, parts[-2:]))
        machine.meter.text(size)
    return "".join(parts), position


def _field(
    field: str, values: tuple[Any, ...], names: dict[str, Any], position: int
) -> tuple[Any, int]:
    if field == "":
        field, position = str(position), position + 1
    if field.isdecimal() and len(field) < 6:
        if int(field) >= len(values):
            message = f"Replacement index {field} out of range for positional args tuple"
            raise IndexError(message)
        return values[int(field)], position
    if field.isidentifier():
        return names[field], position
    message = "only plain names and numbers can stand in the braces of str.format"
    raise ValueError(message)


def percent(machine: Machine, template: str, values: Any) -> str:
    """Do `template % values`, a field at a time."""
    meter = machine.meter
    waiting = list(values) if is_tuple(values) and not isinstance(values, Row) else [values]
    parts: list[str] = []
    size = end = 0
    keyed = False
    for match in _PERCENT.finditer(template):
        parts.append(template[end : match.start()])
        end = match.end()
        if match["kind"] == "%":
            parts.append("%")
        else:
            _check_field(meter, match)
            keyed = keyed or match["key"] is not None
            value = _named(values, match["key"]) if match["key"] is not None else _next(waiting)
            parts.append(_one(meter, match, value))
        size += sum(map(len, parts[-2:]))
        meter.text(size)
    if waiting and not keyed and isinstance(values, (tuple, str, int, float, type(None))):
        message = "not all arguments converted during string formatting"
        raise TypeError(message)
    return meter.take("".join([*parts, template[end:]]))


def _check_field(meter: Meter, match: re.Match[str]) -> None:
    meter.step()
    if match["kind"] == "" or match["kind"] not in _PERCENT_KINDS:
        message = (
            "incomplete format"
            if match["kind"] == ""
            else f"unsupported format character '{match['kind']}'"
        )
        raise ValueError(message)
    for width in (match["width"], match["digits"]):
        if width == "*":
            message = "'*' is not supported in a % template"
            raise ValueError(message)
        if width and (len(width) > 4 or int(width) > MAX_WIDTH):
            meter.text(meter.limits.text_chars + 1)


def _one(meter: Meter, match: re.Match[str], value: Any) -> str:
    meter.weigh([value], shown=True)
    return f"%{match['spec']}{match['kind']}" % (value,)


def _named(values: Any, key: str) -> Any:
    if is_dict(values):
        return values[key]
    message = "format requires a mapping"
    raise TypeError(message)


def _next(waiting: list[Any]) -> Any:
    if waiting:
        return waiting.pop(0)
    message = "not enough arguments for format string"
    raise TypeError(message)


def join(meter: Meter, separator: str, parts: list[Any]) -> str:
    """Do `str.join` on a list."""
    size = sum(len(part) for part in parts if isinstance(part, str))
    meter.text(size + len(separator) * max(0, len(parts) - 1))
    return separator.join(parts)


def replace(machine: Machine, text: str, old: str, new: str, count: int = -1) -> str:
    """Do `str.replace`."""
    machine.meter.step(len(text) // 20_000)
    times = text.count(old) if count < 0 else min(count, text.count(old))
    machine.meter.text(len(text) + times * (len(new) - len(old)))
    return text.replace(old, new, count)


def center(machine: Machine, text: str, width: int, fill: str = " ") -> str:
    """Do `str.center`."""
    machine.meter.text(width)
    return text.center(width, fill)


def ljust(machine: Machine, text: str, width: int, fill: str = " ") -> str:
    """Do `str.ljust`."""
    machine.meter.text(width)
    return text.ljust(width, fill)


def rjust(machine: Machine, text: str, width: int, fill: str = " ") -> str:
    """Do `str.rjust`."""
    machine.meter.text(width)
    return text.rjust(width, fill)


def zfill(machine: Machine, text: str, width: int) -> str:
    """Do `str.zfill`."""
    machine.meter.text(width)
    return text.zfill(width)


def expandtabs(machine: Machine, text: str, tabsize: int = 8) -> str:
    """Do `str.expandtabs`."""
    machine.meter.text(len(text) + text.count("\t") * max(0, tabsize))
    return text.expandtabs(tabsize)
