"""Applies the fixes that are mechanical: fences and prose, `//` comments, typographic quotes, true/false/null."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from babble_app.based.checker import check
from babble_app.based.lines import replace_all
from babble_app.based.parser import normalise

if TYPE_CHECKING:
    from babble_app.based.checker import CheckResult
    from babble_app.schemas.findings import Finding

_FIXED = frozenset({"E111", "E112", "E113", "W110"})
_MAX_ROUNDS = 10
_FENCE = re.compile(r"^[ \t]*(`{3,}|~{3,})[^\n`]*$", re.MULTILINE)


def apply_fixes(code: str) -> tuple[str, tuple[Finding, ...]]:
    """Return the text with all that can be mended mechanically, and the findings that are gone.

    Nothing but what BASED.md names is touched, and a change that would make more errors than it takes away is not made.
    """
    fixed: list[Finding] = []
    found = check(code)
    for _ in range(_MAX_ROUNDS):
        mendable = [one for one in found.findings if one.code in _FIXED]
        if not mendable:
            break
        text = _strip_outer_fence(code) if any(one.code == "E113" for one in mendable) else None
        better = text if text is not None else _edited(normalise(code), mendable)
        after = check(better)
        if better == code or not better.strip() or _errors(after) > _errors(found):
            break
        done = [one for one in mendable if one.fix or text is not None]
        fixed += [one for one in done if text is None or one.code == "E113"]
        code, found = better, after
    return code, tuple(fixed)


def _strip_outer_fence(code: str) -> str | None:
    """Return what is inside of the text's only fence, with the prose around it gone."""
    text = normalise(code)
    marks = list(_FENCE.finditer(text))
    if not 1 <= len(marks) <= 2:  # it may not be closed yet
        return None
    end = marks[1].start() if len(marks) > 1 else len(text)
    return text[marks[0].end() + 1 : end].rstrip() + "\n"


def _edited(text: str, findings: list[Finding]) -> str:
    starts = [0]
    for line in text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    edits: list[tuple[int, int, str]] = []
    for edit in (edit for finding in findings for edit in finding.fix):
        start, end = (
            _offset(starts, edit.line, edit.col),
            _offset(starts, edit.end_line, edit.end_col),
        )
        if not any(start < other_end and other < end for other, other_end, _ in edits):
            edits.append((start, min(end, len(text)), edit.text))
    return replace_all(text, edits)


def _offset(starts: list[int], line: int, col: int) -> int:
    return starts[min(line, len(starts)) - 1] + col - 1


def _errors(result: CheckResult) -> int:
    return sum(one.severity == "error" for one in result.findings)
