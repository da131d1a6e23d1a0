"""Statements that are out of place: E230, E231, what Python refuses only when it compiles (E100), W290."""

from __future__ import annotations

import ast
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from babble_app.based.nodes import Conversation, Exit

if TYPE_CHECKING:
    from babble_app.based.checks.context import Check, Context
    from babble_app.based.places import Place

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


def _arguments(node: ast.arguments, _place: Place, context: Context) -> None:
    seen: set[str] = set()
    extra = [one for one in (node.vararg, node.kwarg) if one is not None]
    for argument in [*node.posonlyargs, *node.args, *node.kwonlyargs, *extra]:
        if argument.arg in seen:
            _syntax(
                argument, f"duplicate argument '{argument.arg}' in function definition", context
            )
        seen.add(argument.arg)


def _nonlocal(node: ast.Nonlocal, place: Place, context: Context) -> None:
    if not place.function:
        _syntax(node, "nonlocal declaration not allowed at module level", context)


def _yield(node: ast.Yield | ast.YieldFrom, place: Place, context: Context) -> None:
    if not place.generator:
        _syntax(node, "'yield' outside function", context)


def _assign(node: ast.Assign, _place: Place, context: Context) -> None:
    for target in node.targets:
        if isinstance(target, ast.Starred):
            _syntax(target, "starred assignment target must be in a list or tuple", context)
    if isinstance(node.value, ast.Starred):
        _syntax(node.value, "can't use starred expression here", context)


def _try(node: ast.Try, place: Place, context: Context) -> None:
    for handler in node.handlers[:-1]:
        if handler.type is None:
            _syntax(handler, "default 'except:' must be last", context)
    _block(node, place, context)
    _unreachable(node.finalbody, context)


def _syntax(node: ast.AST, message: str, context: Context) -> None:
    context.report.add(
        "E100",
        node,
        f"Syntax: {message}.",
        "Correct this line; the rest is Python with `loop:` and `until`.",
    )


def _block(node: Any, _place: Place, context: Context) -> None:
    _unreachable(node.body, context)
    _unreachable(getattr(node, "orelse", []), context)


def _unreachable(block: list[ast.stmt], context: Context) -> None:
    for statement, following in pairwise(block):
        if _ends(statement, context) and not isinstance(
            following, (ast.Break, ast.Return, ast.Pass, ast.FunctionDef)
        ):
            context.report.add(
                "W290",
                following,
                "Never reached: the line before ends the run.",
                "Put it before that line, or remove it.",
            )
            return


def _ends(statement: ast.stmt, context: Context) -> bool:
    if isinstance(statement, Conversation) or not isinstance(statement, ast.Expr):
        return False
    call = statement.value.value if isinstance(statement.value, ast.Await) else statement.value
    return (
        isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id in _ENDINGS
        and call.func.id not in context.bound
    )


CHECKS: dict[type[ast.AST], Check] = {
    ast.Return: _return,
    ast.Break: _jump,
    ast.Continue: _jump,
    ast.arguments: _arguments,
    ast.Nonlocal: _nonlocal,
    ast.Yield: _yield,
    ast.YieldFrom: _yield,
    ast.Assign: _assign,
    ast.Try: _try,
    **dict.fromkeys(
        (ast.Module, Exit, ast.If, ast.For, ast.While, ast.FunctionDef, ast.ExceptHandler), _block
    ),
}
