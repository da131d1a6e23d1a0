"""`enum`: classes whose plain names become members."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from babble_app.based.machine.objects import ClassValue, Object
from babble_app.based.machine.values import Function, Module, Native, NativeMethod

if TYPE_CHECKING:
    from babble_app.based.machine.core import Machine


class Auto:
    """What `auto()` gives."""


def _repr(_machine: Machine, member: Object) -> str:
    return f"<{member.cls.name}.{member.fields['name']}: {member.fields['value']!r}>"


def _str(_machine: Machine, member: Object) -> str:
    return f"{member.cls.name}.{member.fields['name']}"


ENUM = ClassValue(
    cast("Machine", None),  # never runs anything: only classes made from it have objects
    "Enum",
    {"__repr__": NativeMethod("__repr__", _repr), "__str__": NativeMethod("__str__", _str)},
)
ENUM.mro = [ENUM]


def make_members(machine: Machine, cls: ClassValue) -> None:
    """Turn the plain names of an enumeration's body into its members; equal values are one member."""
    cls.members = {}
    last = 0
    for name, value in list(cls.names.items()):
        if (
            name.startswith("_")
            or isinstance(value, (Function, NativeMethod))
            or _is_special(value)
        ):
            continue
        number: Any = last + 1 if isinstance(value, Auto) else value
        last = number if isinstance(number, int) else last
        machine.meter.step(1 + len(cls.members) // 100)
        machine.meter.weigh([number])
        same = next((m for m in cls.members.values() if m.fields["value"] == number), None)
        member = same or Object(cls)
        if same is None:
            member.fields.update(name=name, value=number)
        cls.members[name] = cls.names[name] = member


def _is_special(value: Any) -> bool:
    return type(value).__name__ in {"Property", "Unbound"}


def make_module() -> Module:
    """Return `enum`."""

    def auto(_machine: Machine) -> Auto:
        return Auto()

    return Module("enum", {"Enum": ENUM, "auto": Native("auto", auto)})
