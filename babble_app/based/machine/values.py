"""The values of a running program that are not plain Python data."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeGuard, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from babble_app.based.machine.scopes import Scope


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
class Method:
    """A method bound to its value."""

    value: Any
    name: str
    call: Callable[..., Any]

    def __repr__(self) -> str:
        return f"<method {self.name}>"


@dataclass(eq=False, slots=True, repr=False)
class TypeValue:
    """A type by its name: callable, and good for `isinstance` and `except`."""

    name: str
    types: tuple[type, ...]
    call: Callable[..., Any]
    members: dict[str, Any] = field(default_factory=dict[str, Any])

    def __repr__(self) -> str:
        return f"<class '{self.name}'>"


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
    """An iterator over items that are all there already."""

    def __init__(self, items: Sequence[Any]) -> None:
        self.items = items
        self.position = 0

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        if self.position >= len(self.items):
            raise StopIteration
        self.position += 1
        return self.items[self.position - 1]

    def __repr__(self) -> str:
        return "<iterator>"


class Missing:
    """The absence of a value."""


MISSING = Missing()


def error_type(kind: type[Exception], name: str = "") -> TypeValue:
    """Return a type of errors as programs have it."""

    def call(_machine: Any, *arguments: Any) -> Exception:
        return kind(*arguments)

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
    return isinstance(value, (str, list, tuple))


def is_collection(value: Any) -> TypeGuard[Iterable[Any]]:
    """Whether a value is a list, a tuple or a set."""
    return isinstance(value, (list, tuple, set, frozenset))


def is_sized(value: Any) -> TypeGuard[Sequence[Any]]:
    """Whether a value has a length."""
    return isinstance(value, (str, list, tuple, dict, set, frozenset, range))


def children(value: Any) -> Sequence[Any]:
    """Return what is directly inside a value."""
    if is_dict(value):
        return [*value.keys(), *value.values()]
    if is_list(value) or is_tuple(value):
        return value
    if isinstance(value, (set, frozenset)):
        return list(cast("set[Any]", value))  # of either kind
    if isinstance(value, Cursor):
        return value.items
    return value.args if isinstance(value, BaseException) else ()


def kind_of(value: Any) -> str:
    """Return the name of a value's type, as a program knows it."""
    return "NoneType" if value is None else type(value).__name__
