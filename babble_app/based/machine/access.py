"""Attributes and items of values; what is in no table does not exist."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any, cast

from babble_app.based.machine import asking, matches
from babble_app.based.machine.errors import HaltError
from babble_app.based.machine.objects import (
    ClassValue,
    Object,
    Property,
    Super,
    Unbound,
    bind,
    is_object,
)
from babble_app.based.machine.tables import FIELDS, METHODS
from babble_app.based.machine.values import (
    ITEM_BYTES,
    MISSING,
    Bound,
    DefaultDict,
    ExhaustedError,
    Function,
    Method,
    Module,
    Native,
    NativeMethod,
    Record,
    Row,
    RowType,
    Service,
    TalkResult,
    TypeValue,
    is_dict,
    is_list,
    is_sequence,
    is_sized,
    kind_of,
)
from babble_app.based.vocabulary import is_dunder

if TYPE_CHECKING:
    from collections.abc import Callable

    from babble_app.based.machine.core import Machine, Steps

_EVERYWHERE: dict[str, Callable[..., Any]] = {
    "ask": asking.ask,
    "summarize": asking.summarize,
    "to_json": asking.to_json,
}
_CODE = (Module, TypeValue, ClassValue, Super, Service)
_NAMED = (Function, Native, NativeMethod, Method, TypeValue, ClassValue, RowType)


def get_attribute(machine: Machine, value: Any, name: str) -> Any:
    """Return `value.name`, or the steps to it.

    Raises:
        AttributeError: the value has nothing of that name here.
    """
    if is_object(value) or isinstance(value, (ClassValue, Super)):
        found = _of_object(machine, value, name)
    elif isinstance(value, (Module, TypeValue)):
        found = value.members.get(name, MISSING)
    elif isinstance(value, Service):
        found = _part(machine, value, name)
    elif isinstance(value, Record) and (name in value.fields or name in value.methods):
        found = value.fields.get(name, MISSING)
        if found is MISSING:
            found = Method(value, name, value.methods[name])
    else:
        found = _of_type(value, name)
    if found is MISSING and name == "__name__":
        found = _name(value)
    if found is MISSING and name == "__class__" and isinstance(value, (Exception, Object)):
        found = machine.type_of(value)
    if found is MISSING and name in _EVERYWHERE and not isinstance(value, _CODE):
        found = Method(value, name, _EVERYWHERE[name])
    if found is MISSING:
        raise AttributeError(_no_attribute(value, name))
    return found


def _part(machine: Machine, value: Service, name: str) -> Any:
    if is_dunder(name):
        return MISSING
    return Service(machine.meter.take(f"{value.name}.{name}"), value.call)


def _no_attribute(value: Any, name: str) -> str:
    if isinstance(value, Module):
        return f"module '{value.name}' has no attribute '{name}'"
    if isinstance(value, (ClassValue, TypeValue)):
        return f"type object '{value.name}' has no attribute '{name}'"
    return f"'{kind_of(value)}' object has no attribute '{name}'"


def _name(value: Any) -> Any:
    if isinstance(value, Bound):
        return _name(value.function)
    return value.name if isinstance(value, _NAMED) else MISSING


def _of_object(machine: Machine, value: Any, name: str) -> Any:
    found = (value if isinstance(value, (ClassValue, Super)) else value.cls).find(name)
    if isinstance(value, ClassValue):
        return bind(found, value) if isinstance(found, Unbound) else found
    target = value.value if isinstance(value, Super) else value
    if isinstance(found, Property):
        return machine.call(found.getter, [target], {})
    if isinstance(value, Super):
        return _of_python(target, name) if found is MISSING else bind(found, target)
    return _of_instance(machine, value, name, found)


def _of_instance(machine: Machine, value: Object, name: str, found: Any) -> Any:
    if name in value.fields:
        return value.fields[name]
    if found is not MISSING:
        return bind(found, value)
    if name == "args" and isinstance(value, Exception):
        return value.args  # type: ignore[reportUnknownVariableType]  # of anything
    hook: Any = value.cls.find("__getattr__")
    if hook is not MISSING and not is_dunder(name):
        return machine.call(bind(hook, value), [name], {})
    return MISSING


def _of_python(value: Any, name: str) -> Any:
    """Return what `super()` finds when no class of the program is left: Python's `object` or its errors."""
    return Method(value, "__init__", _init) if name == "__init__" else MISSING


def _init(_machine: Machine, value: Any, *arguments: Any) -> None:
    """Do Python's own `__init__`: an error keeps its arguments, a plain object takes none."""
    if isinstance(value, Exception):
        value.args = arguments
    elif arguments:
        message = "object.__init__() takes exactly one argument (the instance to initialize)"
        raise TypeError(message)


def _of_type(value: Any, name: str) -> Any:
    kind = cast("type[Any]", type(value))  # any type of a value
    if isinstance(value, Row) and name in value.kind.fields:
        return value[value.kind.fields.index(name)]
    if isinstance(value, RowType):
        return value.fields if name == "_fields" else MISSING
    if isinstance(value, Exception):
        if name == "args":
            return value.args
        if name == "value" and isinstance(value, ExhaustedError):
            return value.args[0] if value.args else None
        return MISSING
    field = FIELDS.get(kind, {}).get(name)
    if field is not None:
        return field(value)
    method = METHODS.get(kind, {}).get(name)
    return MISSING if method is None else Method(value, name, method)


