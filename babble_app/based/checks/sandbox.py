"""What the interpreter does not run: E240 (would leave the sandbox) and E241 (not in the language)."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from babble_app.based.machine.modules import find_module
from babble_app.based.vocabulary import BUILTINS, FORBIDDEN, MODULES

if TYPE_CHECKING:
    from babble_app.based.checks.context import Check, Context
    from babble_app.based.checks.places import Place

_UNSUPPORTED: dict[type[ast.AST], tuple[str, str]] = {
    ast.ClassDef: ("`class`", "Use dicts and functions."),
    ast.With: ("`with`", "There are no files or locks here; call the function directly."),
    ast.AsyncWith: ("`async with`", "Call the function directly."),
    ast.AsyncFor: ("`async for`", "Use `for`."),
    ast.Yield: ("`yield`", "Build a list and return it."),
    ast.YieldFrom: ("`yield from`", "Build a list and return it."),
    ast.Match: ("`match`", "Use if/elif."),
    ast.TryStar: ("`except*`", "Use `except`."),
}


def _import(node: ast.Import, _place: Place, context: Context) -> None:
    for alias in node.names:
        _module(alias.name, node, context)


def _import_from(node: ast.ImportFrom, _place: Place, context: Context) -> None:
    name = "." if node.level else node.module or "."
    _module(name, node, context)
    module = find_module(name)
    for alias in node.names:
        if alias.name == "*":
            context.report.add("E241", node, "`import *` is not supported.", "Name what you need.")
        elif module is not None and alias.name not in module.members:
            context.report.add(
                "E240",
                node,
                f"`{alias.name}` of `{name}` cannot be imported here.",
                f"Available: {', '.join(sorted(module.members))}.",
            )


def _attribute(node: ast.Attribute, _place: Place, context: Context) -> None:
    _dunder(node.attr, node, context)
    if not isinstance(node.ctx, ast.Load):
        context.report.add(
            "E241",
            node,
            "Attributes cannot be assigned or deleted.",
            f'Use a dict: order["{node.attr}"] = value.',
        )


def _unsupported(node: ast.AST, _place: Place, context: Context) -> None:
    word, hint = _UNSUPPORTED[type(node)]
    context.report.add("E241", node, f"{word} is not supported.", hint)


def _module(name: str, node: ast.AST, context: Context) -> None:
    if name.split(".")[0] in MODULES:
        return
    allowed = ", ".join(sorted(MODULES))
    context.report.add(
        "E240",
        node,
        f"The module `{name}` cannot be imported here.",
        f"Remove the import. Available: {allowed}.",
    )


def _dunder(name: str, node: ast.AST, context: Context) -> None:
    if name.startswith("__") and name.endswith("__"):
        context.report.add(
            "E240",
            node,
            f"`{name}` cannot be used here.",
            "Remove it; double underscores are Python's own.",
        )


def _name(node: ast.Name, _place: Place, context: Context) -> None:
    _dunder(node.id, node, context)
    if node.id not in FORBIDDEN or node.id in context.bound or node.id in BUILTINS:
        return
    hint = "Remove it."
    if node.id == "input":
        hint = "The user is heard in a conversation: use loop/talk/until."
    elif node.id in {"getattr", "hasattr"}:
        hint = 'Use dict access: order.get("name").'
    elif node.id == "type":
        hint = "Use isinstance(value, str)."
    context.report.add("E240", node, f"`{node.id}` cannot be used here.", hint)


def _function(
    node: ast.FunctionDef | ast.AsyncFunctionDef, _place: Place, context: Context
) -> None:
    if node.decorator_list:
        context.report.add(
            "E241", node, "Decorators are not supported.", "Call the function directly."
        )


def _constant(node: ast.Constant, _place: Place, context: Context) -> None:
    if isinstance(node.value, (bytes, complex)):
        word = "Bytes" if isinstance(node.value, bytes) else "Complex numbers"
        context.report.add("E241", node, f"{word} are not supported.", "Use texts and numbers.")


def _expression(node: ast.Expr, _place: Place, context: Context) -> None:
    if _is_ellipsis(node.value):
        context.report.add(
            "E119",
            node,
            "`...` stands for code that was left out.",
            "Write what shall happen here, or `pass`.",
        )


def _is_ellipsis(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is Ellipsis


CHECKS: dict[type[ast.AST], Check] = {
    **dict.fromkeys(_UNSUPPORTED, _unsupported),
    ast.Import: _import,
    ast.ImportFrom: _import_from,
    ast.Attribute: _attribute,
    ast.Name: _name,
    ast.FunctionDef: _function,
    ast.AsyncFunctionDef: _function,
    ast.Constant: _constant,
    ast.Expr: _expression,
}
