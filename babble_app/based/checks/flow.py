"""Statements that are out of place: E230, E231, and what stands after the end."""

from __future__ import annotations

import ast
from itertools import pairwise
from typing import TYPE_CHECKING, Any, cast

from babble_app.based.nodes import Conversation

if TYPE_CHECKING:
    from babble_app.based.checks.context import Context
    from babble_app.based.checks.places import Visit

_ENDINGS = {"done", "end", "end_call", "hangup", "transfer", "transfer_call"}


def check(visit: Visit, context: Context) -> None:
    """Check one node."""
    node, place = visit.node, visit.place
    if isinstance(node, ast.Return) and not place.function and not place.handlers:
        context.report.add(
            "E230",
            node,
            "`return` stands outside of a handler and of a function.",
            "Use `done()` to end the program, or let it run to its end.",
        )
    elif isinstance(node, (ast.Break, ast.Continue)) and not place.loop and not place.handlers:
        word = "break" if isinstance(node, ast.Break) else "continue"
        context.report.add(
            "E231",
            node,
            f"`{word}` stands outside of a `for`, a `while` and a handler.",
            "Remove it; a conversation is left by the end of an `until` handler.",
        )
    _check_blocks(node, context)


def _check_blocks(node: ast.AST, context: Context) -> None:
    for name in ("body", "orelse", "finalbody"):
        block: Any = getattr(node, name, None)
        if isinstance(block, list):
            _unreachable(
                cast("list[ast.stmt]", block), context
            )  # fields of these names hold statements


def _unreachable(block: list[ast.stmt], context: Context) -> None:
    for statement, following in pairwise(block):
        if _ends(statement) and not isinstance(following, (ast.Break, ast.Return, ast.Pass)):
            context.report.add("W290", following, "Never reached: the line before ends the run.")


def _ends(statement: ast.stmt) -> bool:
    if isinstance(statement, Conversation) or not isinstance(statement, ast.Expr):
        return False
    call = statement.value
    return (
        isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in _ENDINGS
    )
