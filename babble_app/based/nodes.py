"""What Based adds to Python's syntax tree: the conversation and its exits."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

SLUG_CHARS = 30
"""Length at which the reference converter cuts a condition's slug (BASED.md 4.1)."""


class Exit(ast.AST):
    """One `until CONDITION [as NAME]:` clause."""

    _fields = ("condition", "body")
    condition: ast.expr | None
    body: list[ast.stmt]
    name: str | None
    lineno: int
    col_offset: int
    end_lineno: int

    def __init__(self, condition: ast.expr | None, body: list[ast.stmt]) -> None:
        super().__init__()
        self.condition = condition
        self.body = body
        self.name = None


class Conversation(ast.stmt):
    """A `loop:` clause and the `until` clauses after it."""

    _fields = ("body", "exits")
    body: list[ast.stmt]
    exits: list[Exit]

    def __init__(self, body: list[ast.stmt]) -> None:
        super().__init__()
        self.body = body
        self.exits = []


@dataclass(frozen=True, slots=True)
class Talk:
    """The `[target =] talk(...)` of a conversation."""

    target: str | None
    call: ast.Call


@dataclass(frozen=True, slots=True)
class Program:
    """A parsed program; every node carries the line of the source."""

    source: str
    tree: ast.Module

    @property
    def lines(self) -> list[str]:
        """The source's lines."""
        return self.source.split("\n")


def find_talk(conversation: Conversation) -> Talk | None:
    """Return the conversation's talk, or None if its body is anything but exactly that."""
    if len(conversation.body) != 1:
        return None
    statement = conversation.body[0]
    target: str | None = None
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        name = statement.targets[0]
        if not isinstance(name, ast.Name):
            return None
        target = name.id
    elif not isinstance(statement, ast.Expr):
        return None
    value = statement.value
    call = value.value if isinstance(value, ast.Await) else value
    return Talk(target, call) if isinstance(call, ast.Call) and is_talk(call) else None


def is_talk(node: ast.AST) -> bool:
    """Whether the node calls `talk`."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "talk"


def slug(text: str) -> str:
    """Return a condition's name: lower case, other characters as `_`, at most 30 characters.

    Empty when the text has no letter or digit of ASCII, as tool names must.
    """
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")[:SLUG_CHARS].rstrip("_")
