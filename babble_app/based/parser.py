"""Parses a Based program: rewritten to Python, parsed by `ast.parse`, regrouped into conversations (BASED.md 3)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from babble_app.based import lexical
from babble_app.based.draft import Draft
from babble_app.based.grouping import group_conversations
from babble_app.based.indentation import expand_tabs, settle
from babble_app.based.lines import scan_lines
from babble_app.based.nodes import Program
from babble_app.based.places import TooDeepError, walk
from babble_app.based.recovery import find_deepest, recover, report_depth, try_parse
from babble_app.based.report import InvalidProgramError, Report
from babble_app.based.rewrite import rewrite

if TYPE_CHECKING:
    import ast

    from babble_app.based.lines import Scan
    from babble_app.based.places import Visit
    from babble_app.based.rewrite import Rewritten

_UNSURE = frozenset({"E119", "W201", "W280", "W290", "W291", "W293", "W295"})
"""Codes that say little about a program of which parts could not be read."""


_BRACED = frozenset({"E200"})
"""What follows from blocks in braces, which are not read."""


@dataclass(slots=True)
class Reading:
    """A text on its way to a program; `program` is None when nothing of it can be read."""

    report: Report
    program: Program | None = None
    visits: list[Visit] = field(default_factory=list["Visit"])
    scan: Scan | None = None
    broken: frozenset[int] = frozenset()
    """Lines that were mended, or left out."""


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
    text, bad = lexical.replace_bad_characters(text, report)
    scan = scan_lines(text)
    if "\t" in text:
        text, report.widened, mixed = expand_tabs(text, scan)
        scan = scan_lines(text)
        if mixed is not None:
            report.add("W102", mixed, "The indentation mixes tabs and spaces.", "Use 4 spaces.")
    if not scan.logical:
        report.add(
            "E115", 1, "The program has only comments.", 'The smallest program is: say("Hello!")'
        )
        return Reading(report, scan=scan)
    lexical.check_comments(text, scan, report)
    parsed = None if bad else _parse(text, scan)
    if parsed is not None:
        group_conversations(*parsed, scan, report, frozenset())
        return _visited(Reading(report, Program(text, parsed[0]), scan=scan), parsed[0])
    return _recover(text, scan, report, bad)


def normalise(code: str) -> str:
    """Unify line ends and drop a byte order mark."""
    return code.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _parse(text: str, scan: Scan) -> tuple[ast.Module, Rewritten] | None:
    """Return the tree of a text that is right, else None."""
    if scan.fault or scan.quotes or lexical.has_diff_marks(text, scan):
        return None
    settled = settle(text, scan)
    if settled.misplaced:
        return None
    rewritten = rewrite(text, scan, settled.edits)
    try:
        return try_parse(rewritten.text), rewritten
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _recover(text: str, scan: Scan, report: Report, bad: set[int]) -> Reading:
    draft = Draft(text, scan, report)
    draft.claimed |= bad
    parsed = recover(draft)
    if parsed is None:
        if not report.has_errors:
            report_depth(report, find_deepest(draft))
        return Reading(report, scan=scan)
    report.quieten(draft.claimed, _UNSURE | _BRACED if report.has("E118") else _UNSURE)
    group_conversations(*parsed, draft.scan, report, draft.gone)
    program = Program(draft.text, parsed[0])
    return _visited(
        Reading(report, program, scan=draft.scan, broken=frozenset(draft.claimed)), parsed[0]
    )


def _visited(reading: Reading, tree: ast.Module) -> Reading:
    try:
        reading.visits = walk(tree)
    except TooDeepError as error:
        report_depth(reading.report, error.line)
        reading.program = None
    return reading