def set_attribute(machine: Machine, value: Any, name: str, item: Any) -> Any:
    """Do `value.name = item`; may return steps.

    Raises:
        AttributeError: the value's attributes cannot be set.
    """
    if is_dunder(name):
        raise HaltError("R_NOT_ALLOWED", f"`{name}` cannot be assigned.")
    if isinstance(value, ClassValue) and value.machine is machine:  # `Enum` belongs to all runs
        machine.meter.items(len(value.names) + 1)
        value.names[name] = item
        return None
    if not is_object(value):
        message = f"'{kind_of(value)}' object's attributes cannot be assigned"
        raise AttributeError(message)
    found = value.cls.find(name)
    if isinstance(found, Property):
        if found.setter is None:
            message = f"property '{name}' of '{value.cls.name}' object has no setter"
            raise AttributeError(message)
        return machine.call(found.setter, [value, item], {})
    if value.cls.frozen:
        message = f"cannot assign to field '{name}'"
        raise AttributeError(message)
    machine.meter.items(len(value.fields) + 1)
    value.fields[name] = item
    return None


def delete_attribute(value: Any, name: str) -> None:
    """Do `del value.name`."""
    if not is_object(value) or name not in value.fields or value.cls.frozen:
        raise AttributeError(_no_attribute(value, name))
    del value.fields[name]


def get_item(machine: Machine, value: Any, key: Any) -> Any:
    """Return `value[key]`, or the steps to it.

    Raises:
        TypeError: the value has no items.
    """
    if isinstance(value, TalkResult):
        return asking.item(machine, value, key)
    if is_dict(value):
        return _dict_item(machine, value, key)
    if is_sequence(value) or isinstance(value, range):
        item: Any = cast("list[Any]", value)[key]  # or another sequence
        return machine.meter.take(item) if isinstance(key, slice) else item
    if isinstance(value, Record):
        return value.fields[key]
    if isinstance(value, matches.Found):
        return matches.group(machine, value, key)
    if is_object(value):
        return machine.call(_special(value, "__getitem__", "is not subscriptable"), [key], {})
    if isinstance(value, ClassValue) and value.members is not None:
        return value.members[key]
    if isinstance(value, (TypeValue, ClassValue)):
        return value  # `list[int]` is as good as `list`
    message = f"'{kind_of(value)}' object is not subscriptable"
    raise TypeError(message)


def _dict_item(machine: Machine, value: dict[Any, Any], key: Any) -> Any:
    machine.meter.weigh([key])
    if isinstance(value, DefaultDict) and value.factory is not None and key not in value:
        return _default_item(machine, value, key)
    return value[key]


def _default_item(machine: Machine, value: DefaultDict, key: Any) -> Steps:
    item = yield machine.call(value.factory, [], {})
    set_plain_item(machine, value, key, item)
    return item


def _special(value: Object, name: str, problem: str) -> Any:
    method = value.cls.find(name)
    if method is MISSING:
        message = f"'{value.cls.name}' object {problem}"
        raise TypeError(message)
    return bind(method, value)


def set_item(machine: Machine, value: Any, key: Any, item: Any) -> Any:
    """Do `value[key] = item`; may return steps.

    Raises:
        TypeError: the value's items cannot be changed.
    """
    if is_object(value):
        problem = "does not support item assignment"
        return machine.call(_special(value, "__setitem__", problem), [key, item], {})
    return set_plain_item(machine, value, key, item)


def set_plain_item(machine: Machine, value: Any, key: Any, item: Any) -> None:
    """Do `value[key] = item` for dicts, lists and deques."""
    if is_dict(value):
        machine.meter.weigh([key])
        machine.meter.items(len(value) + 1)
        machine.meter.allocate(ITEM_BYTES)
        value[key] = item
    elif is_list(value) and isinstance(key, slice):
        machine.meter.items(len(value) + len(item) if is_sized(item) else 0)
        value[key] = item
        machine.meter.items(len(value))
        machine.meter.step(len(value) // 1_000)
    elif isinstance(value, (list, deque)):
        cast("list[Any]", value)[key] = item
    else:
        message = f"'{kind_of(value)}' object does not support item assignment"
        raise TypeError(message)


def delete_item(machine: Machine, value: Any, key: Any) -> Any:
    """Do `del value[key]`; may return steps.

    Raises:
        TypeError: the value's items cannot be deleted.
    """
    if is_object(value):
        problem = "doesn't support item deletion"
        return machine.call(_special(value, "__delitem__", problem), [key], {})
    if not isinstance(value, (dict, list, deque)):
        message = f"'{kind_of(value)}' object doesn't support item deletion"
        raise TypeError(message)
    machine.meter.weigh([key])
    if not isinstance(value, dict):
        machine.meter.step(len(cast("list[Any]", value)) // 5_000)
    del value[key]
    return None
