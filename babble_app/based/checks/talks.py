"""The call of `talk` and the conditions: E205 to E207, W221, W292."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from babble_app.based.checks import schemas

if TYPE_CHECKING:
    from babble_app.based.checks.context import Context
    from babble_app.based.nodes import Exit
    from babble_app.based.places import Place

_PARAMETERS = {"system_prompt", "prompt", "first_prompt", "first", "default_values", "info"}
_MAX_ARGUMENTS = 4
_MIN_PROMPT_CHARS = 20
EXAMPLE = 'res = talk("What the agent knows and does here.", False)'


def text_of(node: ast.expr | None) -> str | None:
    """Return the text of a literal."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return None


def check_talk(call: ast.Call, context: Context) -> None:
    """Check the arguments of a conversation's talk."""
    report = context.report
    names = {word.arg for word in call.keywords}
    spread = None in names or any(isinstance(argument, ast.Starred) for argument in call.args)
    prompt = _argument(call, 0, ("system_prompt", "prompt"))
    if prompt is None and not spread:
        report.add("E206", call, "`talk` lacks its prompt.", f"Write {EXAMPLE}")
    elif isinstance(prompt, (ast.Constant, ast.Dict, ast.List, ast.Set)):
        _prompt(prompt, context)
    for word in call.keywords:
        if word.arg is not None and word.arg not in _PARAMETERS:
            _parameters(word.value, f"no parameter `{word.arg}`", context)
    if len(call.args) > _MAX_ARGUMENTS:
        _parameters(call.args[_MAX_ARGUMENTS], "no fifth argument", context)
    first = _argument(call, 1, ("first_prompt", "first"))
    if first is not None and _is_no_bool(first):
        report.add(
            "E207",
            first,
            "The second argument of `talk` says who speaks first and must be True or False.",
            "True: the agent speaks first. False: it waits for the user.",
        )


def _prompt(prompt: ast.expr, context: Context) -> None:
    text = text_of(prompt)
    if isinstance(prompt, ast.Constant) and prompt.value is Ellipsis:
        return
    if text is None or not text.strip():
        message = "The prompt of `talk` must be a text that is not empty."
        context.report.add("E206", prompt, message, f"Write {EXAMPLE}")
    elif len(text.strip()) < _MIN_PROMPT_CHARS:
        context.report.add(
            "W292",
            prompt,
            "The prompt is very short.",
            "Say who the agent is, what it does here and which exits there are.",
        )


def _parameters(where: ast.expr, what: str, context: Context) -> None:
    context.report.add(
        "E206",
        where,
        f"`talk` has {what}.",
        "Its parameters: talk(system_prompt, first_prompt=True, default_values={}, info={}).",
    )


def _argument(call: ast.Call, position: int, names: tuple[str, ...]) -> ast.expr | None:
    before = call.args[: position + 1]
    if any(isinstance(argument, ast.Starred) for argument in before):
        return None
    if len(call.args) > position:
        return call.args[position]
    return next((word.value for word in call.keywords if word.arg in names), None)


def _is_no_bool(node: ast.expr) -> bool:
    if isinstance(node, ast.Constant):
        return not isinstance(node.value, bool)
    if isinstance(node, ast.UnaryOp):
        return not isinstance(node.op, ast.Not)
    return isinstance(node, (ast.JoinedStr, ast.Dict, ast.List, ast.Set, ast.Tuple, ast.Lambda))


_COMPUTED = (ast.JoinedStr, ast.BinOp, ast.Call, ast.IfExp)
"""Conditions that may be texts put together."""


def check_condition(clause: Exit, _place: Place, context: Context) -> None:
    """Check what stands between `until` and its colon."""
    condition = clause.condition
    text = text_of(condition)
    if text is not None and text.strip():
        return
    if isinstance(condition, _COMPUTED) and _is_text(condition):
        context.report.add(
            "W221",
            condition,
            "This condition is put together when the loop is entered.",
            'A plain text is easier to test: until "the user says goodbye":',
        )
    elif isinstance(condition, ast.Dict):
        schemas.check_tool(condition, context)
    elif isinstance(condition, ast.Name) and condition.id in context.bound:
        schemas.check_named(condition, context)
    elif not (isinstance(condition, ast.Name) and context.broken):
        word = condition.id if isinstance(condition, ast.Name) else ""
        hint = f'until "{word}":' if word else 'until "the user wants to stop":'
        context.report.add(
            "E205",
            clause.lineno,
            "`until` needs a condition in words, in quotes, that is not empty (or the name of a tool schema).",
            f"Write {hint}",
            col=context.report.column(clause),
        )


def _is_text(node: ast.expr) -> bool:
    if isinstance(node, ast.BinOp):
        if isinstance(node.op, ast.Mod):
            return _is_text(node.left)
        return isinstance(node.op, ast.Add) and (_is_text(node.left) or _is_text(node.right))
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Attribute) and _is_text(node.func.value)
    if isinstance(node, ast.IfExp):
        return _is_text(node.body) and _is_text(node.orelse)
    return isinstance(node, ast.JoinedStr) or text_of(node) is not None
