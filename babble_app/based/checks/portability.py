"""What Brainbase's own engine is known to do otherwise, or to fail at: W231, W250, W251, W252."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from babble_app.based.checks.context import Check, Context
    from babble_app.based.places import Place


def _return(node: ast.Return, place: Place, context: Context) -> None:
    if place.function or not place.handlers:
        return
    comment = context.comments.get(node.end_lineno or node.lineno, "")
    if node.value is None and comment:
        context.report.add(
            "W251",
            node,
            "A comment behind `return` is a syntax error in other engines of Based.",
            "Put the comment on the line before.",
        )
    line = node.lineno - 1
    above = context.comments.get(line, "") if line in context.remarks else ""
    value = node.value.value if isinstance(node.value, ast.Constant) else ""
    words = f"{comment} {above} {value if isinstance(value, str) else ''}".lower()
    if place.handlers > 1 and "outer" in words:
        context.report.add(
            "W231",
            node,
            "`return` goes back to the inner conversation, not to the outer one.",
            "To reach the outer loop let this handler end, and `return` in the outer handler.",
        )


def _break(node: ast.Break, place: Place, context: Context) -> None:
    if place.loop and place.handlers and not place.function:
        context.report.add(
            "W250",
            node,
            "`break` of a loop inside a handler may fail in other engines of Based.",
            "For programs that move: put the loop into a function and `return` from it.",
        )


def _name(node: ast.Name, _place: Place, context: Context) -> None:
    if node.id != "variables" or "variables" in context.bound or "variables" in context.noted:
        return
    context.noted.add("variables")
    context.report.add(
        "W252",
        node,
        "`variables` is always there here, but undefined in other engines when none were passed in.",
        "For programs that move: pass at least one variable with the deployment.",
    )


CHECKS: dict[type[ast.AST], Check] = {
    ast.Return: _return,
    ast.Break: _break,
    ast.Name: _name,
}
