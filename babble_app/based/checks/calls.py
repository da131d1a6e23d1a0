"""Calls of the language's own functions: E208, E209, E213, W261, W294."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from babble_app.based.checks.context import Check, Context
    from babble_app.based.places import Place

_ASK = 'order = res.ask(question="Which cake and how many?", example={"cake": "apple", "count": 1})'
_NETWORK = frozenset({"requests", "api"})


def _call(node: ast.Call, place: Place, context: Context) -> None:
    function = node.func
    if isinstance(function, ast.Attribute):
        if function.attr == "ask" and "ask" not in context.own:
            _ask(node, context)
        _network(node, function, place, context)
        if function.attr == "dumps":
            _plain_json(node, 0, context)
    elif isinstance(function, ast.Name):
        if function.id == "dict":
            _plain_json(node, 0, context)
        elif function.id not in context.own:
            _own(node, function.id, context)


def _own(node: ast.Call, name: str, context: Context) -> None:
    if name == "extract":
        _extract(node, context)
        _plain_json(node, 1, context)
    elif name == "ask" and name not in context.bound:
        context.report.add("E208", node, "`ask` is called on a value, not alone.", f"Write {_ASK}")


def _network(node: ast.Call, function: ast.Attribute, place: Place, context: Context) -> None:
    base = function.value
    if not isinstance(base, ast.Name) or base.id not in _NETWORK or base.id in context.own:
        return
    if not place.tried and not place.function:
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
    question = node.args[0] if node.args else _keyword(node, "question")
    if question is None or _is_empty(question):
        context.report.add("E208", node, "`.ask` lacks its question.", f"Write {_ASK}")
    example = node.args[1] if len(node.args) > 1 else _keyword(node, "example")
    schema = node.args[2] if len(node.args) > 2 else _keyword(node, "schema")
    if _is_missing(example) and _is_missing(schema):
        context.report.add(
            "E209",
            node,
            "`.ask` lacks the example (or schema) that gives its answer a shape.",
            f"Write {_ASK}",
        )


def _keyword(node: ast.Call, name: str) -> ast.expr | None:
    return next((word.value for word in node.keywords if word.arg == name), None)


def _is_missing(value: ast.expr | None) -> bool:
    return value is None or (isinstance(value, ast.Constant) and value.value is None)


def _is_empty(question: ast.expr) -> bool:
    if isinstance(question, ast.Constant):
        return not (isinstance(question.value, str) and question.value.strip())
    return isinstance(question, (ast.Dict, ast.List))


def _extract(node: ast.Call, context: Context) -> None:
    if any(isinstance(argument, ast.Starred) for argument in node.args):
        return
    key = node.args[0] if node.args else _keyword(node, "key")
    text = key.value if isinstance(key, ast.Constant) else None
    if not isinstance(text, str) or not text or text.startswith("_"):
        context.report.add(
            "E213",
            node,
            "`extract` needs a key that is a text in quotes and does not begin with `_`.",
            'Write extract("email", order["email"])',
        )


def _plain_json(node: ast.Call, position: int, context: Context) -> None:
    """Warn where an answer of `.ask` is used as if it were plain JSON; Brainbase's engine fails there."""
    value = node.args[position] if len(node.args) > position else _keyword(node, "value")
    if isinstance(value, ast.Name):
        values = context.assigned.get(value.id, [])
        answer = bool(values) and all(_is_ask(one) for one in values)
        name = value.id
    else:
        answer, name = value is not None and _is_ask(value), "answer"
    if answer and value is not None:
        context.report.add(
            "W261",
            value,
            "An answer of `.ask` is plain JSON here, but not in other engines of Based.",
            f"For programs that move: {name}.to_json()",
        )


def _is_ask(node: ast.expr) -> bool:
    if isinstance(node, ast.Await):
        node = node.value
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "ask"
    )


CHECKS: dict[type[ast.AST], Check] = {ast.Call: _call}
