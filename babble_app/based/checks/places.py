"""Walks a program's nodes, each with what surrounds it."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from babble_app.based.nodes import Conversation, Exit, children

if TYPE_CHECKING:
    from collections.abc import Iterator

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
_REPEATS = (ast.For, ast.AsyncFor, ast.While)
_WRAPPERS = (*_REPEATS, ast.Try, ast.With, ast.AsyncWith)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a node stands."""

    function: bool = False
    """Inside a def, lambda or class."""
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


@dataclass(frozen=True, slots=True)
class Visit:
    """A node and its place."""

    node: ast.AST
    place: Place


def walk(tree: ast.Module) -> Iterator[Visit]:
    """Yield every node of the program once."""
    stack = [Visit(tree, Place())]
    while stack:
        visit = stack.pop()
        yield visit
        if isinstance(visit.node, Conversation):
            stack.extend(_conversation(visit.node, visit.place))
        else:
            inner = _inside(visit.node, visit.place)
            stack.extend([Visit(child, inner) for child in children(visit.node)])


def _conversation(node: Conversation, place: Place) -> Iterator[Visit]:
    clause = replace(place, talk=True)
    for statement in node.body:
        yield Visit(statement, clause)
    for clause in node.exits:
        yield Visit(clause, place)


def _inside(node: ast.AST, place: Place) -> Place:
    if isinstance(node, Exit):
        return replace(place, handlers=place.handlers + 1, loop=False)
    if isinstance(node, _FUNCTIONS):
        return Place(function=True)
    if isinstance(node, _WRAPPERS):
        return replace(
            place,
            loop=place.loop or isinstance(node, _REPEATS),
            wrapped=True,
            tried=place.tried or isinstance(node, ast.Try),
        )
    return place
