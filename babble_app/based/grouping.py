"""Regroups the `while`s and `if`s that stand for `loop` and `until` into conversations."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, cast

from babble_app.based.nodes import Conversation, Exit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from babble_app.based.report import Report
    from babble_app.based.rewrite import Rewritten

_BLOCKS = ("body", "orelse", "finalbody")
_LOOP_EXAMPLE = (
    'loop:\n    res = talk("...", False)\nuntil "the user says goodbye":\n    say("Goodbye!")'
)


class _Grouper:
    def __init__(self, rewritten: Rewritten, report: Report) -> None:
        self.rewritten = rewritten
        self.report = report

    def block(self, statements: list[ast.stmt]) -> list[ast.stmt]:
        result: list[ast.stmt] = []
        open_loop: Conversation | None = None
        for statement in statements:
            self.nested(statement)
            if self.is_until(statement):
                open_loop = self.until(statement, open_loop)
            elif self.is_loop(statement):
                open_loop = self.loop(statement)
                result.append(open_loop)
            else:
                open_loop = None
                result.append(statement)
        return result or [ast.copy_location(ast.Pass(), statements[0])]

    def nested(self, node: ast.AST) -> None:
        for name in _BLOCKS:
            statements: Any = getattr(node, name, None)
            if isinstance(statements, list) and statements:
                setattr(
                    node, name, self.block(cast("list[ast.stmt]", statements))
                )  # by their names
        parts: Iterable[ast.AST] = [*getattr(node, "handlers", ()), *getattr(node, "cases", ())]
        for part in parts:
            self.nested(part)

    def is_loop(self, node: ast.stmt) -> bool:
        return isinstance(node, ast.While) and node.lineno in self.rewritten.loops

    def is_until(self, node: ast.stmt) -> bool:
        return isinstance(node, ast.If) and node.lineno in self.rewritten.untils

    def loop(self, node: ast.stmt) -> Conversation:
        assert isinstance(node, ast.While)
        self.no_else(node, "loop")
        conversation = Conversation(node.body)
        ast.copy_location(conversation, node)
        conversation.end_lineno = node.body[-1].end_lineno
        return conversation

    def until(self, node: ast.stmt, owner: Conversation | None) -> Conversation | None:
        assert isinstance(node, ast.If)
        self.no_else(node, "until")
        if owner is None:
            self.report.add(
                "E201",
                node,
                "`until` without a `loop` directly before it at the same indentation.",
                "Put the conversation before it, nothing but comments between:\n" + _LOOP_EXAMPLE,
            )
            return None
        owner.exits.append(_exit(node, self.rewritten.shifts[node.lineno]))
        return owner

    def no_else(self, node: ast.While | ast.If, keyword: str) -> None:
        if node.orelse:
            self.report.add(
                "E100",
                node.orelse[0],
                f"`else`/`elif` cannot follow `{keyword}`.",
                "Write another `until` clause, or an `if` inside the handler.",
            )


def _exit(node: ast.If, shift: int) -> Exit:
    call = node.test
    assert isinstance(call, ast.Call)
    clause = Exit(_condition(call), node.body)
    for part in ast.walk(clause.condition) if clause.condition else ():
        if isinstance(part, ast.expr) and part.lineno == node.lineno:
            part.col_offset = max(0, part.col_offset - shift)
    clause.name = next((_name(word.value) for word in call.keywords if word.arg == "__as__"), None)
    clause.lineno, clause.col_offset = node.lineno, node.col_offset
    clause.end_lineno = node.end_lineno or node.lineno
    return clause


def _condition(call: ast.Call) -> ast.expr | None:
    if len(call.args) == 1:
        return call.args[0]
    return ast.copy_location(ast.Tuple(elts=call.args, ctx=ast.Load()), call) if call.args else None


def _name(value: ast.expr) -> str | None:
    return value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else None


def group_conversations(tree: ast.Module, rewritten: Rewritten, report: Report) -> None:
    """Replace, in place, each loop and its untils by one `Conversation`."""
    if tree.body:
        tree.body = _Grouper(rewritten, report).block(tree.body)
