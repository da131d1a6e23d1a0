"""Turns Based into Python that `ast.parse` reads, moving no line: `loop:` becomes a `while`, `until` an `if`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from babble_app.based.lines import LogicalLine, Scan

_AS = re.compile(r"\s+as\s+([^\W\d]\w*)\s*\Z")
_LOOP, _UNTIL, _AS_KEYWORD = "while __loop__", "if __until__(", "__as__"


@dataclass(slots=True)
class Rewritten:
    """Python text with the places of the soft keywords."""

    text: str = ""
    loops: set[int] = field(default_factory=set[int])
    untils: set[int] = field(default_factory=set[int])
    shifts: dict[int, int] = field(default_factory=dict[int, int])
    """Columns by which the content of a rewritten line moved to the right."""


@dataclass(frozen=True, slots=True)
class _Edit:
    start: int
    end: int
    text: str


def expand_tabs(text: str, scan: Scan) -> str:
    """Replace tabs of indentation by 4 spaces each, outside strings."""
    lines = text.split("\n")
    for logical in scan.logical:
        line = lines[logical.line - 1]
        body = line.lstrip(" \t\f")
        lines[logical.line - 1] = line[: len(line) - len(body)].replace("\t", "    ") + body
    return "\n".join(lines)


def find_mixed_indent(text: str) -> int | None:
    """Return the first line whose indentation mixes tabs and spaces."""
    for number, line in enumerate(text.split("\n"), 1):
        indent = line[: len(line) - len(line.lstrip(" \t"))]
        if " " in indent and "\t" in indent:
            return number
    return None


def rewrite(text: str, scan: Scan) -> Rewritten:
    """Return the Python text for a Based text."""
    result = Rewritten()
    edits: list[_Edit] = []
    for logical, following in pairwise([*scan.logical, None]):
        if logical is None:
            break
        header = _loop(text, logical, result) or _until(text, logical, result)
        edits.extend(header)
        if header and _is_empty(text, logical, following):
            edits.append(_Edit(_colon(logical) + 1, _colon(logical) + 1, " pass"))
    result.text = _apply(text, edits)
    return result


def is_loop(text: str, logical: LogicalLine) -> bool:
    """Whether the line is `loop:`."""
    return (
        text.startswith("loop", logical.start)
        and logical.colon is not None
        and not text[logical.start + 4 : logical.colon].strip()
    )


def is_until(text: str, logical: LogicalLine) -> bool:
    """Whether the line is `until CONDITION:`, and not a use of a variable of that name."""
    if not text.startswith("until", logical.start) or logical.colon is None:
        return False
    condition = text[logical.start + 5 : logical.colon]
    if not condition.strip():
        return not text[logical.colon + 1 : logical.end].strip()
    return condition[0] in " \t\"'({\\" and not condition.lstrip().startswith(("=", "."))


def _loop(text: str, logical: LogicalLine, result: Rewritten) -> list[_Edit]:
    if not is_loop(text, logical):
        return []
    result.loops.add(logical.line)
    result.shifts[logical.line] = len(_LOOP) - len("loop")
    return [_Edit(logical.start, logical.start + 4, _LOOP)]


def _until(text: str, logical: LogicalLine, result: Rewritten) -> list[_Edit]:
    if not is_until(text, logical):
        return []
    result.untils.add(logical.line)
    result.shifts[logical.line] = len(_UNTIL) - len("until")
    colon = _colon(logical)
    begin = logical.start + len("until")
    name = _AS.search(text[begin:colon])
    tail = _Edit(colon, colon, ")")
    if name:
        tail = _Edit(begin + name.start(), colon, f', {_AS_KEYWORD}="{name.group(1)}")')
    return [_Edit(logical.start, begin, _UNTIL), tail]


def _colon(logical: LogicalLine) -> int:
    assert logical.colon is not None
    return logical.colon


def _is_empty(text: str, logical: LogicalLine, following: LogicalLine | None) -> bool:
    if text[_colon(logical) + 1 : logical.end].strip():
        return False
    return following is None or following.indent <= logical.indent


def _apply(text: str, edits: list[_Edit]) -> str:
    parts: list[str] = []
    position = 0
    for edit in edits:
        parts += text[position : edit.start], edit.text
        position = edit.end
    return "".join([*parts, text[position:]])
