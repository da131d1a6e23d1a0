"""Splits a program into logical lines, tolerating what Python's own tokenizer refuses.

Strings, brackets, comments and continuations are followed as Python does. `tokenize` itself is not used: it stops at the
first fault, and what it accepts changes from one version of Python to the next. Every pattern is possessive, so the time
is linear in the text whatever it holds.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

TYPOGRAPHIC_QUOTES = {
    "“": '"', "”": '"', "„": '"', "‟": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "‚": "'", "‛": "'",
}  # fmt: skip
"""Each with the straight one that was meant."""

TOKEN = re.compile(
    r'\#[^\n]*'
    r'|"""(?:[^"\\]++|\\.|"(?!""))*+(?:"""|\\?\Z)'
    r"|'''(?:[^'\\]++|\\.|'(?!''))*+(?:'''|\\?\Z)"
    r'|"(?:[^"\\\n]++|\\.)*+"?|' r"'(?:[^'\\\n]++|\\.)*+'?"
    r"|\\\n|\n(?:[ \t\f]*+\n)*+|[()\[\]{}:]|[" + "".join(TYPOGRAPHIC_QUOTES) + "]",
    re.DOTALL,
)  # fmt: skip
_INDENT = re.compile(r"[ \t\f]*+")
TAB_COLUMNS = 4
CLOSER = {"(": ")", "[": "]", "{": "}"}


@dataclass(slots=True)
class LogicalLine:
    """A statement's or a header's extent; offsets into the text."""

    line: int
    """1-based line of its first character."""
    indent: int
    """Columns, a tab reaching to the next multiple of 4."""
    start: int
    end: int = 0
    """After its last character that is no comment."""
    last_line: int = 0
    colon: int | None = None
    """The first colon outside brackets and strings."""
    opens: bool = False
    """A colon is its last character: a block is to follow."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A string or a bracket without its partner: the first of a text."""

    kind: str
    """`string`, `triple`, `unclosed`, `unmatched` or `mismatch`."""
    offset: int
    """Of the quote or bracket that lacks its partner."""
    line: int
    end: int
    """After the string, or the offset of the bracket that does not match."""
    open_brackets: tuple[tuple[str, int, int], ...] = ()
    """(bracket, line, offset) of all that are open there, the outermost first."""


@dataclass(slots=True)
class Scan:
    """What one pass over a text finds."""

    logical: list[LogicalLine] = field(default_factory=list[LogicalLine])
    comments: list[tuple[int, int, bool]] = field(default_factory=list[tuple[int, int, bool]])
    """(line, offset of the `#`, whether it has the line for itself)."""
    quotes: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])
    """(line, offset) of typographic quotes outside strings."""
    triples: list[tuple[int, int, int]] = field(default_factory=list[tuple[int, int, int]])
    """(line, start, end) of the strings that go over several lines."""
    fault: Fault | None = None

    def strings(self, text: str) -> set[int]:
        """Return the lines that begin inside a string."""
        inside: set[int] = set()
        for line, start, end in self.triples:
            inside.update(range(line + 1, line + text.count("\n", start, end) + 1))
        return inside

    def find(self, line: int) -> LogicalLine | None:
        """Return the logical line that the physical one belongs to."""
        before = [logical for logical in self.logical if logical.line <= line]
        return before[-1] if before and line <= before[-1].last_line else None


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.scan = Scan()
        self.line = 1
        self.stack: list[tuple[str, int, int]] = []
        self.current: LogicalLine | None = None
        self.last_colon = -1

    def run(self) -> Scan:
        text = self.text
        self.begin(0)
        for match in TOKEN.finditer(text):
            word = match.group()
            first = word[0]
            if first == "\n":
                self.newline(match.start(), word)
            elif first in "\"'":
                self.string(word, match.start())
            elif first == ":":
                self.colon(match.start())
            elif first == "#":
                alone = self.current is None or self.is_blank_before(match.start())
                self.scan.comments.append((self.line, match.start(), alone))
            elif first == "\\":
                self.line += 1
            else:
                self.mark(first, match.start())
        self.close(len(text))
        if self.stack and self.scan.fault is None:
            bracket, line, offset = self.stack[-1]
            self.fault("unclosed", offset, line, offset + len(bracket))
        return self.scan

    def begin(self, offset: int) -> None:
        """Open a logical line, unless there is nothing but a comment."""
        match = _INDENT.match(self.text, offset)
        assert match is not None
        start = match.end()
        if start < len(self.text) and self.text[start] not in "\n#":
            blank = match.group().rpartition("\f")[2]
            indent = len(blank.expandtabs(TAB_COLUMNS) if "\t" in blank else blank)
            self.current = LogicalLine(self.line, indent, start)

    def newline(self, offset: int, word: str) -> None:
        if not self.stack:
            self.close(offset)
        self.line += word.count("\n")
        if self.current is None:
            self.begin(offset + len(word))

    def close(self, offset: int) -> None:
        current = self.current
        if current is None:
            return
        line_start = self.text.rfind("\n", current.start, offset) + 1
        comments = self.scan.comments
        if comments and comments[-1][1] >= max(line_start, current.start):
            offset = comments[-1][1]
        while offset > current.start and self.text[offset - 1].isspace():
            offset -= 1
        current.end = offset
        current.last_line = self.line
        current.opens = self.last_colon == offset - 1
        self.scan.logical.append(current)
        self.current = None

    def is_blank_before(self, offset: int) -> bool:
        return not self.text[self.text.rfind("\n", 0, offset) + 1 : offset].strip()

    def colon(self, offset: int) -> None:
        if not self.stack and self.current is not None:
            self.last_colon = offset
            if self.current.colon is None:
                self.current.colon = offset

    def mark(self, first: str, offset: int) -> None:
        if first in CLOSER:
            self.stack.append((first, self.line, offset))
        elif first in TYPOGRAPHIC_QUOTES:
            self.scan.quotes.append((self.line, offset))
        elif not self.stack:
            self.fault("unmatched", offset, self.line, offset)
        else:
            bracket, line, opened = self.stack[-1]
            if CLOSER[bracket] != first:
                self.fault("mismatch", opened, line, offset)
            self.stack.pop()

    def string(self, word: str, offset: int) -> None:
        triple = word[:3] == word[0] * 3 and len(word) > 2
        size = 3 if triple else 1
        if len(word) < 2 * size or not word.endswith(word[0] * size) or _is_escaped(word, size):
            self.fault("triple" if triple else "string", offset, self.line, offset + len(word))
        count = word.count("\n")
        if count:
            self.scan.triples.append((self.line, offset, offset + len(word)))
            self.line += count

    def fault(self, kind: str, offset: int, line: int, end: int) -> None:
        if self.scan.fault is None:
            self.scan.fault = Fault(kind, offset, line, end, tuple(self.stack))


def _is_escaped(word: str, size: int) -> bool:
    """Whether the quotes at the end belong to the text, by a backslash before them."""
    body = word[size : len(word) - size]
    return (len(body) - len(body.rstrip("\\"))) % 2 == 1


def scan_lines(text: str) -> Scan:
    """Return the text's logical lines, comments, stray quotes and its first fault."""
    return _Scanner(text).run()


def replace_all(text: str, edits: list[tuple[int, int, str]]) -> str:
    """Return the text with parts of it replaced: (start, end, new), in any order, not overlapping."""
    parts: list[str] = []
    position = 0
    for start, end, new in sorted(edits):
        parts += text[position:start], new
        position = end
    return "".join([*parts, text[position:]])
