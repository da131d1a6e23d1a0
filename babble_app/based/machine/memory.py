"""Measures what a program holds: everything that can be reached from its names and its running steps."""

from __future__ import annotations

import ast
import gc
import sys
from types import (
    BuiltinFunctionType,
    CodeType,
    FrameType,
    FunctionType,
    MethodType,
    ModuleType,
    TracebackType,
)
from typing import TYPE_CHECKING, Any, cast

from babble_app.based.machine.values import is_dict

if TYPE_CHECKING:
    from collections.abc import Iterable

_SMALL = frozenset({bool, int, float, type(None)})
_SMALL_BYTES = 24
_PARTS_AT_ONCE = 20
_SHARED_CHARS = 200
"""Shorter texts are counted as often as they are met: cheaper than to remember each."""


class Uncounted:
    """Base of the machine's own parts, which are no values of the program."""

    __slots__ = ()


_NOT_VALUES = (
    Uncounted, ast.AST, type, BuiltinFunctionType, CodeType, FrameType, FunctionType, MethodType, ModuleType, TracebackType,
)  # fmt: skip


def measure(roots: Iterable[Any], enough: int) -> tuple[int, int]:
    """Return the bytes of what can be reached, and how many things were looked at; stops when it is more than enough."""
    seen: set[int] = set()
    counted: dict[type[Any], bool] = {}
    stack = list(roots)
    total = count = 0
    while stack and total <= enough:
        value = stack.pop()
        count += 1
        kind = cast("type[Any]", type(value))  # any type of a value
        if kind is str and len(value) <= _SHARED_CHARS:
            total += sys.getsizeof(value)
            continue
        if kind not in counted:
            counted[kind] = not issubclass(kind, _NOT_VALUES)
        if kind is FunctionType and id(value) not in seen:  # what `partial` and `lru_cache` keep
            seen.add(id(value))
            stack.extend(cell.cell_contents for cell in value.__closure__ or ())
            continue
        if not counted[kind] or id(value) in seen:
            continue
        seen.add(id(value))
        total += sys.getsizeof(value)
        parts = gc.get_referents(value)
        if is_dict(value):
            parts.extend(key for key in value if type(key) is str)  # which `gc` leaves out
        walked = [part for part in parts if type(part) not in _SMALL]
        total += (len(parts) - len(walked)) * _SMALL_BYTES
        count += len(parts) // _PARTS_AT_ONCE
        stack.extend(walked)
    return total, count
