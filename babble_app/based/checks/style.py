"""What runs, but was probably meant otherwise: W110, W260, W270, W280, W291, W293, W295, W296."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from babble_app.based.nodes import Conversation, Exit
from babble_app.based.vocabulary import BUILTINS, FORBIDDEN, SYSTEM_MODULES, UNSUPPORTED
from babble_app.schemas.findings import Edit

if TYPE_CHECKING:
    from babble_app.based.checks.context import Check, Context
    from babble_app.based.places import Place

_SPELLINGS = {"true": "True", "false": "False", "null": "None"}
_SECRET = re.compile(
    r"\b(sk-[A-Za-z0-9_-]{16,}|gh[pousr]_\w{20,}|github_pat_\w{20,}|AKIA[A-Z0-9]{16}|xox[abp]-[\w-]{10,}"
    r"|AIza[\w-]{30,}|sk_(?:live|test)_\w{16,}|eyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]{6,})"
    r"|\A(?:Bearer|Basic) [\w.~+/=-]{12,}\Z"
)
_SECRET_NAME = re.compile(
    r"(?:api_?key|secret|passw(?:or)?d|token|private_?key)s?\Z", re.IGNORECASE
)
_SECRET_VALUE = re.compile(r"(?=.*\d)(?=.*[A-Za-z])[\w.~+/=-]{12,}")
_GOODBYE = re.compile(
    r"goodbye|bye|done|finish|end|leave|human|agent|person|transfer|stop|cancel|nothing|quit|exit|hang",
    re.IGNORECASE,
)
_MIN_SECRET_CHARS = 12
_SEARCHED_CHARS = 4000
_CHAIN = 3
_COLLECTING = {"say", "extract", "print"}
_KNOWN = BUILTINS | FORBIDDEN | UNSUPPORTED | {"ask"}
"""Names that are there, or that another rule speaks about."""


def _name(node: ast.Name, _place: Place, context: Context) -> None:
    name = node.id
    if name in _KNOWN and name not in _SPELLINGS:
        return
    if name in context.bound or not isinstance(node.ctx, ast.Load):
        return
    if name in _SPELLINGS:
        right = _SPELLINGS[name]
        fix = _replacement(node, right, context)
        context.report.add(
            "W110", node, f"Python spells it `{right}`.", f"Write {right}.", fix=(fix,)
        )
    elif not name.startswith("__") and name not in SYSTEM_MODULES:
        context.report.add(
            "W280",
            node,
            f"`{name}` is not defined anywhere; the run fails when this line is reached.",
            "Define it first, or correct its spelling.",
        )


def _replacement(node: ast.expr, text: str, context: Context) -> Edit:
    report = context.report
    return Edit(
        line=node.lineno,
        col=report.column(node),
        end_line=node.end_lineno or node.lineno,
        end_col=report.column(node, end=True),
        text=text,
    )


def _constant(node: ast.Constant, _place: Place, context: Context) -> None:
    text = node.value
    if (
        isinstance(text, str)
        and len(text) >= _MIN_SECRET_CHARS
        and _SECRET.search(text[:_SEARCHED_CHARS])
    ):
        _secret(node, context)


def _secret(node: ast.expr, context: Context) -> None:
    context.report.add(
        "W296",
        node,
        "This looks like a secret.",
        'Read it from the deployment: variables["api_key"].',
    )


def _assign(node: ast.Assign, place: Place, context: Context) -> None:
    for target in node.targets:
        if not isinstance(target, ast.Name):
            continue
        if target.id in {"state", "variables"} and not place.function:
            context.report.add(
                "W260",
                node,
                f"This hides the `{target.id}` that the session provides.",
                'Use another name, or set single entries: state["key"] = value.',
            )
        if _SECRET_NAME.search(target.id) and isinstance(node.value, ast.Constant):
            text = node.value.value
            if isinstance(text, str) and _SECRET_VALUE.fullmatch(text):
                _secret(node.value, context)


def _api(node: ast.Attribute, _place: Place, context: Context) -> None:
    if isinstance(node.value, ast.Name) and node.value.id == "api" and "api" not in context.bound:
        context.report.add(
            "W270",
            node,
            "`api` is deprecated.",
            "Use `requests`: import requests, then requests.get(url, params={...}).",
        )


def _conversation(node: Conversation, place: Place, context: Context) -> None:
    if len(node.exits) != 1:
        return
    condition = node.exits[0].condition
    text = condition.value if isinstance(condition, ast.Constant) else ""
    if isinstance(text, str) and text and not _GOODBYE.search(text):
        context.report.add(
            "W291",
            node.lineno,
            "The conversation has a single exit and no way out for a user who wants to stop.",
            'Add one: until "the user wants to stop":',
            col=context.report.column(node),
        )
    _chain(node, place, context)


def _chain(node: Conversation, place: Place, context: Context) -> None:
    """Find three conversations inside each other that only collect one thing each."""
    length, inner = 1, node
    while (following := _next_in_chain(inner)) is not None:
        length, inner = length + 1, following
    if length < _CHAIN:
        return
    if place.handlers and "chain" in context.noted:
        return
    context.noted.add("chain")
    context.report.add(
        "W293",
        node.lineno,
        f"{length} conversations inside each other, each with one exit: the user cannot answer out of order.",
        "Collect all of it in one conversation, and read it with one `.ask` whose example has all keys.",
        col=context.report.column(node),
    )


def _next_in_chain(node: Conversation) -> Conversation | None:
    if len(node.exits) != 1 or not all(_collects(one) for one in node.exits[0].body):
        return None
    inner = [one for one in node.exits[0].body if isinstance(one, Conversation)]
    return inner[0] if len(inner) == 1 and len(inner[0].exits) == 1 else None


def _collects(statement: ast.stmt) -> bool:
    if isinstance(statement, (Conversation, ast.Assign, ast.Pass)):
        return True
    if not isinstance(statement, ast.Expr) or not isinstance(statement.value, ast.Call):
        return False
    function = statement.value.func
    return isinstance(function, ast.Name) and function.id in _COLLECTING


def _handler(clause: Exit, _place: Place, context: Context) -> None:
    """Find what keeps a caller waiting in silence: an `.ask` before the first word."""
    if not context.voice:
        return
    asked = False
    for statement in clause.body:
        if isinstance(statement, Conversation):
            return
        if _says(statement):
            if asked:
                context.report.add(
                    "W295",
                    statement,
                    "On the telephone the caller hears nothing while the `.ask` before this runs.",
                    'Say something short first: say("One moment, please.")',
                )
            return
        asked = asked or any(
            isinstance(one, ast.Attribute) and one.attr == "ask" for one in ast.walk(statement)
        )


def _says(statement: ast.stmt) -> bool:
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Call)
        and isinstance(statement.value.func, ast.Name)
        and statement.value.func.id == "say"
    )


CHECKS: dict[type[ast.AST], Check] = {
    ast.Name: _name,
    ast.Constant: _constant,
    Conversation: _conversation,
    Exit: _handler,
    ast.Assign: _assign,
    ast.Attribute: _api,
}
