"""Operators, each looked at before it can make something huge."""

# typeshed leaves the parameters of `operator` untyped:
# pyright: reportUnknownMemberType=false

from __future__ import annotations

import ast
import operator
from collections import deque
from collections.abc import KeysView
from decimal import Decimal, localcontext
from typing import TYPE_CHECKING, Any, cast

from babble_app.based.machine import texts
from babble_app.based.machine.decimals import CONTEXT
from babble_app.based.machine.iteration import Stream, drain, to_list
from babble_app.based.machine.objects import bind, is_object
from babble_app.based.machine.sets import FrozenSet, Set
from babble_app.based.machine.values import (
    MISSING,
    Cursor,
    Row,
    is_dict,
    is_list,
    is_sequence,
    is_sized,
    kind_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from babble_app.based.machine.core import Machine, Steps
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
    ast.Sub: operator.isub,
    ast.Mult: operator.imul,
    ast.BitAnd: operator.iand,
    ast.BitOr: operator.ior,
    ast.BitXor: operator.ixor,
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
}
_SYMBOLS: dict[type[ast.operator], str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%", ast.Pow: "** or pow()",
    ast.LShift: "<<", ast.RShift: ">>", ast.BitAnd: "&", ast.BitOr: "|", ast.BitXor: "^",
}  # fmt: skip
_COMPARE_SYMBOLS: dict[type[ast.cmpop], str] = {
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
}  # fmt: skip
_NUMBERS = frozenset({int, float, bool, type(None)})
_CHARS_PER_STEP = 20_000


def binary(machine: Machine, kind: type[ast.operator], left: Any, right: Any) -> Any:
    """Return `left OP right`."""
    if isinstance(left, str) and kind is ast.Mod:
        return texts.percent(machine, left, right)
    if type(left) in _NUMBERS and type(right) in _NUMBERS:
        _check_numbers(machine.meter, kind, left, right)
    else:
        left, right = _as_set(left), _as_set(right)
        _check(machine.meter, kind, left, right)
    try:
        return machine.meter.take(_apply(kind, left, right))
    except TypeError as error:
        message = str(error)
        if message.startswith("unsupported operand"):
            names = f"'{kind_of(left)}' and '{kind_of(right)}'"
            message = f"unsupported operand type(s) for {_SYMBOLS[kind]}: {names}"
        raise TypeError(message) from None


def _apply(kind: type[ast.operator], left: Any, right: Any) -> Any:
    if isinstance(left, Decimal) or isinstance(right, Decimal):
        with localcontext(CONTEXT):
            return _BINARY[kind](left, right)
    if isinstance(left, FrozenSet) != isinstance(right, FrozenSet) and not is_object(right):
        message = "unsupported operand"
        raise TypeError(message)
    result = _BINARY[kind](left, right)
    if isinstance(result, complex):
        message = "complex numbers are not supported"
        raise ValueError(message)
    return tuple(cast("tuple[Any, ...]", result)) if isinstance(result, Row) else result


def _as_set(value: Any) -> Any:
    """Make a view of keys a set of ours: Python's would have another order in each process."""
    return Set(cast("KeysView[Any]", value)) if isinstance(value, KeysView) else value


def in_place(machine: Machine, kind: type[ast.operator], left: Any, right: Any) -> Any:
    """Return what `left OP= right` makes of left, or the steps to it; lists and sets are changed themselves."""
    if kind is ast.Add and isinstance(left, (list, deque)):
        return _extend(machine, cast("list[Any]", left), right)
    if kind is ast.Mult and is_list(left):
        _check_product(machine.meter, left, right)
        return machine.meter.take(operator.imul(left, right))
    if kind in _IN_PLACE and (isinstance(left, (Set, dict)) or is_object(left)):
        right = _as_set(right)
        machine.meter.weigh([right])
        if isinstance(left, Set) and not isinstance(right, FrozenSet):
            return binary(machine, kind, left, right)
        if is_sized(left) and is_sized(right):
            machine.meter.items(len(left) + len(right))
        return machine.meter.take(_IN_PLACE[kind](left, right))
    return binary(machine, kind, left, right)


def _extend(machine: Machine, left: list[Any], right: Any) -> Steps:
    more = yield to_list(machine, right)
    machine.meter.items(len(left) + len(more))
    left.extend(more)
    return left


