"""Parses a Based program: rewritten to Python, parsed by `ast.parse`, regrouped into conversations (BASED.md 3)."""

from __future__ import annotations

import ast
import warnings
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from babble_app.based import lexical
from babble_app.based.grouping import group_conversations
from babble_app.based.lines import scan_lines
from babble_app.based.nodes import Program, children
from babble_app.based.report import InvalidProgramError, Report
from babble_app.based.rewrite import expand_tabs, find_mixed_indent, rewrite

if TYPE_CHECKING:
    from babble_app.based.lines import Scan
    from babble_app.based.rewrite import Rewritten

MAX_DEPTH = 200
"""Deepest nesting of the syntax tree: far above any sensible program, far below Python's recursion limit."""


@dataclass(slots=True)
class Reading:
    """A text on its way to a program; `program` is None when phase 1 failed."""

    report: Report
    program: Program | None = None
    scan: Scan | None = None
    loop_lines: set[int] = field(default_factory=set[int])


def parse(code: str) -> Program:
    """Return the program that the text is.

    Raises:
        InvalidProgramError: it does not parse, or a loop and its untils do not belong together; not everything that the
            checker refuses is looked for here.
    """
    reading = read(code)
    if reading.program is None or reading.report.has_errors:
        raise InvalidProgramError(reading.report.findings())
    return reading.program


def read(code: str) -> Reading:
    """Parse the text as far as it goes; whatever is wrong is in the report, nothing is raised."""
    text = normalise(code)
    report = Report(text.split("\n"))
    if not lexical.check_text(text, report):
        return Reading(report)
    scan = scan_lines(text)
    if "\t" in text:
        mixed = find_mixed_indent(text)
        if mixed is not None and mixed not in scan.strings:
            report.add("W102", mixed, "The indentation mixes tabs and spaces.", "Use 4 spaces.")
        text = expand_tabs(text, scan)
        scan = scan_lines(text)
    lexical.check_lines(text, scan, report)
    rewritten = rewrite(text, scan)
    tree = _parse(text, rewritten, scan, report)
    if tree is None:
        return Reading(report, scan=scan)
    group_conversations(tree, rewritten, report)
    return Reading(report, Program(text, tree), scan, rewritten.loops)


def normalise(code: str) -> str:
    """Unify line ends and drop a byte order mark."""
    return code.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n")


def _parse(text: str, rewritten: Rewritten, scan: Scan, report: Report) -> ast.Module | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(rewritten.text)
    except SyntaxError as error:
        lexical.explain_syntax_error(error, text, rewritten, scan, report)
        return None
    except (ValueError, RecursionError, MemoryError):
        _too_deep(1, report)
        return None
    deep = _find_too_deep(tree)
    if deep is not None:
        _too_deep(deep, report)
        return None
    return tree


def _too_deep(line: int, report: Report) -> None:
    report.add(
        "E102",
        line,
        "The program is nested too deeply.",
        "Split the expression or the blocks into smaller steps.",
    )


def _find_too_deep(tree: ast.Module) -> int | None:
    level: list[ast.AST] = [tree]
    for _ in range(MAX_DEPTH):
        level = [child for node in level for child in children(node)]
        if not level:
            return None
    return next((line for node in level if (line := getattr(node, "lineno", None))), 1)
