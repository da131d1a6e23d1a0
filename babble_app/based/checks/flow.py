"""Statements that are out of place: E230, E231, and what stands after the end."""

from __future__ import annotations

import ast
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from babble_app.based.nodes import Conversation, Exit

if TYPE_CHECKING:
    from babble_app.based.checks.context import Check, Context
    from babble_app.based.checks.places import Place

_ENDINGS = {"done", "end", "end_call", "hangup", "transfer", "transfer_call"}


def _return(node: ast.Return, place: Place, context: Context) -> None:
    if not place.function and not place.handlers:
        context.report.add(
            "E230",
            node,
            "`return` stands outside of a handler and of a function.",
            "Use `done()` to end the program, or let it run to its end.",
        )


def _jump(node: ast.Break | ast.Continue, place: Place, context: Context) -> None:
    if not place.loop and not place.handlers:
        word = "break" if isinstance(node, ast.Break) else "continue"
        context.report.add(
            "E231",
            node,
            f"`{word}` stands outside of a `for`, a `while` and a handler.",
            "Remove it; a conversation is left by the end of an `until` handler.",
        )


def _block(node: Any, _place: Place, context: Context) -> None:
    _unreachable(node.body, context)
    _unreachable(getattr(node, "orelse", []), context)


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


CHECKS: dict[type[ast.AST], Check] = {
    ast.Return: _return,
    ast.Break: _jump,
    ast.Continue: _jump,
    **dict.fromkeys(
        (ast.Module, Exit, ast.If, ast.For, ast.While, ast.FunctionDef, ast.Try), _block
    ),
}
