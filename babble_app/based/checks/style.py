"""Warnings: what runs, but was probably meant otherwise."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from babble_app.based.nodes import Conversation, find_talk
from babble_app.based.vocabulary import BUILTINS, FORBIDDEN

if TYPE_CHECKING:
    from babble_app.based.checks.context import Context
    from babble_app.based.checks.places import Visit

_SPELLINGS = {"true": "True", "false": "False", "null": "None"}
_SECRET = re.compile(
    r"\b(sk-[A-Za-z0-9_-]{16,}|gh[pousr]_\w{20,}|AKIA[A-Z0-9]{16}|xox[abp]-[\w-]{10,})"
)
_GOODBYE = re.compile(
    r"goodbye|bye|done|finish|end|leave|human|agent|transfer|stop|nothing", re.IGNORECASE
)
_MIN_PROMPT_CHARS = 20


def check(visit: Visit, context: Context) -> None:
    """Check one node."""
    node = visit.node
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        _name(node, context)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        if _SECRET.search(node.value):
            context.report.add(
                "W296", node, "This looks like a secret.", 'Read it from variables["..."] instead.'
            )
    elif isinstance(node, Conversation):
        _conversation(node, context)
    elif isinstance(node, ast.Assign):
        _state(node, visit, context)
    elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        _api(node, context)


def _name(node: ast.Name, context: Context) -> None:
    if node.id in context.bound:
        return
    if node.id in _SPELLINGS:
        context.report.add(
            "W110",
            node,
            f"Python spells it `{_SPELLINGS[node.id]}`.",
            f"Write {_SPELLINGS[node.id]}.",
        )
    elif node.id not in BUILTINS | FORBIDDEN and not node.id.startswith("__") and node.id != "ask":
        context.report.add(
            "W280",
            node,
            f"`{node.id}` is not defined anywhere; the run fails when this line is reached.",
            "Define it first, or correct its spelling.",
        )


def _conversation(node: Conversation, context: Context) -> None:
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


def _state(node: ast.Assign, visit: Visit, context: Context) -> None:
    if visit.place.function:
        return
    for target in node.targets:
        if isinstance(target, ast.Name) and target.id in {"state", "variables"}:
            context.report.add(
                "W260",
                node,
                f"This hides the `{target.id}` that the session provides.",
                f'Use another name, or set single entries: {target.id}["key"] = value.',
            )


def _api(node: ast.Attribute, context: Context) -> None:
    if isinstance(node.value, ast.Name) and node.value.id == "api" and "api" not in context.bound:
        context.report.add("W270", node, "`api` is deprecated.", "Use `requests`.")
