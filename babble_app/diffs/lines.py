"""A text as numbered lines that remember their endings."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple


class Line(NamedTuple):
    """A line without its ending, and the ending: LF, CRLF, or nothing on a last line."""

    text: str
    ending: str


def split_lines(text: str) -> list[Line]:
    """Split at LF and CRLF only; other separators that Python knows are content."""
    pieces = text.split("\n")
    last = pieces.pop()
    lines = (
        [_ended(piece) for piece in pieces] if "\r" in text else [Line(one, "\n") for one in pieces]
    )
    return [*lines, Line(last, "")] if last else lines


def join_lines(lines: list[Line], *, newline: str, final_newline: bool) -> str:
    """Join, giving an ending to each line that lacks one and restoring the end of the file."""
    if not lines:
        return ""
    head = "".join(line.text + (line.ending or newline) for line in lines[:-1])
    last = lines[-1]
    return head + last.text + ((last.ending or newline) if final_newline else "")


def newline_of(lines: list[Line]) -> str:
    """Return the ending that most lines have."""
    endings = Counter(line.ending for line in lines if line.ending)
    return endings.most_common(1)[0][0] if endings else "\n"


def texts_of(answer: str) -> list[str]:
    """Split a model's text into lines without endings."""
    return [line.text for line in split_lines(answer)]


def _ended(piece: str) -> Line:
    return Line(piece[:-1], "\r\n") if piece.endswith("\r") else Line(piece, "\n")
