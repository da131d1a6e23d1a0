"""The values of a running program that are not plain Python data."""

from __future__ import annotations

import ast
from collections import deque
from collections.abc import ItemsView, KeysView, ValuesView
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeGuard, cast

from babble_app.based.machine.sets import FrozenSet, Set

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from babble_app.based.machine.scopes import Locals, Scope


class Missing:
    """The absence of a value."""


MISSING = Missing()
END = Missing()
"""What an iterator gives when it has no more items."""


ITEM_BYTES = 56
"""What one more item of a collection counts for."""


class ExhaustedError(Exception):
    """What a program knows as `StopIteration` (Python's own cannot pass through generators)."""


@dataclass(eq=False, slots=True, repr=False)
class Function:
    """A `def` or `lambda` of the program, with the scope it was made in."""

    name: str
    parameters: ast.arguments
    body: list[ast.stmt] | ast.expr
    defaults: list[Any]
    keyword_defaults: list[Any]
    """One per keyword-only parameter; `MISSING` where there is none."""
    scope: Scope
    local: Locals
    waits: bool = False
    """Whether it is an `async def`: a call gives something to be awaited."""
    owner: Any = None
    """The class whose method it is; for `super()`."""

    def __repr__(self) -> str:
        return f"<function {self.name}>"


@dataclass(eq=False, slots=True, repr=False)
class Native:
    """A function of the language; called with the machine first."""

    name: str
    call: Callable[..., Any]

    def __repr__(self) -> str:
        return f"<function {self.name}>"


@dataclass(eq=False, slots=True, repr=False)
class NativeMethod:
    """A function of the language that stands in a class: called with the machine and the instance."""

    name: str
    call: Callable[..., Any]

    def __repr__(self) -> str:
        return f"<function {self.name}>"


@dataclass(eq=False, slots=True, repr=False)
class Method:
    """A native method bound to its value."""

    value: Any
    name: str
    call: Callable[..., Any]

    def __repr__(self) -> str:
        return f"<method {self.name}>"


@dataclass(eq=False, slots=True, repr=False)
class Bound:
    """A function of the program bound to an instance or a class."""

    function: Any
    value: Any

    def __repr__(self) -> str:
        return f"<bound method {self.function.name}>"


@dataclass(eq=False, slots=True, repr=False)
class TypeValue:
    """A type by its name: callable, and good for `isinstance` and `except`."""

    name: str
    types: tuple[type, ...]
    call: Callable[..., Any]
    members: dict[str, Any] = field(default_factory=dict[str, Any])

    def __repr__(self) -> str:
        return f"<class '{self.name}'>"

    def __or__(self, other: Any) -> tuple[Any, ...]:
        """Do `int | str`, which is as good as `(int, str)` for `isinstance`."""
        return (self, *other) if is_tuple(other) else (self, other)

    def __ror__(self, other: Any) -> tuple[Any, ...]:
        return (*other, self) if is_tuple(other) else (other, self)


@dataclass(eq=False, slots=True, repr=False)
class Module:
    """An imported module."""

    name: str
    members: dict[str, Any]

    def __repr__(self) -> str:
        return f"<module '{self.name}'>"


@dataclass(eq=False, slots=True, repr=False)
class Record:
    """An object with fields, such as a response."""

    kind: str
    fields: dict[str, Any]
    methods: dict[str, Callable[..., Any]] = field(default_factory=dict[str, "Callable[..., Any]"])

    def __repr__(self) -> str:
        return f"<{self.kind}>"


@dataclass(eq=False, slots=True, repr=False)
class Service:
    """A dotted name of an outside service, such as `integrations.slack.send`; calling it records an action."""

    name: str
    call: Callable[..., Any]

    def __repr__(self) -> str:
        return f"<service {self.name}>"


@dataclass(eq=False, slots=True, repr=False)
class TalkResult:
    """How a conversation was left."""

    next: str
    arguments: dict[str, Any]
    defaults: dict[str, Any]
    transcript: str

    def __repr__(self) -> str:
        return self.transcript


