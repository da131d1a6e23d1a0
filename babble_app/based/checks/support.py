"""Python that is right, but that the interpreter does not run (W281), and code that was left out (E119, E111, E114)."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from babble_app.based.vocabulary import UNSUPPORTED
from babble_app.schemas.findings import Edit

if TYPE_CHECKING:
    from babble_app.based.checks.context import Check, Context
    from babble_app.based.places import Place

_NAMES = {
    "input": "The user is heard in a conversation: use loop/talk/until.",
    "hasattr": 'Use dict access: order.get("name").',
}


def _statement(node: ast.TryStar, _place: Place, context: Context) -> None:
    _warn(node, "`except*`", "Use `except`.", context)


def _warn(node: ast.AST, what: str, hint: str, context: Context) -> None:
    context.report.add(
        "W281",
        node,
        f"{what} is not available here; the run fails when this line is reached.",
        hint,
    )


def _name(node: ast.Name, _place: Place, context: Context) -> None:
    if node.id in UNSUPPORTED and node.id not in context.bound:
        _warn(node, f"`{node.id}`", _NAMES.get(node.id, "Use another way."), context)


def _constant(node: ast.Constant, _place: Place, context: Context) -> None:
    if isinstance(node.value, (bytes, complex)):
        word = "A bytes literal" if isinstance(node.value, bytes) else "A complex number"
        _warn(node, word, "Use texts and numbers.", context)


def _expression(node: ast.Expr, place: Place, context: Context) -> None:
    value = node.value
    _ellipsis(value, context, allowed=place.in_class)
    if isinstance(value, ast.BinOp) and isinstance(value.op, ast.FloorDiv):
        remark = value.right
        if isinstance(remark, ast.Name) and remark.id not in context.bound:
            _remark(value, context)


def _remark(node: ast.BinOp, context: Context) -> None:
    line = node.lineno
    if node.right.lineno != line:
        return
    text = context.program.lines[line - 1]
    start = len(text.encode()[: node.left.end_col_offset or 0].decode(errors="ignore"))
    col = text.find("//", start) + 1
    fix = Edit(line=line, col=col, end_line=line, end_col=col + 2, text="#")
    context.report.add(
        "E111",
        line,
        "`//` does not start a comment.",
        "Use `#` for comments: # like this",
        col=col,
        fix=(fix,),
    )


def _value(node: ast.Assign | ast.AnnAssign | ast.Return, _place: Place, context: Context) -> None:
    if node.value is not None:
        _ellipsis(node.value, context)


def _call(node: ast.Call, _place: Place, context: Context) -> None:
    for argument in node.args:
        _ellipsis(argument, context)
    for word in node.keywords:
        _ellipsis(word.value, context)


def _ellipsis(node: ast.expr, context: Context, *, allowed: bool = False) -> None:
    if isinstance(node, ast.Constant) and node.value is Ellipsis and not allowed:
        context.report.add(
            "E119",
            node,
            "`...` stands for code that was left out.",
            "Write what shall happen here, or `pass`.",
        )


CHECKS: dict[type[ast.AST], Check] = {
    ast.TryStar: _statement,
    ast.Name: _name,
    ast.Constant: _constant,
    ast.Expr: _expression,
    ast.Assign: _value,
    ast.AnnAssign: _value,
    ast.Return: _value,
    ast.Call: _call,
}
