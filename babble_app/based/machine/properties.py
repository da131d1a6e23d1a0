"""`property`, `staticmethod`, `classmethod` and `super`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from babble_app.based.machine.objects import ClassValue, Property, Super, Unbound, is_object
from babble_app.based.machine.values import MISSING, Native

if TYPE_CHECKING:
    from collections.abc import Callable

    from babble_app.based.machine.core import Machine


def _property(_machine: Machine, getter: Any, setter: Any = None) -> Property:
    return Property(getter, setter)


def _setter(_machine: Machine, value: Property, function: Any) -> Property:
    return Property(value.getter, function)


def _staticmethod(_machine: Machine, function: Any) -> Unbound:
    return Unbound(function, of_class=False)


def _classmethod(_machine: Machine, function: Any) -> Unbound:
    return Unbound(function, of_class=True)


def _super(machine: Machine, cls: Any = MISSING, value: Any = MISSING) -> Super:
    scope: Any = machine.scope
    while scope is not None and (scope.function is None or scope.function.owner is None):
        scope = scope.parent
    if scope is not None and cls is MISSING:
        parameters = scope.function.parameters
        first = [*parameters.posonlyargs, *parameters.args][:1]
        cls, value = scope.function.owner, scope.names.get(first[0].arg) if first else None
    if not isinstance(cls, ClassValue) or not (is_object(value) or isinstance(value, ClassValue)):
        message = "super(): no arguments"
        raise RuntimeError(message)
    return Super(cls, value)


PROPERTY_METHODS: dict[str, Callable[..., Any]] = {"setter": _setter}


def make_builtins() -> dict[str, Any]:
    """Return the names."""
    return {
        "property": Native("property", _property),
        "staticmethod": Native("staticmethod", _staticmethod),
        "classmethod": Native("classmethod", _classmethod),
        "super": Native("super", _super),
    }
