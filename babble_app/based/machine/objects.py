"""Classes of the program and their objects.

Python itself meets these objects when it compares, sorts, hashes or prints what holds them; it then finds the special methods
here, which run the program's own (`settle`), or behave as Python's objects without them do.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeGuard

from babble_app.based.machine.values import (
    MISSING,
    Bound,
    Function,
    Method,
    Native,
    NativeMethod,
    Row,
    RowType,
    TypeValue,
    kind_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from babble_app.based.machine.core import Machine


@dataclass(eq=False, slots=True, repr=False)
class Property:
    """A `@property`."""

    getter: Any
    setter: Any = None


@dataclass(eq=False, slots=True, repr=False)
class Unbound:
    """A `@staticmethod`, or a `@classmethod` when `of_class`."""

    function: Any
    of_class: bool


@dataclass(eq=False, slots=True, repr=False)
class ClassValue:
    """A class of the program."""

    machine: Machine
    name: str
    names: dict[str, Any]
    mro: list[ClassValue] = field(default_factory=list["ClassValue"])
    """Itself, then its bases in Python's order."""
    native: TypeValue | None = None
    """Python's type of errors that it extends."""
    annotated: list[str] = field(default_factory=list[str])
    """Names with annotations, in the order of the body: a dataclass's fields."""
    fields: list[Any] | None = None
    """Of a dataclass."""
    frozen: bool = False
    members: dict[str, Any] | None = None
    """Of an enumeration."""

    def find(self, name: str) -> Any:
        """Return what stands under a name in the class or its bases, or `MISSING`."""
        for cls in self.mro:
            if name in cls.names:
                return cls.names[name]
        return MISSING

    def __repr__(self) -> str:
        return f"<class '__main__.{self.name}'>"


@dataclass(eq=False, slots=True, repr=False)
class Super:
    """What `super()` gives: the methods behind a class, for an object."""

    cls: ClassValue
    value: Any

    def find(self, name: str) -> Any:
        """Return what stands under a name in the bases, or `MISSING`."""
        own: ClassValue = self.value if isinstance(self.value, ClassValue) else self.value.cls
        for cls in own.mro[own.mro.index(self.cls) + 1 :]:
            if name in cls.names:
                return cls.names[name]
        return MISSING


def bind(found: Any, value: Any) -> Any:
    """Return a class's attribute as its object has it."""
    if isinstance(found, Function):
        return Bound(found, value)
    if isinstance(found, NativeMethod):
        return Method(value, found.name, found.call)
    if isinstance(found, Unbound):
        if not found.of_class:
            return found.function
        return Bound(found.function, value if isinstance(value, ClassValue) else value.cls)
    return found


def _settle(value: Object, name: str, *arguments: Any) -> Any:
    """Run a special method; `NotImplemented` where the class has none."""
    method = value.cls.find(name)
    if method is MISSING or method is None:
        return NotImplemented
    machine = value.cls.machine
    return machine.settle(machine.call(bind(method, value), list(arguments), {}))


def _need(value: Object, name: str, what: str, kinds: tuple[type, ...] = (object,)) -> Any:
    result = _settle(value, name)
    if result is NotImplemented:
        message = f"{what}: '{value.cls.name}'"
        raise TypeError(message)
    if not isinstance(result, kinds):
        message = f"{name} returned an object of type '{kind_of(result)}'"
        raise TypeError(message)
    return result


def _binary(name: str) -> Callable[[Any, Any], Any]:
    def call(self: Object, other: Any) -> Any:
        return _settle(self, name, other)

    return call


def _unary(name: str) -> Callable[[Any], Any]:
    def call(self: Object) -> Any:
        return _need(self, name, "bad operand type")

    return call


