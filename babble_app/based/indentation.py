"""Follows a program's indentation as Python does, but to its end: every fault at once, each mended (E101, W102)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from babble_app.based.rewrite import is_loop, is_until

if TYPE_CHECKING:
    from babble_app.based.lines import LogicalLine, Scan

COMPOUND = frozenset({
    "if", "elif", "else", "for", "while", "try", "except", "finally", "with", "def", "class", "async", "match", "case",
})  # fmt: skip
_CONTINUING = re.compile(r"(?:until|elif|else|except|finally)\b")
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


class _Settler:
    def __init__(self, text: str, scan: Scan) -> None:
        self.text = text
        self.scan = scan
        self.result = Settled()
        self.levels = [_Level(0, 0)]
        self.header: LogicalLine | None = None
        """The line before, if it opens a block."""

    def run(self) -> Settled:
        for logical in self.scan.logical:
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
        self.wrong(logical, "unexpected indent")
        self.levels.append(_Level(logical.indent, top.actual, top.header))

    def leave(self, logical: LogicalLine) -> None:
        left = self.levels[-1]
        while logical.indent < self.levels[-1].indent:
            left = self.levels.pop()
        if logical.indent == self.levels[-1].indent:
            return
        self.wrong(logical, "unindent does not match any outer indentation level")
        outer = self.levels[-1]
        continues = _CONTINUING.match(self.text, logical.start) and outer.header
        if not continues:
            self.levels.append(_Level(logical.indent, left.actual, left.header))
        else:
            self.levels.append(_Level(logical.indent, outer.actual, outer.header))

    def place(self, logical: LogicalLine) -> None:
        level = self.levels[-1]
        if level.actual != logical.indent:
            begin = self.text.rfind("\n", 0, logical.start) + 1
            self.result.edits.append((begin, logical.start, " " * level.actual))
        self.header = logical if logical.opens else None
        if logical.opens:
            level.header = _word(self.text, logical)

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
