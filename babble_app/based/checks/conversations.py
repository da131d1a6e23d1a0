"""The shape of conversations: E200 to E204, E211, E212, E117, W210, W220, W240."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from babble_app.based.checks import talks
from babble_app.based.nodes import Conversation, Exit, find_talk, is_talk, slug

if TYPE_CHECKING:
    from babble_app.based.checks.context import Check, Context
    from babble_app.based.places import Place

_UNTIL_EXAMPLE = 'until "the user wants to stop":\n    say("Goodbye!")'
_LOOP_EXAMPLE = f"loop:\n    {talks.EXAMPLE}\n{_UNTIL_EXAMPLE}"


def _name(node: ast.Name, _place: Place, context: Context) -> None:
    if node.id == "talk" and node not in context.talks and isinstance(node.ctx, ast.Load):
        context.report.add(
            "E203",
            node,
            "`talk` may only stand in a `loop:` clause.",
            f"Write\n{_LOOP_EXAMPLE}",
        )


def _conversation(node: Conversation, place: Place, context: Context) -> None:
    report = context.report
    if place.function:
        report.add(
            "E204",
            node,
            "A conversation cannot be inside a function or class: the program has to pause there.",
            "Move the loop and its untils to the top level or into an `until` handler; call the function from there.",
        )
    elif place.wrapped:
        report.add(
            "W210",
            node,
            "A conversation inside for, while, try or with is unusual.",
            "Use `return` in a handler to talk on, instead of a loop around the conversation.",
        )
    if not node.exits:
        report.add(
            "E200",
            node.lineno,
            "`loop` without `until`: the conversation has no exit.",
            f"Add at least one exit at the same indentation:\n{_UNTIL_EXAMPLE}",
            col=report.column(node),
        )
    talk = find_talk(node)
    if talk is None:
        _bad_body(node, context)
    else:
        talks.check_talk(talk.call, context)
        _exit_names(node, talk.target, context)
    _duplicates(node, context)


def _bad_body(node: Conversation, context: Context) -> None:
    _excuse(node.body, context)
    last = node.body[-1].end_lineno or node.lineno
    if not context.broken.isdisjoint(range(node.lineno, last + 1)):
        return
    count = len(node.body)
    rest = [statement for statement in node.body if not _has_talk(statement)]
    where: ast.AST | int = node.lineno
    if len(rest) == count and all(isinstance(statement, ast.Pass) for statement in rest):
        message = "The body of `loop:` is empty; it must be exactly one `talk` call."
    elif count > 1:
        where = rest[0] if rest else node.body[1]
        lines = ", ".join(str(statement.lineno) for statement in node.body)
        message = f"The body of `loop:` has {count} statements (lines {lines}); it must be exactly one `talk` call."
    else:
        where = node.body[0]
        message = "The body of `loop:` must be one `talk` call, bare or assigned to one name."
    context.report.add(
        "E202",
        where,
        message,
        f"Keep only\nloop:\n    {talks.EXAMPLE}\nand move the rest before `loop:` or into an `until` handler.",
    )


def _excuse(body: list[ast.stmt], context: Context) -> None:
    """Let the talks of a loop whose body is wrong anyway be."""
    for statement in body:
        context.talks.update(node for node in ast.walk(statement) if isinstance(node, ast.Name))


def _has_talk(statement: ast.stmt) -> bool:
    return any(is_talk(node) for node in ast.walk(statement))


def _exit_names(node: Conversation, target: str | None, context: Context) -> None:
    for clause in node.exits:
        if clause.name and clause.name == target:
            context.report.add(
                "E211",
                clause.lineno,
                f"`as {clause.name}` would replace the talk's own result `{target}`.",
                "Use another name after `as`.",
                col=context.report.column(clause),
            )
        if clause.name and talks.text_of(clause.condition) is not None:
            context.report.add(
                "W220",
                clause.lineno,
                "`as` has no meaning with a condition in words.",
                "Remove it, or use a tool schema as the condition: until book_tool as slot:",
                col=context.report.column(clause),
            )


def _duplicates(node: Conversation, context: Context) -> None:
    texts: dict[str, int] = {}
    slugs: dict[str, int] = {}
    for clause in node.exits:
        text = " ".join((talks.text_of(clause.condition) or "").lower().split())
        if not text:
            continue
        if text in texts:
            _exit_finding(
                "E212",
                clause,
                f"The same condition stands on line {texts[text]} of this conversation.",
                "Give each exit its own condition, or put both handlers into one.",
                context,
            )
        elif slug(text) in slugs:
            _exit_finding(
                "W240",
                clause,
                f"Its first 30 characters equal those of the condition on line {slugs[slug(text)]}.",
                "Begin the condition with what is particular to it.",
                context,
            )
        texts.setdefault(text, clause.lineno)
        if slug(text):
            slugs.setdefault(slug(text), clause.lineno)


def _exit_finding(code: str, clause: Exit, message: str, hint: str, context: Context) -> None:
    context.report.add(code, clause.lineno, message, hint, col=context.report.column(clause))


def _python_loop(node: ast.While, _place: Place, context: Context) -> None:
    stray = [
        inner.func
        for inner in ast.walk(node)
        if isinstance(inner, ast.Call) and is_talk(inner) and inner.func not in context.talks
    ]
    if stray:
        context.talks.update(stray)
        context.report.add(
            "E117",
            node.lineno,
            "A conversation is not written with `while`.",
            f"Write\n{_LOOP_EXAMPLE}",
            col=context.report.column(node),
        )


CHECKS: dict[type[ast.AST], Check] = {
    Conversation: _conversation,
    Exit: talks.check_condition,
    ast.While: _python_loop,
    ast.Name: _name,
}
