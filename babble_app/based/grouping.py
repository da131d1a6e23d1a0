"""Regroups the `if`s that stand for `loop` and `until` into conversations."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, cast

from babble_app.based.nodes import Conversation, Exit, is_talk

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from babble_app.based.lines import Scan
    from babble_app.based.report import Report
    from babble_app.based.rewrite import Rewritten

_BLOCKS = ("body", "orelse", "finalbody")
_SIMPLE = (
    ast.Expr, ast.Assign, ast.Return, ast.AugAssign, ast.AnnAssign, ast.Pass, ast.Break, ast.Continue, ast.Import,
    ast.ImportFrom, ast.Raise, ast.Delete, ast.Assert, ast.Global, ast.Nonlocal,
)  # fmt: skip
_LOOP_EXAMPLE = (
    'loop:\n    res = talk("...", False)\nuntil "the user says goodbye":\n    say("Goodbye!")'
)
_PUT_BEFORE = "Put the conversation before it, nothing but comments between:\n" + _LOOP_EXAMPLE
_OUTDENT = (
    "It stands in the body of `loop:`. Give it the indentation of `loop:` itself:\n" + _LOOP_EXAMPLE
)


class _Grouper:
    def __init__(
        self, rewritten: Rewritten, scan: Scan, report: Report, gone: Collection[int]
    ) -> None:
        self.rewritten = rewritten
        self.scan = scan
        self.report = report
        self.gone = gone

    def block(self, statements: list[ast.stmt], *, in_loop: bool = False) -> list[ast.stmt]:
        result: list[ast.stmt] = []
        open_loop: Conversation | None = None
        excused = False
        for statement in statements:
            if isinstance(statement, _SIMPLE):
                excused = statement.lineno in self.gone
                open_loop = open_loop if excused else None
                result.append(statement)
                continue
            self.nested(statement)
            if self.is_until(statement):
                hint = _OUTDENT if in_loop else _PUT_BEFORE
                self.until(statement, open_loop, "" if excused else hint)
            elif self.is_loop(statement):
                open_loop = self.loop(statement)
                result.append(open_loop)
                excused = False
            else:
                excused = statement.lineno in self.gone or _stands_for_loop(statement)
                open_loop = open_loop if statement.lineno in self.gone else None
                result.append(statement)
        return result or [ast.copy_location(ast.Pass(), statements[0])]

    def nested(self, node: ast.AST) -> None:
        while (other := self.elif_of(node)) is not None:  # a chain of them may be long
            assert isinstance(node, ast.If)
            node.body = self.block(node.body)
            node = other
        for name in _BLOCKS:
            statements: Any = getattr(node, name, None)
            if isinstance(statements, list) and statements:
                block = cast("list[ast.stmt]", statements)
                in_loop = name == "body" and self.is_loop(node)
                setattr(node, name, self.block(block, in_loop=in_loop))  # by their names
        parts: Iterable[ast.AST] = [*getattr(node, "handlers", ()), *getattr(node, "cases", ())]
        for part in parts:
            self.nested(part)

    def elif_of(self, node: ast.AST) -> ast.If | None:
        """Return the `elif` that follows an `if`, where it is a plain one."""
        if isinstance(node, ast.If) and len(node.orelse) == 1:
            other = node.orelse[0]
            if isinstance(other, ast.If) and not (self.is_until(other) or self.is_loop(other)):
                return other
        return None

    def is_loop(self, node: ast.AST) -> bool:
        return isinstance(node, ast.If) and node.lineno in self.rewritten.loops

    def is_until(self, node: ast.stmt) -> bool:
        return isinstance(node, ast.If) and node.lineno in self.rewritten.untils

    def loop(self, node: ast.stmt) -> Conversation:
        assert isinstance(node, ast.If)
        self.no_else(node, "loop")
        conversation = Conversation(node.body)
        ast.copy_location(conversation, node)
        conversation.end_lineno = node.body[-1].end_lineno
        return conversation

    def until(self, node: ast.stmt, owner: Conversation | None, hint: str) -> None:
        assert isinstance(node, ast.If)
        self.no_else(node, "until")
        if owner is not None:
            owner.exits.append(self.exit(node))
        elif hint:
            self.report.add(
                "E201",
                node.lineno,
                "`until` without a `loop` directly before it at the same indentation.",
                hint,
                col=self.report.column(node),
            )

    def no_else(self, node: ast.If, keyword: str) -> None:
        if node.orelse:
            inside = node.body[-1].end_lineno or node.lineno
            line = next(
                (
                    logical.line
                    for logical in self.scan.logical
                    if logical.line > inside and logical.indent == node.col_offset
                ),
                node.orelse[0].lineno,
            )
            self.report.add(
                "E100",
                line,
                f"`else`/`elif` cannot follow `{keyword}`.",
                "Write another `until` clause, or an `if` inside the handler.",
                col=self.report.column(node),
            )

    def exit(self, node: ast.If) -> Exit:
        condition = None if node.lineno in self.rewritten.bare else node.test
        clause = Exit(condition, node.body)
        clause.name = self.rewritten.names.get(node.lineno)
        clause.lineno, clause.col_offset = node.lineno, node.col_offset
        clause.end_lineno = node.body[-1].end_lineno or node.lineno
        return clause


def _stands_for_loop(statement: ast.stmt) -> bool:
    """Whether the statement is a conversation written in Python, which is reported as such (E117)."""
    return isinstance(statement, ast.While) and any(is_talk(node) for node in ast.walk(statement))


def group_conversations(
    tree: ast.Module, rewritten: Rewritten, scan: Scan, report: Report, gone: Collection[int]
) -> None:
    """Replace, in place, each loop and its untils by one `Conversation`.

    Args:
        tree: Of the rewritten text.
        rewritten: Where the soft keywords are.
        scan: The text's logical lines.
        report: Gets what does not belong together.
        gone: Lines on which a placeholder stands for something that could not be read.
    """
    if tree.body:
        tree.body = _Grouper(rewritten, scan, report, gone).block(tree.body)