class Object:
    """An object of a class of the program."""

    __slots__ = ("cls", "fields", "serial")

    def __init__(self, cls: ClassValue) -> None:
        self.cls = cls
        self.fields: dict[str, Any] = {}
        self.serial = cls.machine.next_serial()

    @property
    def kind_name(self) -> str:
        """The class's name, for messages."""
        return self.cls.name

    def __eq__(self, other: object) -> Any:
        return _settle(self, "__eq__", other)

    def __ne__(self, other: object) -> Any:
        result = _settle(self, "__ne__", other)
        if result is NotImplemented:
            result = _settle(self, "__eq__", other)
            return result if result is NotImplemented else not result
        return result

    def __hash__(self) -> int:
        for cls in self.cls.mro:
            if cls.names.get("__hash__") is not None:
                return hash(_need(self, "__hash__", "unhashable type", (int,)))
            if "__eq__" in cls.names or "__hash__" in cls.names:
                message = f"unhashable type: '{self.cls.name}'"
                raise TypeError(message)
        return hash(self.serial)

    def __repr__(self) -> str:
        machine = self.cls.machine
        text = NotImplemented if machine.showing else _settle(self, "__repr__")
        if text is NotImplemented:
            return f"<{self.cls.name} object>"
        return machine.meter.show(_text(text, "__repr__"))

    def __str__(self) -> str:
        machine = self.cls.machine
        text = NotImplemented if machine.showing else _settle(self, "__str__")
        return repr(self) if text is NotImplemented else machine.meter.show(_text(text, "__str__"))

    def __format__(self, spec: str) -> str:
        text = _settle(self, "__format__", spec)
        return format(str(self), spec) if text is NotImplemented else _text(text, "__format__")

    def __bool__(self) -> bool:
        result = _settle(self, "__bool__")
        if result is NotImplemented:
            result = _settle(self, "__len__")
        return True if result is NotImplemented else bool(result)

    def __len__(self) -> int:
        return _need(self, "__len__", "object has no len()", (int,))

    def __int__(self) -> int:
        return _need(self, "__int__", "int() argument must be a text or a number, not", (int,))

    def __float__(self) -> float:
        return _need(
            self, "__float__", "float() argument must be a text or a number, not", (float,)
        )

    def __round__(self, digits: Any = None) -> Any:
        return _settle(self, "__round__", *([] if digits is None else [digits]))

    __lt__, __le__, __gt__, __ge__ = map(_binary, ("__lt__", "__le__", "__gt__", "__ge__"))
    __add__, __radd__, __iadd__ = map(_binary, ("__add__", "__radd__", "__iadd__"))
    __sub__, __rsub__, __isub__ = map(_binary, ("__sub__", "__rsub__", "__isub__"))
    __mul__, __rmul__, __imul__ = map(_binary, ("__mul__", "__rmul__", "__imul__"))
    __truediv__, __rtruediv__ = map(_binary, ("__truediv__", "__rtruediv__"))
    __floordiv__, __rfloordiv__ = map(_binary, ("__floordiv__", "__rfloordiv__"))
    __mod__, __rmod__ = map(_binary, ("__mod__", "__rmod__"))
    __pow__, __rpow__ = map(_binary, ("__pow__", "__rpow__"))
    __and__, __rand__ = map(_binary, ("__and__", "__rand__"))
    __or__, __ror__ = map(_binary, ("__or__", "__ror__"))
    __xor__, __rxor__ = map(_binary, ("__xor__", "__rxor__"))
    __lshift__, __rshift__ = map(_binary, ("__lshift__", "__rshift__"))
    __neg__, __pos__, __invert__, __abs__ = map(
        _unary, ("__neg__", "__pos__", "__invert__", "__abs__")
    )


class ObjectError(Exception):
    """An object of a class of errors of the program."""

    def __init__(self, cls: ClassValue, arguments: list[Any]) -> None:
        super().__init__(*arguments)
        self.cls = cls
        self.fields: dict[str, Any] = {}

    @property
    def kind_name(self) -> str:
        """The class's name, for messages."""
        return self.cls.name

    def __str__(self) -> str:
        text = _settle(self, "__str__")  # type: ignore[arg-type]  # has what is needed of an object
        if text is not NotImplemented:
            return _text(text, "__str__")
        if self.cls.native is not None and issubclass(KeyError, self.cls.native.types):
            return KeyError.__str__(KeyError(*self.args))
        return super().__str__()

    def __repr__(self) -> str:
        text = _settle(self, "__repr__")  # type: ignore[arg-type]  # as above
        if text is not NotImplemented:
            return _text(text, "__repr__")
        return f"{self.cls.name}({', '.join(map(repr, self.args))})"


def _text(value: Any, name: str) -> str:
    if isinstance(value, str):
        return value
    message = f"{name} returned non-string (type {kind_of(value)})"
    raise TypeError(message)


def is_object(value: Any) -> TypeGuard[Object]:
    """Whether a value is an object of a class of the program; those of errors have the same parts."""
    return isinstance(value, (Object, ObjectError))


def is_callable(value: Any) -> bool:
    """Whether a value can be called."""
    if is_object(value):
        return value.cls.find("__call__") is not MISSING
    return isinstance(
        value, (Function, Native, NativeMethod, Method, Bound, TypeValue, ClassValue, RowType)
    )


def is_a(value: Any, kind: Any) -> bool:
    """Whether a value is of a type.

    Raises:
        TypeError: the type is none.
    """
    if isinstance(kind, tuple):
        return any(is_a(value, one) for one in kind)  # type: ignore[reportUnknownVariableType]  # of whatever the program wrote
    if isinstance(kind, ClassValue):
        return is_object(value) and kind in value.cls.mro
    if isinstance(kind, RowType):
        return isinstance(value, Row) and value.kind is kind
    if kind is None:
        return value is None
    if not isinstance(kind, TypeValue):
        message = "isinstance() arg 2 must be a type or a tuple of types"
        raise TypeError(message)
    if is_object(value):
        native = value.cls.native
        return kind.types == (object,) or (
            native is not None and any(issubclass(one, kind.types) for one in native.types)
        )
    return isinstance(value, kind.types)
