"""`collections`: Counter, defaultdict, OrderedDict, deque, namedtuple."""

from __future__ import annotations

from collections import Counter, OrderedDict, deque
from keyword import iskeyword
from typing import TYPE_CHECKING, Any

from babble_app.based.machine.iteration import to_list
from babble_app.based.machine.pythonic import make_dict
from babble_app.based.machine.values import (
    DefaultDict,
    Module,
    Native,
    RowType,
    TypeValue,
    is_dict,
)

if TYPE_CHECKING:
    from babble_app.based.machine.core import Machine, Steps


def _counter(machine: Machine, values: Any = (), **counts: Any) -> Steps:
    items: Any = values
    if not is_dict(values):
        items = yield to_list(machine, values)
    machine.meter.weigh([items])
    return machine.meter.take(Counter[Any](items, **counts))


def _ordered(machine: Machine, values: Any = (), **names: Any) -> Steps:
    pairs: dict[Any, Any] = yield make_dict(machine, values, **names)
    return OrderedDict(pairs)


def _default(machine: Machine, factory: Any = None, values: Any = (), **names: Any) -> Steps:
    pairs: dict[Any, Any] = yield make_dict(machine, values, **names)
    return machine.meter.take(DefaultDict(factory, pairs))


def _deque(machine: Machine, values: Any = (), maxlen: Any = None) -> Steps:
    items: list[Any] = yield to_list(machine, values)
    return machine.meter.take(deque(items, maxlen))


def _named_tuple(machine: Machine, typename: Any, field_names: Any, *, defaults: Any = ()) -> Steps:
    names: Any = field_names
    if isinstance(field_names, str):
        names = field_names.replace(",", " ").split()
    else:
        names = yield to_list(machine, field_names)
    values: list[Any] = yield to_list(machine, defaults)
    return make_row_type(
        typename, names, dict(zip(names[len(names) - len(values) :], values, strict=False))
    )


def make_row_type(name: Any, fields: list[Any], defaults: dict[str, Any]) -> RowType:
    """Return the type that a namedtuple is."""
    for field in (name, *fields):
        if (
            not isinstance(field, str)
            or not field.isidentifier()
            or iskeyword(field)
            or field.startswith("_")
        ):
            message = f"Type names and field names must be valid identifiers: {field!r}"
            raise ValueError(message)
    if len(set(fields)) < len(fields):
        message = "Encountered duplicate field name"
        raise ValueError(message)
    return RowType(name, tuple(fields), defaults)


def make_module() -> Module:
    """Return the module."""
    return Module(
        "collections",
        {
            "Counter": TypeValue("Counter", (Counter,), _counter),
            "OrderedDict": TypeValue("OrderedDict", (OrderedDict,), _ordered),
            "defaultdict": TypeValue("defaultdict", (DefaultDict,), _default),
            "deque": TypeValue("deque", (deque,), _deque),
            "namedtuple": Native("namedtuple", _named_tuple),
        },
    )
