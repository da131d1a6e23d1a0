"""What would leave the sandbox or look into it: E240."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from babble_app.based.machine.modules import find_module
from babble_app.based.vocabulary import (
    BUILTINS,
    FORBIDDEN,
    HARMLESS_MODULES,
    MODULES,
    SPECIAL_METHODS,
    SYSTEM_MODULES,
    is_dunder,
)

if TYPE_CHECKING:
    from babble_app.based.checks.context import Check, Context
    from babble_app.based.places import Place

_FIELD = re.compile(r"\{[^{}]*__\w*[^{}]*\}")
_HINTS = {
    "getattr": 'Use dict access: order.get("name").',
    "setattr": 'Use dict access: order["name"] = value.',
    "open": "There are no files; keep data in variables, and results with extract().",
    "eval": "Compute with Python itself, or let the model answer with .ask().",
    "exec": "Write the statements into the program.",
}


def _import(node: ast.Import, _place: Place, context: Context) -> None:
    for alias in node.names:
        _module(alias.name, node, context)


def _import_from(node: ast.ImportFrom, _place: Place, context: Context) -> None:
    name = "." if node.level else node.module or "."
    if not _module(name, node, context):
        return
    module = find_module(name)
    for alias in node.names:
        if alias.name.startswith("_"):
            _refuse(
                f"`{alias.name}`", node, "Remove it; names with an underscore are private.", context
            )
        elif alias.name == "*":
            _unsupported(node, "`import *`", "Name what you need.", context)
        elif module is not None and alias.name not in module.members:
            hint = f"Available: {', '.join(sorted(module.members))}."
            _unsupported(node, f"`{alias.name}` of `{name}`", hint, context)


def _module(name: str, node: ast.AST, context: Context) -> bool:
    root = name.split(".")[0]
    if root in MODULES:
        return True
    if root in HARMLESS_MODULES:
        allowed = ", ".join(sorted(MODULES))
        _unsupported(node, f"The module `{name}`", f"Available: {allowed}.", context)
        return False
    allowed = ", ".join(sorted(MODULES))
    context.report.add(
        "E240",
        node,
        f"The module `{name}` cannot be imported here.",
        f"Remove the import. Available: {allowed}.",
    )
    return False


def _unsupported(node: ast.AST, what: str, hint: str, context: Context) -> None:
    context.report.add(
        "W281",
        node,
        f"{what} is not available here; the run fails when this line is reached.",
        hint,
    )


def _refuse(what: str, node: ast.AST, hint: str, context: Context) -> None:
    context.report.add("E240", node, f"{what} cannot be used here.", hint)


def _attribute(node: ast.Attribute, place: Place, context: Context) -> None:
    name = node.attr
    if not is_dunder(name) or name == "__name__":
        return
    if not (place.in_class and (name in SPECIAL_METHODS or _is_own_class(node))):
        _refuse(f"`{name}`", node, "Remove it; double underscores are Python's own.", context)


def _is_own_class(node: ast.Attribute) -> bool:
    """Whether the node is `self.__class__`."""
    return node.attr == "__class__" and isinstance(node.value, ast.Name) and node.value.id == "self"


def _name(node: ast.Name, _place: Place, context: Context) -> None:
    name = node.id
    if name in context.bound or name in BUILTINS:
        return
    if is_dunder(name):
        _refuse(f"`{name}`", node, "Remove it; double underscores are Python's own.", context)
    elif name in FORBIDDEN:
        _refuse(f"`{name}`", node, _HINTS.get(name, "Remove it."), context)
    elif name in SYSTEM_MODULES:
        _refuse(f"The module `{name}`", node, "Remove it.", context)


def _call(node: ast.Call, _place: Place, context: Context) -> None:
    """Find attribute access by a format string: `"{0.__class__}".format(x)`."""
    function = node.func
    if not isinstance(function, ast.Attribute) or function.attr not in {"format", "format_map"}:
        return
    texts = [function.value]
    if isinstance(function.value, ast.Name):
        texts = context.assigned.get(function.value.id, [])
    for text in texts:
        if (
            isinstance(text, ast.Constant)
            and isinstance(text.value, str)
            and _FIELD.search(text.value)
        ):
            _refuse(
                "A double underscore in a format text", node, "Format plain values only.", context
            )


CHECKS: dict[type[ast.AST], Check] = {
    ast.Import: _import,
    ast.ImportFrom: _import_from,
    ast.Attribute: _attribute,
    ast.Name: _name,
    ast.Call: _call,
}
