"""`dataclasses`: methods that are made from a class's annotations."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from babble_app.based.machine import operators
from babble_app.based.machine.objects import ClassValue, Object, bind, is_object
from babble_app.based.machine.values import (
    MISSING,
    Module,
    Native,
    NativeMethod,
    is_collection,
    is_dict,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from babble_app.based.machine.core import Machine, Steps


@dataclass(slots=True, eq=False)
class Field:
    """One field."""

    name: str
    default: Any = MISSING
    factory: Any = MISSING
    init: bool = True
    shown: bool = True
    compared: bool = True


def _field(
    _machine: Machine, *, default: Any = MISSING, default_factory: Any = MISSING, init: Any = True, repr: Any = True,
    compare: Any = True,
) -> Field:  # fmt: skip
    return Field("", default, default_factory, bool(init), bool(repr), bool(compare))


def _dataclass(_machine: Machine, cls: Any = None, **options: Any) -> Any:
    def decorate(_inner: Machine, target: Any) -> Any:
        return _make(target, options)

    known = {"init", "repr", "eq", "order", "frozen", "unsafe_hash", "kw_only", "slots"}
    if not options.keys() <= known:
        message = f"dataclass() got an unexpected keyword argument '{min(options.keys() - known)}'"
        raise TypeError(message)
    return Native("dataclass", decorate) if cls is None else _make(cls, options)


def _make(cls: Any, options: dict[str, Any]) -> ClassValue:
    if not isinstance(cls, ClassValue):
        message = "dataclass() decorates classes"
        raise TypeError(message)
    fields: dict[str, Field] = {
        f.name: f for base in reversed(cls.mro[1:]) for f in base.fields or []
    }
    for name in cls.annotated:
        value = cls.names.get(name, MISSING)
        if isinstance(value, Field):
            value.name = name
            fields[name] = value
            cls.names.pop(name)
            if value.default is not MISSING:
                cls.names[name] = value.default
        elif isinstance(value, (list, dict)) or type(value).__name__ == "Set":
            message = f"mutable default for field {name} is not allowed: use default_factory"
            raise ValueError(message)
        else:
            fields[name] = Field(name, value)
    cls.fields = list(fields.values())
    _check_order(cls.fields)
    cls.frozen = bool(options.get("frozen"))
    cls.names.setdefault("__match_args__", tuple(f.name for f in cls.fields if f.init))
    for name, method in _methods(options).items():
        cls.names.setdefault(name, NativeMethod(name, method))
    return cls


def _check_order(fields: list[Field]) -> None:
    optional = False
    for field in fields:
        if field.init and optional and not _has_default(field):
            message = f"non-default argument '{field.name}' follows default argument"
            raise TypeError(message)
        optional = optional or (field.init and _has_default(field))


def _has_default(field: Field) -> bool:
    return field.default is not MISSING or field.factory is not MISSING


def _methods(options: dict[str, Any]) -> dict[str, Callable[..., Any]]:
    methods: dict[str, Callable[..., Any]] = {}
    if options.get("init", True):
        methods["__init__"] = _init
    if options.get("repr", True):
        methods["__repr__"] = _repr
    if options.get("eq", True):
        methods["__eq__"] = _compare(ast.Eq)
    if options.get("order"):
        kinds = {"__lt__": ast.Lt, "__le__": ast.LtE, "__gt__": ast.Gt, "__ge__": ast.GtE}
        methods.update({name: _compare(kind) for name, kind in kinds.items()})
    if options.get("frozen") or options.get("unsafe_hash"):
        methods["__hash__"] = _hash
    return methods


def _init(machine: Machine, value: Object, *arguments: Any, **names: Any) -> Steps:
    fields: list[Field] = value.cls.fields or []
    order = [field.name for field in fields if field.init]
    if len(arguments) > len(order):
        message = f"__init__() takes {len(order) + 1} positional arguments but {len(arguments) + 1} were given"
        raise TypeError(message)
    given = dict(zip(order, arguments, strict=False))
    for name, item in names.items():
        if name not in order or name in given:
            word = "multiple values for" if name in given else "an unexpected keyword"
            message = f"__init__() got {word} argument '{name}'"
            raise TypeError(message)
        given[name] = item
    missing = [f.name for f in fields if f.init and f.name not in given and not _has_default(f)]
    if missing:
        message = f"__init__() missing required arguments: {', '.join(missing)}"
        raise TypeError(message)
    for field in fields:
        if field.name in given:
            value.fields[field.name] = given[field.name]
        elif field.factory is not MISSING:
            value.fields[field.name] = yield machine.call(field.factory, [], {})
        elif field.default is not MISSING:
            value.fields[field.name] = field.default
    after = value.cls.find("__post_init__")
    if after is not MISSING:
        yield machine.call(bind(after, value), [], {})


def _repr(machine: Machine, value: Object) -> str:
    machine.meter.enter_call()
    try:
        shown = [f.name for f in value.cls.fields or [] if f.shown]
        items = [value.fields.get(name) for name in shown]
        before = machine.meter.shown_chars
        machine.meter.weigh(items, shown=True)
        machine.meter.shown_chars += before
        pairs = [f"{name}={item!r}" for name, item in zip(shown, items, strict=True)]
        return f"{value.cls.name}({', '.join(pairs)})"
    finally:
        machine.meter.leave_call()


def _values(value: Object) -> tuple[Any, ...]:
    return tuple(value.fields.get(f.name) for f in value.cls.fields or [] if f.compared)


def _compare(kind: type[ast.cmpop]) -> Callable[..., Any]:
    def call(machine: Machine, value: Object, other: Any) -> Any:
        if not is_object(other) or other.cls is not value.cls:
            return NotImplemented
        machine.meter.enter_call()
        try:
            return operators.compare(machine, kind, _values(value), _values(other))
        finally:
            machine.meter.leave_call()

    return call


def _hash(machine: Machine, value: Object) -> int:
    machine.meter.weigh(_values(value))
    return hash(_values(value))


def _as_dict(machine: Machine, value: Any) -> Any:
    if not is_object(value) or value.cls.fields is None:
        message = "asdict() should be called on dataclass instances"
        raise TypeError(message)
    return machine.meter.take(_plain(machine, value))


def _plain(machine: Machine, value: Any) -> Any:
    machine.meter.step()
    machine.meter.enter_call()
    try:
        if is_object(value) and value.cls.fields is not None:
            return {f.name: _plain(machine, value.fields.get(f.name)) for f in value.cls.fields}
        if is_dict(value):
            return {key: _plain(machine, item) for key, item in value.items()}
        return [_plain(machine, item) for item in value] if is_collection(value) else value
    finally:
        machine.meter.leave_call()


def _replace(machine: Machine, value: Any, **changes: Any) -> Any:
    if not is_object(value) or value.cls.fields is None:
        message = "replace() should be called on dataclass instances"
        raise TypeError(message)
    kept = {f.name: value.fields.get(f.name) for f in value.cls.fields if f.init}
    return machine.call(value.cls, [], {**kept, **changes})


def make_module() -> Module:
    """Return `dataclasses`."""
    functions = {"dataclass": _dataclass, "field": _field, "asdict": _as_dict, "replace": _replace}
    return Module("dataclasses", {name: Native(name, call) for name, call in functions.items()})
