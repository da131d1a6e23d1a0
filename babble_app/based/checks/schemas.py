"""Tool schemas that serve as conditions: E210."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from babble_app.based.checks.context import Context

_EXAMPLE = (
    'book = {"name": "book", "description": "The user chose a date", '
    '"parameters": {"type": "object", "properties": {"date": {"type": "string"}}, "required": ["date"]}}'
)


def check_tool(node: ast.Dict, context: Context) -> None:
    """Check a dict display that serves as a tool schema, as far as it is literal."""
    problem = _find_problem(node)
    if problem and context.broken.isdisjoint(range(node.lineno, (node.end_lineno or 0) + 1)):
        where, words = problem
        context.report.add(
            "E210", where, f"The tool schema {words}.", f"A complete one: {_EXAMPLE}"
        )


def check_named(node: ast.Name, context: Context) -> None:
    """Check what a name that serves as a condition is assigned, if that is plain."""
    values = context.assigned.get(node.id, [])
    if len(values) != 1:
        return
    value = values[0]
    if isinstance(value, ast.Dict):
        check_tool(value, context)
    elif isinstance(value, (ast.List, ast.Tuple, ast.Set)) or (
        isinstance(value, ast.Constant) and not isinstance(value.value, str)
    ):
        context.report.add(
            "E210", value, f"`{node.id}` is no tool schema.", f"A complete one: {_EXAMPLE}"
        )


def _find_problem(node: ast.Dict) -> tuple[ast.AST, str] | None:
    function = _entry(node, "function")
    if isinstance(function, ast.Dict):
        node = function
    elif function is not None or _is_open(node):
        return None
    name = _entry(node, "name")
    if not _is_open(node) and (
        name is None
        or (isinstance(name, ast.Constant) and not (isinstance(name.value, str) and name.value))
    ):
        return (name or node), 'has no "name"'
    parameters = _entry(node, "parameters")
    if isinstance(parameters, ast.Dict) and not _is_open(parameters):
        kind = _entry(parameters, "type")
        if kind is None or (isinstance(kind, ast.Constant) and kind.value != "object"):
            return (kind or parameters), 'needs "type": "object" in its "parameters"'
    elif isinstance(parameters, (ast.Constant, ast.List, ast.Tuple, ast.Set)):
        return parameters, 'needs a JSON Schema object as "parameters"'
    return None


def _is_open(node: ast.Dict) -> bool:
    """Whether entries may come from elsewhere: `{**base, ...}`."""
    return any(key is None or not isinstance(key, ast.Constant) for key in node.keys)


def _entry(node: ast.Dict, key: str) -> ast.expr | None:
    for name, value in zip(node.keys, node.values, strict=True):
        if isinstance(name, ast.Constant) and name.value == key:
            return value
    return None
