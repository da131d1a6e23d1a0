"""Makes the rows of a namedtuple."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from babble_app.based.machine.values import Row, RowType

if TYPE_CHECKING:
    from babble_app.based.machine.core import Machine


def make_row(machine: Machine, kind: RowType, arguments: list[Any], names: dict[str, Any]) -> Row:
    """Make a row of a namedtuple."""
    values = dict(zip(kind.fields, arguments, strict=False))
    unknown = next((n for n in names if n not in kind.fields or n in values), None)
    if unknown is not None or len(arguments) > len(kind.fields):
        message = f"{kind.name}() got unexpected arguments"
        raise TypeError(message)
    values = {**kind.defaults, **values, **names}
    missing = [name for name in kind.fields if name not in values]
    if missing:
        message = f"{kind.name}() missing required arguments: {', '.join(missing)}"
        raise TypeError(message)
    row = Row(values[name] for name in kind.fields)
    row.kind = kind
    return machine.meter.take(row)
