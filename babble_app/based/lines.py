"""Splits a program into logical lines, tolerating what Python's own tokenizer refuses.

Strings, brackets, comments and continuations are followed as Python does; indentation and grammar are left to
`ast.parse`. `tokenize` itself is not used: it stops at the first fault, and what it accepts changes from one version of
Python to the next.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_TOKEN = re.compile(
    r"""\#[^\n]*"""
    r"""|\"\"\"(?:[^\\]|\\.)*?\"\"\"|'''(?:[^\\]|\\.)*?'''"""
    r"""|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'"""
    r"""|\\\n|\n|[()\[\]{}:]|[^\n"'\#\\()\[\]{}:]+|.""",
    re.DOTALL,
)
TYPOGRAPHIC_QUOTES = "“”„‟‘’‚‛«»"


@dataclass(slots=True)
class LogicalLine:
    """A statement's or a header's extent; offsets into the text."""

    line: int
    """1-based line of its first character."""
    indent: int
    start: int
    end: int
    """After its last character that is no comment."""
    colon: int | None = None
    """The first colon outside brackets and strings."""


@dataclass(slots=True)
class Scan:
    """What one pass over a text finds."""

    logical: list[LogicalLine] = field(default_factory=list[LogicalLine])
    comments: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])
    """(line, offset of the `#`)."""
    quotes: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])
    """(line, offset) of typographic quotes outside strings."""
    strings: set[int] = field(default_factory=set[int])
    """Lines that begin inside a string."""


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.scan = Scan()
        self.line = 1
        self.line_start = 0
        self.depth = 0
        self.current: LogicalLine | None = None

    def run(self) -> Scan:
        for match in _TOKEN.finditer(self.text):
            self.take(match.group(), match.start())
        self.close()
        return self.scan

    def take(self, word: str, offset: int) -> None:
        first = word[0]
        if first == "\n":
            self.newline(offset)
        elif first == "#":
            self.scan.comments.append((self.line, offset))
        elif not word.isspace():
            self.content(word, first, offset)
        if word == "\\\n":
            self.line += 1
            self.line_start = offset + 2

    def newline(self, offset: int) -> None:
        if self.depth == 0:
            self.close()
        self.line += 1
        self.line_start = offset + 1

    def close(self) -> None:
        if self.current is not None:
            self.scan.logical.append(self.current)
            self.current = None

    def content(self, token: str, first: str, offset: int) -> None:
        if self.current is None:
            start = offset + len(token) - len(token.lstrip())
            self.current = LogicalLine(self.line, start - self.line_start, start, start)
        self.current.end = offset + len(token.rstrip())
        if first in "([{":
            self.depth += 1
        elif first in ")]}":
            self.depth = max(0, self.depth - 1)
        elif first == ":":
            if self.depth == 0 and self.current.colon is None:
                self.current.colon = offset
        elif first in "\"'":
            self.string(token, offset)
        else:
            self.quotes(token, offset)

    def string(self, token: str, offset: int) -> None:
        count = token.count("\n")
        if count:
            self.scan.strings.update(range(self.line + 1, self.line + count + 1))
            self.line += count
            self.line_start = offset + token.rindex("\n") + 1

    def quotes(self, token: str, offset: int) -> None:
        if token.isascii():
            return
        for index, character in enumerate(token):
            if character in TYPOGRAPHIC_QUOTES:
                self.scan.quotes.append((self.line, offset + index))


def scan_lines(text: str) -> Scan:
    """Return the text's logical lines, comments and stray quotes."""
    return _Scanner(text).run()