class Cursor:
    """An iterator over what Python itself iterates."""

    def __init__(self, items: Iterable[Any]) -> None:
        self.items = iter(items)

    def __iter__(self) -> Iterator[Any]:
        return self.items

    def __repr__(self) -> str:
        return "<iterator>"


class DefaultDict(dict[Any, Any]):
    """`collections.defaultdict`; the factory is a value of the program."""

    def __init__(self, factory: Any, items: Any = ()) -> None:
        super().__init__(items)
        self.factory = factory

    def __repr__(self) -> str:
        return f"defaultdict({self.factory!r}, {dict[Any, Any].__repr__(self)})"


@dataclass(eq=False, slots=True, repr=False)
class RowType:
    """What `namedtuple` gives."""

    name: str
    fields: tuple[str, ...]
    defaults: dict[str, Any] = field(default_factory=dict[str, Any])

    def __repr__(self) -> str:
        return f"<class '__main__.{self.name}'>"


class Row(tuple[Any, ...]):
    """A tuple whose items have names."""

    kind: RowType

    @property
    def kind_name(self) -> str:
        """The type's name, for messages."""
        return self.kind.name

    def __repr__(self) -> str:
        pairs = zip(self.kind.fields, self, strict=True)
        return f"{self.kind.name}({', '.join(f'{name}={item!r}' for name, item in pairs)})"


_KIND_NAMES: dict[type, str] = {
    FrozenSet: "frozenset",
    Set: "set",
    Function: "function",
    Native: "builtin_function_or_method",
    Bound: "method",
    Method: "method",
    Module: "module",
    TypeValue: "type",
    Cursor: "iterator",
    DefaultDict: "defaultdict",
    ExhaustedError: "StopIteration",
}


def error_type(kind: type[Exception], name: str = "") -> TypeValue:
    """Return a type of errors as programs have it."""

    def call(_machine: Any, *arguments: Any) -> Exception:
        return kind(*arguments)

    if name:
        _KIND_NAMES.setdefault(kind, name)
    return TypeValue(name or kind.__name__, (kind,), call)


def is_dict(value: Any) -> TypeGuard[dict[Any, Any]]:
    """Whether a value is a dict (of anything, as far as types know)."""
    return isinstance(value, dict)


def is_list(value: Any) -> TypeGuard[list[Any]]:
    """Whether a value is a list."""
    return isinstance(value, list)


def is_tuple(value: Any) -> TypeGuard[tuple[Any, ...]]:
    """Whether a value is a tuple."""
    return isinstance(value, tuple)


def is_sequence(value: Any) -> TypeGuard[Sequence[Any]]:
    """Whether a value can be added and multiplied as texts and lists are."""
    return isinstance(value, (str, list, tuple, deque))


_VIEWS = (KeysView, ValuesView, ItemsView)
COLLECTIONS = (list, tuple, Set, FrozenSet, deque, *_VIEWS)
SIZED = (str, dict, range, *COLLECTIONS)
"""What Python itself can measure and iterate."""


def is_collection(value: Any) -> TypeGuard[Iterable[Any]]:
    """Whether a value is a list, a tuple, a set or the like."""
    return isinstance(value, COLLECTIONS)


def is_sized(value: Any) -> TypeGuard[Sequence[Any]]:
    """Whether a value has a length."""
    return isinstance(value, SIZED)


def children(value: Any) -> Sequence[Any]:
    """Return what is directly inside a value; the fields of the program's own objects are not walked."""
    if is_list(value) or is_tuple(value):
        return value
    if is_dict(value):
        return [*value.keys(), *value.values()]
    if is_collection(value):
        return list(value)
    if isinstance(value, BaseException):
        return value.args
    return [value.fields] if isinstance(value, Record) else ()


def kind_of(value: Any) -> str:
    """Return the name of a value's type, as a program knows it."""
    if value is None:
        return "NoneType"
    kind = cast("type[Any]", type(value))  # any type of a value
    own = kind.__dict__.get("kind_name")
    if own is not None:
        return own.fget(value)
    return _KIND_NAMES.get(kind, kind.__name__)
