"""The shape of conversations: E200 to E207, E211, E212, E117."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from babble_app.based.checks import schemas
from babble_app.based.nodes import Conversation, Exit, find_talk, is_talk, slug

if TYPE_CHECKING:
    from babble_app.based.checks.context import Check, Context
    from babble_app.based.checks.places import Place

_TALK_PARAMETERS = {
    "system_prompt", "prompt", "first_prompt", "first", "default_values", "info", "model",
}  # fmt: skip
_TALK_EXAMPLE = 'res = talk("What the agent knows and does here.", False)'
_UNTIL_EXAMPLE = 'until "the user wants to stop":\n    say("Goodbye!")'


def _call(node: ast.Call, place: Place, context: Context) -> None:
    if not place.talk and is_talk(node) and node not in context.excused:
        context.report.add(
            "E203",
            node,
            "`talk` may only stand in a `loop:` clause.",
            f"Write\nloop:\n    {_TALK_EXAMPLE}\n{_UNTIL_EXAMPLE}",
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
        report.add("W210", node, "A conversation inside for, while or try is unusual.")
    if not node.exits:
        report.add(
            "E200",
            node,
            "`loop` without `until`: the conversation has no exit.",
            f"Add at least one exit at the same indentation:\n{_UNTIL_EXAMPLE}",
        )
    talk = find_talk(node)
    if talk is None:
        _bad_body(node, context)
    else:
        _talk_call(talk.call, context)
        _exit_names(node, talk.target, context)
    _duplicates(node, context)


def _bad_body(node: Conversation, context: Context) -> None:
    empty = all(isinstance(statement, ast.Pass) for statement in node.body)
    extra = next((s for s in node.body if not _has_talk(s)), None)
    count = len(node.body)
    if empty:
        message = "The body of `loop:` is empty; it must be exactly one `talk` call."
    elif count > 1:
        message = f"The body of `loop:` has {count} statements; it must be exactly one `talk` call."
    else:
        message = "The body of `loop:` must be one `talk` call, bare or assigned to one name."
    where = node if empty or extra is None else extra
    context.report.add(
        "E202",
        where,
        message,
        f"Keep only\nloop:\n    {_TALK_EXAMPLE}\nand move the rest before `loop:` or into an `until` handler.",
    )


def _has_talk(statement: ast.stmt) -> bool:
    return any(is_talk(node) for node in ast.walk(statement))


def _talk_call(call: ast.Call, context: Context) -> None:
    names = {word.arg for word in call.keywords}
    if not call.args and not names & {"system_prompt", "prompt"}:
        context.report.add("E206", call, "`talk` lacks its prompt.", f"Write {_TALK_EXAMPLE}")
    unknown = sorted(name for name in names - _TALK_PARAMETERS if name)
    if unknown or None in names or len(call.args) > 4:
        what = f"parameter `{unknown[0]}`" if unknown else "that many or starred arguments"
        context.report.add(
            "E206",
            call,
            f"`talk` does not take {what}.",
            "Its parameters: talk(system_prompt, first_prompt=True, default_values={}, info={}).",
        )
    first = _argument(call, 1, ("first_prompt", "first"))
    if first is not None and _is_no_bool(first):
        context.report.add(
            "E207",
            first,
            "The second argument of `talk` says who speaks first and must be True or False.",
            "True: the agent speaks first. False: it waits for the user.",
        )


def _argument(call: ast.Call, position: int, names: tuple[str, ...]) -> ast.expr | None:
    if len(call.args) > position:
        return call.args[position]
    return next((word.value for word in call.keywords if word.arg in names), None)


def _is_no_bool(node: ast.expr) -> bool:
    if isinstance(node, ast.Constant):
        return not isinstance(node.value, bool)
    return isinstance(node, (ast.JoinedStr, ast.Dict, ast.List, ast.Set, ast.Tuple))


def _exit_names(node: Conversation, target: str | None, context: Context) -> None:
    for clause in node.exits:
        if clause.name and clause.name == target:
            context.report.add(
                "E211",
                clause,
                f"`as {clause.name}` would replace the talk's own result `{target}`.",
                "Use another name after `as`.",
            )
        if clause.name and _text(clause.condition) is not None:
            context.report.add("W220", clause, "`as` has no meaning with a condition in words.")


def _text(condition: ast.expr | None) -> str | None:
    if isinstance(condition, ast.Constant) and isinstance(condition.value, str):
        return condition.value
    return None


def _duplicates(node: Conversation, context: Context) -> None:
    texts: dict[str, int] = {}
    slugs: dict[str, int] = {}
    for clause in node.exits:
        text = " ".join((_text(clause.condition) or "").lower().split())
        if not text:
            continue
        if text in texts:
            context.report.add(
                "E212",
                clause,
                f"The same condition stands on line {texts[text]} of this conversation.",
                "Give each exit its own condition, or put both handlers into one.",
            )
        elif slug(text) in slugs:
            context.report.add("W240", clause, "Its first 30 characters equal another condition's.")
        texts.setdefault(text, clause.lineno)
        slugs.setdefault(slug(text), clause.lineno)


def _condition(clause: Exit, _place: Place, context: Context) -> None:
    condition = clause.condition
    text = _text(condition)
    if text is not None and text.strip():
        return
    if isinstance(condition, (ast.JoinedStr, ast.BinOp)) and _is_text(condition):
        context.report.add(
            "W221", clause, "This condition is put together when the loop is entered."
        )
    elif isinstance(condition, ast.Dict):
        schemas.check_tool(condition, context)
    elif isinstance(condition, ast.Name) and condition.id in context.bound:
        value = context.assigned.get(condition.id)
        if isinstance(value, ast.Dict):
            schemas.check_tool(value, context)
    else:
        context.report.add(
            "E205",
            clause,
            "`until` needs a condition in words, in quotes, that is not empty (or the name of a tool schema).",
            _UNTIL_EXAMPLE,
        )


def _is_text(node: ast.expr) -> bool:
    if isinstance(node, ast.BinOp):
        return isinstance(node.op, ast.Add) and (_is_text(node.left) or _is_text(node.right))
    return isinstance(node, ast.JoinedStr) or _text(node) is not None


def _python_loop(node: ast.While, _place: Place, context: Context) -> None:
    talks = [inner for inner in ast.walk(node) if is_talk(inner)]
    inside = {id(call) for loop in ast.walk(node) if isinstance(loop, Conversation)
              for statement in loop.body for call in ast.walk(statement)}  # fmt: skip
    stray = [call for call in talks if id(call) not in inside]
    if stray:
        context.excused.update(stray)
        context.report.add(
            "E117",
            node,
            "A conversation is not written with `while`.",
            f"Write\nloop:\n    {_TALK_EXAMPLE}\n{_UNTIL_EXAMPLE}",
        )


CHECKS: dict[type[ast.AST], Check] = {
    Conversation: _conversation,
    Exit: _condition,
    ast.While: _python_loop,
    ast.Call: _call,
}
