"""Texts made from values: `str()`, `repr()`, f-strings, and the methods of `str` that can make something huge."""

from __future__ import annotations

import re
import string
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from babble_app.based.machine.operators import MAX_WIDTH
from babble_app.based.machine.values import TalkResult, kind_of

if TYPE_CHECKING:
    from babble_app.based.machine.core import Machine
    from babble_app.based.machine.limits import Meter

_NUMBERS = re.compile(r"\d+")
_STRFTIME = re.compile(r"%[-#0-9_^EO]*\d")


def to_text(meter: Meter, value: Any) -> str:
    """Return `str(value)`."""
    if isinstance(value, str):
        return value
    if isinstance(value, TalkResult):
        return value.transcript
    meter.weigh([value])
    return meter.take(str(value))


def to_repr(meter: Meter, value: Any) -> str:
    """Return `repr(value)`."""
    meter.weigh([value])
    return meter.take(repr(value))


def format_value(meter: Meter, value: Any, spec: str, conversion: str = "") -> str:
    """Return what a `{value!conversion:spec}` of an f-string becomes."""
    if conversion:
        value = to_text(meter, value) if conversion == "s" else to_repr(meter, value)
        value = ascii(value) if conversion == "a" else value
    if not spec:
        return to_text(meter, value)
    if isinstance(value, (datetime, date, time)):
        return strftime(value, spec)
    if not isinstance(value, (str, int, float)):
        message = f"unsupported format string passed to {kind_of(value)}"
        raise TypeError(message)
    if any(len(number) > 4 or int(number) > MAX_WIDTH for number in _NUMBERS.findall(spec)):
        meter.text(meter.limits.text_chars + 1)
    return meter.take(format(value, spec))


def strftime(value: datetime | date | time, template: str) -> str:
    """Return a time as a text; widths, which the C library would fill with zeros, are refused."""
    if _STRFTIME.search(template) or len(template) > MAX_WIDTH:
        message = "widths are not supported in a time's format"
        raise ValueError(message)
    return value.strftime(template)


def format_template(machine: Machine, template: str, *values: Any, **names: Any) -> str:
    """Do `str.format` for plain fields: `{}`, `{0}`, `{name}`, with conversions and specs."""
    parts: list[str] = []
    position = 0
    for literal, field, spec, conversion in string.Formatter().parse(template):
        parts.append(literal)
        if field is None:
            continue
        if field == "":
            value, position = values[position], position + 1
        elif field.isdecimal():
            value = values[int(field)]
        elif field.isidentifier():
            value = names[field]
        else:
            message = "only plain names and numbers can stand in the braces of str.format"
            raise ValueError(message)
        if "{" in (spec or ""):
            message = "nested braces are not supported in str.format"
            raise ValueError(message)
        parts.append(format_value(machine.meter, value, spec or "", conversion or ""))
        machine.meter.text(sum(map(len, parts)))
    return "".join(parts)


def join(machine: Machine, separator: str, parts: list[Any]) -> str:
    """Do `str.join` on a list."""
    size = sum(len(part) for part in parts if isinstance(part, str))
    machine.meter.text(size + len(separator) * max(0, len(parts) - 1))
    return separator.join(parts)


def replace(machine: Machine, text: str, old: str, new: str, count: int = -1) -> str:
    """Do `str.replace`."""
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
