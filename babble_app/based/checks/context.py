"""What the checks of one program share."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from babble_app.based.nodes import Conversation, Exit, Program, find_talk

if TYPE_CHECKING:
    from collections.abc import Callable

    from babble_app.based.checks.places import Place, Visit
    from babble_app.based.report import Report


Check: TypeAlias = "Callable[[Any, Place, Context], None]"
"""A rule for one kind of node."""


@dataclass(slots=True)
class Context:
    """The program, its report and the names it binds."""

    program: Program
    report: Report
    bound: frozenset[str] = frozenset()
    """Every name that is bound anywhere in the program."""
    assigned: dict[str, ast.expr] = field(default_factory=dict[str, ast.expr])
    """What plain names were assigned first."""
    excused: set[ast.AST] = field(default_factory=set[ast.AST])
    """Calls of `talk` that another finding already covers."""


def make_context(program: Program, visits: list[Visit], report: Report) -> Context:
    """Collect what the checks need to know beforehand."""
    names: set[str] = set()
    assigned: dict[str, ast.expr] = {}
    for visit in visits:
        node = visit.node
        if isinstance(node, _BINDERS):
            names.update(_bound(node))
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    assigned.setdefault(target.id, node.value)
    return Context(program, report, frozenset(names), assigned)


_BINDERS = (
    ast.Name,
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.ClassDef,
    ast.arg,
    ast.alias,
    ast.ExceptHandler,
    Exit,
    Conversation,
)


def _bound(node: ast.AST) -> list[str]:
    match node:
        case ast.Name(id=name, ctx=ast.Store()):
            return [name]
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return [name]
        case ast.arg(arg=name):
            return [name]
        case ast.alias(name=name, asname=other):
            return [other or name.split(".")[0]]
        case ast.ExceptHandler(name=str(name)):
            return [name]
        case Exit(name=str(name)):
            return [name]
        case Conversation() if (talk := find_talk(node)) and talk.target:
            return [talk.target]
        case _:
            return []
