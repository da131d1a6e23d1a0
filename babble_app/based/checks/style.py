"""Warnings: what runs, but was probably meant otherwise."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from babble_app.based.nodes import Conversation, find_talk
from babble_app.based.vocabulary import BUILTINS, FORBIDDEN

if TYPE_CHECKING:
    from babble_app.based.checks.context import Check, Context
    from babble_app.based.checks.places import Place

_SPELLINGS = {"true": "True", "false": "False", "null": "None"}
_SECRET = re.compile(
    r"\b(sk-[A-Za-z0-9_-]{16,}|gh[pousr]_\w{20,}|AKIA[A-Z0-9]{16}|xox[abp]-[\w-]{10,})"
)
_GOODBYE = re.compile(
    r"goodbye|bye|done|finish|end|leave|human|agent|transfer|stop|nothing", re.IGNORECASE
)
_MIN_PROMPT_CHARS = 20
_MIN_SECRET_CHARS = 14
_KNOWN = BUILTINS | FORBIDDEN | {"ask"}
"""Names that are there, or that another rule speaks about."""


def _name(node: ast.Name, _place: Place, context: Context) -> None:
    if not isinstance(node.ctx, ast.Load) or node.id in context.bound:
        return
    if node.id in _SPELLINGS:
        right = _SPELLINGS[node.id]
        context.report.add("W110", node, f"Python spells it `{right}`.", f"Write {right}.")
    elif node.id not in _KNOWN and not node.id.startswith("__"):
        context.report.add(
            "W280",
            node,
            f"`{node.id}` is not defined anywhere; the run fails when this line is reached.",
            "Define it first, or correct its spelling.",
        )


def _constant(node: ast.Constant, _place: Place, context: Context) -> None:
    if (
        isinstance(node.value, str)
        and len(node.value) >= _MIN_SECRET_CHARS
        and _SECRET.search(node.value)
    ):
        context.report.add(
            "W296", node, "This looks like a secret.", 'Read it from variables["..."] instead.'
        )


def _conversation(node: Conversation, _place: Place, context: Context) -> None:
    talk = find_talk(node)
    prompt = talk.call.args[0] if talk and talk.call.args else None
    if (
        isinstance(prompt, ast.Constant)
        and isinstance(prompt.value, str)
        and len(prompt.value.strip()) < _MIN_PROMPT_CHARS
    ):
        context.report.add(
            "W292",
            prompt,
            "The prompt is very short.",
            "Say who the agent is, what it does here and which exits there are.",
        )
    if len(node.exits) == 1:
        condition = node.exits[0].condition
        text = condition.value if isinstance(condition, ast.Constant) else ""
        if isinstance(text, str) and text and not _GOODBYE.search(text):
            context.report.add(
                "W291",
                node,
                "The conversation has a single exit and no way out for a user who wants to stop.",
                'Add one: until "the user wants to stop":',
            )


def _state(node: ast.Assign, place: Place, context: Context) -> None:
    if place.function:
        return
    for target in node.targets:
        if isinstance(target, ast.Name) and target.id in {"state", "variables"}:
            context.report.add(
                "W260",
                node,
                f"This hides the `{target.id}` that the session provides.",
                f'Use another name, or set single entries: {target.id}["key"] = value.',
            )


def _api(node: ast.Attribute, _place: Place, context: Context) -> None:
    if isinstance(node.value, ast.Name) and node.value.id == "api" and "api" not in context.bound:
        context.report.add("W270", node, "`api` is deprecated.", "Use `requests`.")


CHECKS: dict[type[ast.AST], Check] = {
    ast.Name: _name,
    ast.Constant: _constant,
    Conversation: _conversation,
    ast.Assign: _state,
    ast.Attribute: _api,
}
