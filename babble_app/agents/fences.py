"""Splits a streamed answer into prose and the content of its first fence, wherever the stream is cut."""

from __future__ import annotations

import re
from typing import Literal

Part = tuple[Literal["prose", "code"], str]

_OPENING = re.compile(r" {0,3}(`{3,}|~{3,})[^`\n]*\n?$")
_OTHER = re.compile(
    r"\s*[`~]+\s*(?:json|ya?ml|toml|mermaid|bash|sh|shell|console|html|xml|css|javascript|js)\b",
    re.IGNORECASE,
)
"""A fence that says that it holds something else: it is shown as it stands."""
_MAYBE_OPENING = re.compile(r" {0,3}(`{0,2}|~{0,2}|`{3,}[^`\n]*|~{3,}[^\n]*)$")
BARE_PROGRAM = ("say(", "loop:")
BARE_DIFF = ("@@", "--- a/", "*** Begin Patch", "<<<<<<< ")
"""Line beginnings that are never prose: a program or a diff whose fence was forgotten."""


class FenceSplitter:
    """Takes pieces of an answer and gives back prose and code as soon as it is certain which is which.

    Only the first fence counts that does not say that it holds another language; the marks of later ones, often one too
    many, are dropped.
    Held back are the beginnings of lines that may still become fences.
    """

    def __init__(self, *, bare: tuple[str, ...] = ()) -> None:
        """Begin outside of any fence.

        Args:
            bare: Take a line that begins so for the beginning of unfenced code.
        """
        self.code = ""
        """The fence's content so far."""
        self.fenced = False
        """Whether a fence was opened."""
        self.quoted = False
        """Whether one was opened that holds another language."""
        self._fence = ""
        self._inside = False
        self._aside = False
        """Whether the fence that is open holds something else."""
        self._held = ""
        self._line_start = True
        self._starts = bare

    def feed(self, piece: str) -> list[Part]:
        """Take a piece and return what is certain now."""
        parts: list[Part] = []
        for line in _lines(piece):
            parts += self._feed_line(line)
        return _merged(parts)

    def finish(self) -> list[Part]:
        """Return what was held back; the answer is over."""
        held, self._held = self._held, ""
        if self._inside and self._closes(held):
            return self._close(held)
        return self._emit(held)

    def _feed_line(self, piece: str) -> list[Part]:
        """Take a piece of one line; only its last character can be a newline."""
        if not self._line_start:
            self._line_start = piece.endswith("\n")
            return self._emit(piece)
        self._held += piece
        whole = self._held.endswith("\n")
        if not whole and self._undecided(self._held):
            return []
        line, self._held = self._held, ""
        self._line_start = whole
        return self._decide(line)

    def _undecided(self, start: str) -> bool:
        if self._inside:
            return bool(self._fence) and self._closes(start, partly=True)
        bare = not self.fenced and any(text.startswith(start) for text in self._starts)
        return bare or bool(_MAYBE_OPENING.match(start))

    def _decide(self, line: str) -> list[Part]:
        if self._inside:
            if self._closes(line):
                return self._close(line)
            return self._emit(line)
        opening = _OPENING.match(line)
        if opening and not self.fenced and _OTHER.match(line):
            self._fence, self._inside, self._aside = opening.group(1), True, True
            self.quoted = True
            return self._emit(line)
        if opening and not self.fenced:
            self._fence, self._inside, self.fenced = opening.group(1), True, True
        if opening:
            return []
        if not self.fenced and line.startswith(self._starts):
            self._fence, self._inside, self.fenced = "```", True, True
        return self._emit(line)

    def _close(self, line: str) -> list[Part]:
        parts = self._emit(line) if self._aside else []
        self._inside = self._aside = False
        return parts

    def _closes(self, line: str, *, partly: bool = False) -> bool:
        text = line.removesuffix("\n").removesuffix("\r")
        marks = text.strip(" \t")
        indented = len(text) - len(text.lstrip(" ")) > 3
        if indented or marks.strip(self._fence[0]):
            return False
        return partly or len(marks) >= len(self._fence)

    def _emit(self, text: str) -> list[Part]:
        if not text:
            return []
        if self._inside and not self._aside:
            self.code += text
            return [("code", text)]
        return [("prose", text)]


def _lines(piece: str) -> list[str]:
    return [line for line in re.split(r"(?<=\n)", piece) if line]


def _merged(parts: list[Part]) -> list[Part]:
    merged: list[Part] = []
    for kind, text in parts:
        if merged and merged[-1][0] == kind:
            merged[-1] = (kind, merged[-1][1] + text)
        else:
            merged.append((kind, text))
    return merged


def fence(text: str, word: str = "based") -> str:
    """Put a text into a fence that is longer than any run of backticks in it."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    marks = "`" * max(3, longest + 1)
    return f"{marks}{word}\n{text.rstrip()}\n{marks}"
