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
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

SMALL = frozenset({bool, int, float, type(None)})
_NOT_VALUES = (
    ast.AST, type, BuiltinFunctionType, CodeType, FrameType, FunctionType, MethodType, ModuleType, TracebackType,
)  # fmt: skip
_SHARED_CHARS = 200
"""Shorter texts are counted as often as they are met: cheaper than to remember each."""


class Uncounted:
    """Base of the machine's own parts, which are no values of the program."""

    __slots__ = ()


def measure(roots: Iterable[Any], enough: int) -> tuple[int, int]:
    """Return the bytes of what can be reached, and how many things were looked at; stops when it is more than enough."""
    seen: set[int] = set()
    stack = list(roots)
    total = count = 0
    while stack and total <= enough:
        value = stack.pop()
        count += 1
        kind: type[Any] = type(value)
        if kind is str and len(value) <= _SHARED_CHARS:
            total += sys.getsizeof(value)
        elif kind in SMALL:
            total += 0 if value is None or kind is bool else 28
        elif id(value) not in seen and not isinstance(value, (Uncounted, *_NOT_VALUES)):
            seen.add(id(value))
            total += sys.getsizeof(value)
            stack.extend(gc.get_referents(value))
    return total, count
