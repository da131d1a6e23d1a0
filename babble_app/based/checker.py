"""Checks a Based program: all findings at once, errors and warnings, in the order of the text (BASED.md 7)."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from babble_app.based.checks import (
    calls,
    conversations,
    flow,
    portability,
    sandbox,
    style,
    support,
)
from babble_app.based.checks.context import make_context
from babble_app.based.nodes import Conversation
from babble_app.based.parser import read
from babble_app.based.vocabulary import BUILTINS

if TYPE_CHECKING:
    from babble_app.based.checks.context import Check
    from babble_app.based.lines import Scan
    from babble_app.based.nodes import Program
    from babble_app.based.parser import Reading
    from babble_app.schemas.findings import Finding


def _by_type() -> dict[type[ast.AST], list[Check]]:
    table: dict[type[ast.AST], list[Check]] = {}
    modules = (conversations, calls, flow, sandbox, support, style, portability)
    for rules in (module.CHECKS for module in modules):
        for kind, check_node in rules.items():
            table.setdefault(kind, []).append(check_node)
    return table


_CHECKS = _by_type()
_FENCED = re.compile(
    r"\A[ \t]*(`{3,}|~{3,})[^\n]*\n(.*?)(?:^[ \t]*\1[ \t]*\n?)?\s*\Z", re.DOTALL | re.MULTILINE
)


_WATCHED = frozenset({"talk", "variables", "true", "false", "null"})
"""Names that rules speak about though they are known; most names are known and need no look."""
_MAX_ERRORS = 200
"""After so many, those further down the text are not looked for: they would not be shown."""


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What was found; `ok` when nothing of it blocks."""

    findings: tuple[Finding, ...]
    ok: bool


def check(code: str) -> CheckResult:
    """Return everything that is wrong with the text, at most 20 findings; any text at all may be given."""
    reading = read(code)
    if reading.program is not None and reading.scan is not None:
        _check_program(reading.program, reading.scan, reading)
    return CheckResult(reading.report.findings(), not reading.report.has_errors)


def strip_fence(text: str) -> str:
    """Return what is inside when the whole text is one Markdown fence, else the text as it is."""
    stripped = text.strip("\r\n\t \ufeff")
    match = _FENCED.match(stripped.replace("\r\n", "\n"))
    return match.group(2).rstrip() + "\n" if match else text


def _check_program(program: Program, scan: Scan, reading: Reading) -> None:
    report = reading.report
    context = make_context(program, scan, reading)
    plain = (context.bound | BUILTINS) - _WATCHED
    for node, place in reading.visits:
        if node.__class__ is ast.Name and node.id in plain:  # type: ignore[attr-defined]  # a name
            continue
        for check_node in _CHECKS.get(node.__class__, ()):
            check_node(node, place, context)
        if report.errors > _MAX_ERRORS:
            break
    if not any(isinstance(node, Conversation) for node, _ in reading.visits):
        report.add(
            "W201",
            1,
            "The program has no conversation: it cannot listen.",
            'Add loop:\n    res = talk("...")\nuntil "...":\n    say("...")',
        )
