"""Calls of the language's own functions: E208, E209, E213."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from babble_app.based.checks.context import Check, Context
    from babble_app.based.checks.places import Place

_ASK = 'order = res.ask(question="Which cake and how many?", example={"cake": "apple", "count": 1})'


def _call(node: ast.Call, place: Place, context: Context) -> None:
    if isinstance(node.func, ast.Attribute):
        _network(node, place, context)
        if node.func.attr == "ask":
            _ask(node, context)
    elif isinstance(node.func, ast.Name) and node.func.id not in context.bound:
        if node.func.id == "extract":
            _extract(node, context)
        elif node.func.id == "ask":
            context.report.add(
                "E208", node, "`ask` is called on a value, not alone.", f"Write {_ASK}"
            )


def _network(node: ast.Call, place: Place, context: Context) -> None:
    function = node.func
    if not isinstance(function, ast.Attribute) or not isinstance(function.value, ast.Name):
        return
    if function.value.id == "requests" and not place.tried and not place.function:
        context.report.add(
            "W294",
            node,
            "A network call may fail, and nothing catches that.",
            'Put it into try: ... except Exception: say("That did not work.")',
        )


def _ask(node: ast.Call, context: Context) -> None:
    names = {word.arg for word in node.keywords}
    if any(isinstance(argument, ast.Starred) for argument in node.args) or None in names:
        return
    if not node.args and "question" not in names:
        context.report.add("E208", node, "`.ask` lacks its question.", f"Write {_ASK}")
    if len(node.args) < 2 and not names & {"example", "schema"}:
        context.report.add(
            "E209",
            node,
            "`.ask` lacks the example (or schema) that gives its answer a shape.",
            f"Write {_ASK}",
        )


def _extract(node: ast.Call, context: Context) -> None:
    key = node.args[0] if node.args else next(
        (word.value for word in node.keywords if word.arg == "key"), None
    )  # fmt: skip
    text = key.value if isinstance(key, ast.Constant) else None
    if not isinstance(text, str) or not text or text.startswith("_"):
        context.report.add(
            "E213",
            node,
            "`extract` needs a key that is a text in quotes and does not begin with `_`.",
            'Write extract("email", order["email"])',
        )


CHECKS: dict[type[ast.AST], Check] = {ast.Call: _call}
