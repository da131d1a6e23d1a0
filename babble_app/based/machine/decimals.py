"""`decimal`: numbers of a bounded size, in a context that is the same for all runs."""

from __future__ import annotations

import decimal
from decimal import Context, Decimal, localcontext
from typing import TYPE_CHECKING, Any

from babble_app.based.machine.values import Module, Native, TypeValue, error_type

if TYPE_CHECKING:
    from collections.abc import Callable

    from babble_app.based.machine.core import Machine

_DIGITS = 28
_MOST = 999
CONTEXT = Context(prec=_DIGITS, Emax=_MOST, Emin=-_MOST)
"""Python's default, but for exponents: 1E+999999 has a million digits when it is printed."""
_ROUNDINGS = (
    "ROUND_CEILING", "ROUND_DOWN", "ROUND_FLOOR", "ROUND_HALF_DOWN", "ROUND_HALF_EVEN", "ROUND_HALF_UP", "ROUND_UP",
)  # fmt: skip
_NAMES = (
    "as_integer_ratio", "compare", "copy_abs", "is_finite", "is_infinite", "is_nan", "is_signed", "is_zero", "ln", "log10",
    "max", "min", "normalize", "quantize", "sqrt", "to_integral_value",
)  # fmt: skip


def _make(_machine: Machine, value: Any = "0") -> Decimal:
    if not isinstance(value, (str, int, float, Decimal)):
        message = "Decimal() needs a number or a text"
        raise TypeError(message)
    with localcontext(CONTEXT) as context:
        return (
            context.create_decimal_from_float(value) if isinstance(value, float) else _exact(value)
        )


def _exact(value: str | int | Decimal) -> Decimal:
    """Keep all digits, as Python does, of numbers that are not huge."""
    number = Decimal(value)
    if number.is_finite() and (
        abs(number.adjusted()) > _MOST or len(number.as_tuple().digits) > _MOST
    ):
        message = "the number has too many digits"
        raise decimal.Overflow(message)
    return number


def _method(name: str) -> Callable[..., Any]:
    function = Decimal.__dict__[name]

    def call(machine: Machine, *arguments: Any, **names: Any) -> Any:
        with localcontext(CONTEXT):
            return machine.meter.take(function(*arguments, **names))

    return call


METHODS: dict[str, Callable[..., Any]] = {name: _method(name) for name in _NAMES}


def make_module() -> Module:
    """Return `decimal`."""

    def getcontext(_machine: Machine) -> Any:
        message = "decimal's context is fixed here: 28 digits; use quantize()"
        raise NotImplementedError(message)

    members: dict[str, Any] = {"Decimal": TypeValue("Decimal", (Decimal,), _make)}
    members.update({name: name for name in _ROUNDINGS})
    members["getcontext"] = Native("getcontext", getcontext)
    members["InvalidOperation"] = error_type(decimal.InvalidOperation)
    members["DivisionByZero"] = error_type(decimal.DivisionByZero)
    members["DecimalException"] = error_type(decimal.DecimalException)
    members["Overflow"] = error_type(decimal.Overflow)
    return Module("decimal", members)
