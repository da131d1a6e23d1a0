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
    if problem:
        context.report.add(
            "E210", node, f"The tool schema {problem}.", f"A complete one: {_EXAMPLE}"
        )


def _find_problem(node: ast.Dict) -> str:
    function = _entry(node, "function")
    if isinstance(function, ast.Dict):
        node = function
    if any(key is None for key in node.keys):
        return ""
    name = _entry(node, "name")
    if name is None or (
        isinstance(name, ast.Constant) and not (isinstance(name.value, str) and name.value)
    ):
        return 'has no "name"'
    parameters = _entry(node, "parameters")
    if isinstance(parameters, ast.Dict) and not any(key is None for key in parameters.keys):
        kind = _entry(parameters, "type")
        if kind is None or (isinstance(kind, ast.Constant) and kind.value != "object"):
            return 'needs "type": "object" in its "parameters"'
    elif isinstance(parameters, (ast.Constant, ast.List)):
        return 'needs a JSON Schema object as "parameters"'
    return ""


def _entry(node: ast.Dict, key: str) -> ast.expr | None:
    for name, value in zip(node.keys, node.values, strict=True):
        if isinstance(name, ast.Constant) and name.value == key:
            return value
    return None