def unary(machine: Machine, kind: type[ast.unaryop], value: Any) -> Any:
    """Return `OP value`."""
    if isinstance(value, Decimal):
        with localcontext(CONTEXT):
            return _UNARY[kind](value)
    try:
        return machine.meter.take(_UNARY[kind](value))
    except TypeError as error:
        message = str(error)
        if message.startswith("bad operand type for unary"):
            message = message.partition(":")[0] + f": '{kind_of(value)}'"
        raise TypeError(message) from None


def compare(machine: Machine, kind: type[ast.cmpop], left: Any, right: Any) -> Any:
    """Return `left OP right` of a comparison, or the steps to it."""
    if kind is ast.In:
        return contains(machine, right, left)
    if kind is ast.NotIn:
        return _lacks(machine, right, left)
    if kind in {ast.Is, ast.IsNot}:
        return _COMPARE[kind](left, right)
    if type(left) not in _NUMBERS and type(right) not in _NUMBERS:
        if isinstance(left, str) and isinstance(right, str):
            if len(left) > _CHARS_PER_STEP:
                machine.meter.step(len(left) // _CHARS_PER_STEP)
        else:
            machine.meter.weigh([left, right])
    try:
        return _COMPARE[kind](left, right)
    except TypeError as error:
        message = str(error)
        if message.endswith(f"'{type(left).__name__}' and '{type(right).__name__}'"):
            names = f"'{kind_of(left)}' and '{kind_of(right)}'"
            message = f"'{_COMPARE_SYMBOLS[kind]}' not supported between instances of {names}"
        raise TypeError(message) from None


def contains(machine: Machine, values: Any, item: Any) -> Any:
    """Return `item in values`, or the steps to it."""
    if isinstance(values, str):
        if not isinstance(item, str):
            message = f"'in <string>' requires string as left operand, not {kind_of(item)}"
            raise TypeError(message)
        machine.meter.step(len(values) * (1 + len(item) // 100) // _CHARS_PER_STEP)
        return item in values
    if isinstance(values, (dict, FrozenSet, KeysView)):
        machine.meter.weigh([item])
        return item in values
    if is_sized(values):
        machine.meter.weigh([item, values])
        return item in values
    if is_object(values):
        method = values.cls.find("__contains__")
        if method is not MISSING:
            return _own_contains(machine, bind(method, values), item)
    elif not isinstance(values, (Stream, Cursor)):
        message = f"argument of type '{kind_of(values)}' is not iterable"
        raise TypeError(message)
    return _search(machine, values, item)


class _Found(Exception):  # noqa: N818 -- ends a search, no error
    """The item was met."""


def _search(machine: Machine, values: Any, item: Any) -> Steps:
    def look(value: Any) -> None:
        if value is item or compare(machine, ast.Eq, value, item):
            raise _Found

    try:
        yield drain(machine, values, look)
    except _Found:
        return True
    return False


def _own_contains(machine: Machine, method: Any, item: Any) -> Steps:
    result = yield machine.call(method, [item], {})
    return bool(result)


def _lacks(machine: Machine, values: Any, item: Any) -> Steps:
    found = yield contains(machine, values, item)
    return not found


def _check(meter: Meter, kind: type[ast.operator], left: Any, right: Any) -> None:
    if kind is ast.Mult:
        _check_product(meter, left, right)
    elif kind is ast.Add and is_sequence(left) and is_sequence(right):
        (meter.text if isinstance(left, str) else meter.items)(len(left) + len(right))
    elif is_dict(left) and is_dict(right):
        meter.weigh([left, right])
        meter.items(len(left) + len(right))
    elif kind in _IN_PLACE:
        meter.weigh([left, right])


def _check_product(meter: Meter, left: Any, right: Any) -> None:
    for sequence, count in ((left, right), (right, left)):
        if is_sequence(sequence) and isinstance(count, int):
            (meter.text if isinstance(sequence, str) else meter.items)(
                len(sequence) * max(0, count)
            )


def _check_numbers(meter: Meter, kind: type[ast.operator], left: Any, right: Any) -> None:
    if not isinstance(left, int) or not isinstance(right, int):
        return
    if kind is ast.Mult:
        meter.bits(left.bit_length() + right.bit_length() - 1)
    elif kind is ast.Pow and right > 0 and abs(left) > 1:
        meter.bits(left.bit_length() * right)
    elif kind is ast.LShift:
        meter.bits(left.bit_length() + max(0, right))
