"""Walks a program's nodes, each with what surrounds it."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from babble_app.based.nodes import Conversation, Exit

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
_REPEATS = (ast.For, ast.AsyncFor, ast.While)
_TRIES = (ast.Try, ast.TryStar)
_WRAPPERS = (*_REPEATS, *_TRIES, ast.With, ast.AsyncWith)
_CHANGING = frozenset({Exit, *_FUNCTIONS, *_WRAPPERS})
_NO_NODES = frozenset(
    {"ctx", "op", "ops", "kind", "id", "attr", "arg", "name", "asname", "module", "level", "lineno"}
)
MAX_DEPTH = 200
"""Deepest nesting of the syntax tree: far above any sensible program, far below Python's recursion limit."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a node stands."""

    function: bool = False
    """Inside a def, lambda or class."""
    generator: bool = False
    """Inside a def or lambda, whose `yield` it may be."""
    in_class: bool = False
    """Inside a class."""
    handlers: int = 0
    """How many handlers are around it, not counting those outside the function."""
    loop: bool = False
    """Inside a `for` or `while` to which a `break` would belong."""
    wrapped: bool = False
    """Inside a for, while, try or with."""
    tried: bool = False
    """Inside a try."""
    talk: bool = False
    """Inside the loop clause of a conversation."""


Visit = tuple[ast.AST, Place]
"""A node and its place."""


class TooDeepError(Exception):
    """The tree is deeper than MAX_DEPTH."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


def walk(tree: ast.Module) -> list[Visit]:
    """Return every node of the program once, a parent before its children, siblings in their order.

    Raises:
        TooDeepError: it is nested too deeply; a chain of `elif`s does not count as nesting.
    """
    visits: list[Visit] = []
    stack: list[tuple[Any, Place, int]] = [(tree, Place(), 0)]
    while stack:
        node, place, depth = stack.pop()
        kind: type[ast.AST] = node.__class__
        visits.append((node, place))
        if depth > MAX_DEPTH:
            raise TooDeepError(next((one.lineno for one, _, _ in [(node, place, depth), *reversed(stack)]
                                     if hasattr(one, "lineno")), 1))  # fmt: skip
        if kind is Conversation:
            stack.extend([(clause, place, depth + 1) for clause in reversed(node.exits)])
            clause = replace(place, talk=True)
            stack.extend([(statement, clause, depth + 1) for statement in reversed(node.body)])
            continue
        if kind in _CHANGING:
            place = _inside(node, place)
        deeper = depth + 1
        for name in _fields(kind):
            value: Any = getattr(node, name, None)
            if value.__class__ is list:
                same = depth if kind is ast.If and name == "orelse" and len(value) == 1 else deeper
                stack.extend(
                    [(one, place, same) for one in reversed(value) if isinstance(one, ast.AST)]
                )
            elif isinstance(value, ast.AST):
                stack.append((value, place, deeper))
    return visits


@cache
def _fields(kind: type[ast.AST]) -> tuple[str, ...]:
    """Return the fields that may hold nodes, the last first."""
    return tuple(name for name in reversed(kind._fields) if name not in _NO_NODES)


def _inside(node: ast.AST, place: Place) -> Place:
    if isinstance(node, Exit):
        return replace(place, handlers=place.handlers + 1, loop=False)
    if isinstance(node, _FUNCTIONS):
        is_class = isinstance(node, ast.ClassDef)
        return Place(function=True, generator=not is_class, in_class=is_class or place.in_class)
    return replace(
        place,
        loop=place.loop or isinstance(node, _REPEATS),
        wrapped=True,
        tried=place.tried or isinstance(node, _TRIES),
    )
