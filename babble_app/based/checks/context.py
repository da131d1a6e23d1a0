"""What the checks of one program share."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

from babble_app.based.nodes import Conversation, Exit, Program, find_talk

if TYPE_CHECKING:
    from collections.abc import Callable

    from babble_app.based.lines import Scan
    from babble_app.based.parser import Reading
    from babble_app.based.places import Place, Visit
    from babble_app.based.report import Report


Check: TypeAlias = "Callable[[Any, Place, Context], None]"
"""A rule for one kind of node."""


@dataclass
class Context:
    """The program, its report and the names it binds."""

    program: Program
    report: Report
    scan: Scan
    visits: list[Visit]
    broken: frozenset[int]
    """Lines that could not be read as they are."""
    bound: set[str] = field(default_factory=set[str])
    """Every name that is bound anywhere in the program."""
    own: set[str] = field(default_factory=set[str])
    """Functions and parameters of the program."""
    assigned: dict[str, list[ast.expr]] = field(default_factory=dict[str, "list[ast.expr]"])
    """What plain names are assigned, in the order of the text."""
    talks: set[ast.AST] = field(default_factory=set[ast.AST])
    """The name `talk` where it belongs, or where another finding covers it."""
    noted: set[str] = field(default_factory=set[str])
    """What is said once for a whole program."""

    @cached_property
    def comments(self) -> dict[int, str]:
        """The comments, by their lines."""
        source = self.program.source
        return {
            line: source[offset : end if (end := source.find("\n", offset)) >= 0 else len(source)]
            for line, offset, _ in self.scan.comments
        }

    @cached_property
    def remarks(self) -> frozenset[int]:
        """The lines that hold nothing but a comment."""
        return frozenset(line for line, _, alone in self.scan.comments if alone)

    @cached_property
    def voice(self) -> bool:
        """Whether the program speaks on a telephone."""
        return any(
            (isinstance(node, ast.Name) and node.id in _VOICE)
            or (isinstance(node, ast.Constant) and node.value == "Caller")
            for node, _ in self.visits
        )

    def is_builtin(self, node: ast.AST, name: str) -> bool:
        """Whether the node is the language's own name, not one that the program binds."""
        return isinstance(node, ast.Name) and node.id == name and name not in self.bound


_VOICE = frozenset({"transfer_call", "end_call", "hangup", "click_ivr"})
"""`transfer` is not among them: chats hand over to people with it too."""


def make_context(program: Program, scan: Scan, reading: Reading) -> Context:
    """Collect what the checks need to know beforehand."""
    context = Context(program, reading.report, scan, reading.visits, reading.broken)
    for node, _ in reading.visits:
        collect = _COLLECT.get(node.__class__)
        if collect:
            collect(node, context)
    return context


def _name(node: ast.Name, context: Context) -> None:
    if node.ctx.__class__ is ast.Store:
        context.bound.add(node.id)


def _function(
    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, context: Context
) -> None:
    context.bound.add(node.name)
    context.own.add(node.name)


def _argument(node: ast.arg, context: Context) -> None:
    context.bound.add(node.arg)
    context.own.add(node.arg)


def _alias(node: ast.alias, context: Context) -> None:
    context.bound.add(node.asname or node.name.split(".")[0])


def _named(node: Any, context: Context) -> None:
    if node.name:
        context.bound.add(node.name)


def _rest(node: ast.MatchMapping, context: Context) -> None:
    if node.rest:
        context.bound.add(node.rest)


def _assignment(node: ast.Assign, context: Context) -> None:
    for target in node.targets:
        if isinstance(target, ast.Name):
            context.assigned.setdefault(target.id, []).append(node.value)


def _conversation(node: Conversation, context: Context) -> None:
    talk = find_talk(node)
    if talk is not None:
        context.talks.add(talk.call.func)


_COLLECT: dict[type[ast.AST], Callable[[Any, Context], None]] = {
    ast.Name: _name,
    ast.FunctionDef: _function,
    ast.AsyncFunctionDef: _function,
    ast.ClassDef: _function,
    ast.arg: _argument,
    ast.alias: _alias,
    ast.ExceptHandler: _named,
    ast.MatchAs: _named,
    ast.MatchStar: _named,
    ast.MatchMapping: _rest,
    Exit: _named,
    ast.Assign: _assignment,
    Conversation: _conversation,
}
