"""Operators, each looked at before it can make something huge."""

# typeshed leaves the parameters of `operator` untyped:
# pyright: reportUnknownMemberType=false

from __future__ import annotations

import ast
import operator
import re
from typing import TYPE_CHECKING, Any

from babble_app.based.machine.values import is_sequence, is_sized

if TYPE_CHECKING:
    from collections.abc import Callable

    from babble_app.based.machine.limits import Meter

_BINARY: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
    ast.LShift: operator.lshift,
    ast.RShift: operator.rshift,
    ast.BitAnd: operator.and_,
    ast.BitOr: operator.or_,
    ast.BitXor: operator.xor,
}
_IN_PLACE: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.iadd,
    ast.BitOr: operator.ior,
    ast.BitAnd: operator.iand,
    ast.Sub: operator.isub,
}
_UNARY: dict[type[ast.unaryop], Callable[[Any], Any]] = {
    ast.Not: operator.not_,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
    ast.Invert: operator.invert,
}
_COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
    ast.In: lambda item, values: item in values,
    ast.NotIn: lambda item, values: item not in values,
}
_PERCENT = re.compile(r"%(?:\([^)]*\))?[-#0 +]*(\*|\d*)(?:\.(\*|\d*))?")
MAX_WIDTH = 1000


def binary(meter: Meter, kind: type[ast.operator], left: Any, right: Any) -> Any:
    """Return `left OP right`."""
    _check(meter, kind, left, right)
    return meter.take(_BINARY[kind](left, right))


def in_place(meter: Meter, kind: type[ast.operator], left: Any, right: Any) -> Any:
    """Return what `left OP= right` makes of left; lists and sets are changed themselves."""
    if kind in _IN_PLACE and isinstance(left, (list, set, dict)) and is_sized(left):
        meter.weigh([right])
        if kind is ast.Add:
            meter.items(len(left) + _length(right))
        return meter.take(_IN_PLACE[kind](left, right))
    return binary(meter, kind, left, right)


def unary(meter: Meter, kind: type[ast.unaryop], value: Any) -> Any:
    """Return `OP value`."""
    return meter.take(_UNARY[kind](value))


def compare(meter: Meter, kind: type[ast.cmpop], left: Any, right: Any) -> Any:
    """Return `left OP right` of a comparison."""
    if kind in {ast.In, ast.NotIn} and isinstance(right, (dict, set, frozenset)):
        meter.weigh([left])
    elif kind not in {ast.Is, ast.IsNot}:
        meter.weigh([left, right])
        if isinstance(right, str):
            meter.step(len(right) // 5_000)
    return _COMPARE[kind](left, right)


def _check(meter: Meter, kind: type[ast.operator], left: Any, right: Any) -> None:
    if kind is ast.Mult:
        _check_product(meter, left, right)
    elif kind is ast.Add and is_sequence(left) and is_sequence(right):
        (meter.text if isinstance(left, str) else meter.items)(len(left) + len(right))
    elif kind is ast.Pow:
        _check_power(meter, left, right)
    elif kind is ast.LShift and isinstance(left, int) and isinstance(right, int):
        meter.bits(left.bit_length() + max(0, right))
    elif kind is ast.Mod and isinstance(left, str):
        check_percent(meter, left)
        meter.weigh([right])
    elif kind in _IN_PLACE:
        meter.weigh([left, right])


def _check_product(meter: Meter, left: Any, right: Any) -> None:
    for sequence, count in ((left, right), (right, left)):
        if is_sequence(sequence) and isinstance(count, int):
            (meter.text if isinstance(sequence, str) else meter.items)(
                len(sequence) * max(0, count)
            )
    if isinstance(left, int) and isinstance(right, int):
        meter.bits(left.bit_length() + right.bit_length() - 1)


def _check_power(meter: Meter, base: Any, exponent: Any) -> None:
    if isinstance(base, int) and isinstance(exponent, int) and exponent > 0 and abs(base) > 1:
        meter.bits(base.bit_length() * exponent)


def check_percent(meter: Meter, template: str) -> None:
    """Refuse widths in a `%` template that make it huge."""
    for match in _PERCENT.finditer(template):
        for width in match.groups():
            if width == "*":
                message = "'*' is not supported in a % template"
                raise ValueError(message)
            if width and (len(width) > len(str(MAX_WIDTH)) or int(width) > MAX_WIDTH):
                meter.text(meter.limits.text_chars + 1)


def _length(value: Any) -> int:
    return len(value) if is_sized(value) else 0
