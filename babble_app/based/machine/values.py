"""The values of a running program that are not plain Python data."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

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


def children(value: Any) -> Sequence[Any]:
    """Return what is directly inside a value."""
    if isinstance(value, dict):
        return [*value.keys(), *value.values()]  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]
    if isinstance(value, (list, tuple)):
        return value  # pyright: ignore[reportUnknownVariableType]
    if isinstance(value, (set, frozenset)):
        return list(value)  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    if isinstance(value, Cursor):
        return value.items
    if isinstance(value, BaseException):
        return value.args
    return ()


def kind_of(value: Any) -> str:
    """Return the name of a value's type, as a program knows it."""
    return "NoneType" if value is None else type(value).__name__
