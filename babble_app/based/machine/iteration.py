"""What can be iterated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from babble_app.based.machine.values import Cursor, kind_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from babble_app.based.machine.core import Machine

_ITERABLE = (str, list, tuple, dict, set, frozenset, range, Cursor)


def iterate(value: Any) -> Iterator[Any]:
    """Return an iterator over a value of the program.

    Raises:
        TypeError: it is none that can be iterated.
    """
    if isinstance(value, _ITERABLE):
        return iter(cast("list[Any]", value))  # or another of these
    message = f"'{kind_of(value)}' object is not iterable"
    raise TypeError(message)


def to_list(machine: Machine, value: Any) -> list[Any]:
    """Return a value's items as a new list."""
    if isinstance(value, str):
        machine.meter.items(len(value))
    return machine.meter.take(list(iterate(value)))
