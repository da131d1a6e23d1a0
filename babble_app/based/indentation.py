"""Follows a program's indentation as Python does, but to its end: every fault at once, each mended (E101, W102)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from babble_app.based.lines import TAB_COLUMNS
from babble_app.based.rewrite import is_loop, is_until

if TYPE_CHECKING:
    from babble_app.based.lines import LogicalLine, Scan

COMPOUND = frozenset({
    "if", "elif", "else", "for", "while", "try", "except", "finally", "with", "def", "class", "async", "match", "case",
})  # fmt: skip
_BEFORE = {
    "until": {"loop", "until"}, "elif": {"if", "elif"}, "else": {"if", "elif", "for", "while", "except"},
    "except": {"try", "except"}, "finally": {"try", "except", "else"},
}  # fmt: skip
"""The headers that a clause may follow."""
_WORD = re.compile(r"[^\W\d]\w*")
_HINT = "Indent each block by 4 spaces more than its header line, the same for all its lines."


@dataclass(frozen=True, slots=True)
class Misplaced:
    """A line whose indentation is wrong."""

    line: int
    col: int
    message: str
    hint: str = _HINT


@dataclass(slots=True)
class Settled:
    """What makes the text's indentation right."""

    edits: list[tuple[int, int, str]] = field(default_factory=list[tuple[int, int, str]])
    misplaced: list[Misplaced] = field(default_factory=list[Misplaced])


@dataclass(slots=True)
class _Level:
    """One open block."""

    indent: int
    actual: int
    """The indentation it gets: another than `indent` if that is wrong."""
    header: str = ""
    """The first word of the last statement in it."""
    others: set[int] = field(default_factory=set[int])
    """Wrong indentations that were taken for this block's."""


class _Settler:
    def __init__(self, text: str, scan: Scan) -> None:
        self.text = text
        self.scan = scan
        self.result = Settled()
        self.levels = [_Level(0, 0)]
        self.index = 0
        self.header: LogicalLine | None = None
        """The line before, if it opens a block."""

    def run(self) -> Settled:
        for index, logical in enumerate(self.scan.logical):
            self.index = index
            if self.header is not None:
                self.enter(self.header, logical)
            top = self.levels[-1]
            if logical.indent > top.indent:
                self.deeper(logical, top)
            elif logical.indent < top.indent:
                self.leave(logical)
            self.place(logical)
        if self.header is not None:
            self.empty(self.header, None)
        return self.result

    def enter(self, header: LogicalLine, logical: LogicalLine) -> None:
        top = self.levels[-1]
        if logical.indent > header.indent:
            actual = logical.indent if top.actual == top.indent else top.actual + 4
            self.levels.append(_Level(logical.indent, max(actual, top.actual + 1)))
        else:
            self.empty(header, logical)

    def empty(self, header: LogicalLine, following: LogicalLine | None) -> None:
        """Give a header without a block one; only conversations may lack theirs."""
        self.result.edits.append((header.end, header.end, " pass"))
        if is_loop(self.text, header) or is_until(self.text, header):
            return
        word = _word(self.text, header)
        if word not in COMPOUND:
            return
        where = following or header
        self.wrong(
            where,
            f"expected an indented block after `{word}` on line {header.line}",
            f"Indent what belongs to `{word}` by 4 spaces more than it, or write `pass` there.",
        )

    def deeper(self, logical: LogicalLine, top: _Level) -> None:
        if logical.indent in top.others:
            return
        self.wrong(logical, "unexpected indent")
        self.levels.append(_Level(logical.indent, top.actual, top.header))

    def leave(self, logical: LogicalLine) -> None:
        left = self.levels[-1]
        while logical.indent < self.levels[-1].indent:
            left = self.levels.pop()
        if logical.indent == self.levels[-1].indent:
            return
        outer = self.levels[-1]
        if logical.indent in outer.others:
            return
        if logical.indent in left.others:
            self.levels.append(left)
            return
        self.wrong(logical, "unindent does not match any outer indentation level")
        level = outer if self.is_outer(logical, left, outer) else left
        level.others.add(logical.indent)
        if level is left:
            self.levels.append(left)

    def is_outer(self, logical: LogicalLine, left: _Level, outer: _Level) -> bool:
        """Whether a line between two blocks belongs to the outer one."""
        before = _BEFORE.get(_word(self.text, logical))
        if before is not None:
            return outer.header in before and left.header not in before
        if not logical.opens:
            return False
        lines = self.scan.logical[self.index + 1 :]
        block = next((one.indent for one in lines), 0)
        after = next((one.indent for one in lines if one.indent < block), 0)
        return after <= outer.indent

    def place(self, logical: LogicalLine) -> None:
        level = self.levels[-1]
        if level.actual != logical.indent:
            begin = self.text.rfind("\n", 0, logical.start) + 1
            self.result.edits.append((begin, logical.start, " " * level.actual))
        self.header = logical if logical.opens else None
        level.header = _word(self.text, logical) if logical.opens else ""

    def wrong(self, logical: LogicalLine, message: str, hint: str = _HINT) -> None:
        self.result.misplaced.append(Misplaced(logical.line, logical.indent + 1, message, hint))


def _word(text: str, logical: LogicalLine) -> str:
    match = _WORD.match(text, logical.start)
    return match.group() if match else ""


def settle(text: str, scan: Scan) -> Settled:
    """Return what is wrong with the indentation, and the edits that make it right; empty suites get a `pass`."""
    return _Settler(text, scan).run()


def expand_tabs(text: str, scan: Scan) -> tuple[str, dict[int, int], int | None]:
    """Turn the tabs of indentation into spaces.

    Returns:
        The text, by how much which lines grew, and the first line that mixes tabs and spaces inside one block.
    """
    lines = text.split("\n")
    widened: dict[int, int] = {}
    mixed: list[int] = []
    if scan.fault is not None:
        return _expand_all(lines, scan.strings(text))
    made: list[tuple[int, str]] = []
    for logical in scan.logical:
        line = lines[logical.line - 1]
        raw = line[: len(line) - len(line.lstrip(" \t\f"))]
        while made and made[-1][0] >= logical.indent:
            width, before = made.pop()
            if width == logical.indent and before != raw:
                mixed.append(logical.line)
        made.append((logical.indent, raw))
        if "\t" in raw:
            if " " in raw:
                mixed.append(logical.line)
            widened[logical.line] = logical.indent - len(raw)
            lines[logical.line - 1] = " " * logical.indent + line[len(raw) :]
    return "\n".join(lines), widened, min(mixed, default=None)


def _expand_all(lines: list[str], strings: set[int]) -> tuple[str, dict[int, int], int | None]:
    """The same where it is not known which lines begin a statement."""
    widened: dict[int, int] = {}
    for number, line in enumerate(lines, 1):
        raw = line[: len(line) - len(line.lstrip(" \t\f"))]
        if "\t" in raw and number not in strings:
            spaces = raw.expandtabs(TAB_COLUMNS)
            widened[number] = len(spaces) - len(raw)
            lines[number - 1] = spaces + line[len(raw) :]
    return "\n".join(lines), widened, None
