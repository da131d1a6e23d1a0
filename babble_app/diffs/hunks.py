"""Hunks, parsed by shape: line numbers are hints, counts are ignored, missing prefixes get a second reading."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

Kind = Literal["context", "added", "removed"]
Body = tuple[tuple[Kind, str], ...]
"""The lines of a hunk without their prefixes."""

NO_NEWLINE = "\\"
_NUMBERS = re.compile(r"@@+ -(\d+)(?:,(\d+))? \+\d+(?:,\d+)?(?: @@|\s|$)")


@dataclass(frozen=True)
class Hunk:
    """A change of neighbouring lines, in one or more readings; all of them change something."""

    number: int
    """Its place in the answer, from 1."""
    readings: tuple[Body, ...]
    """The most literal reading first."""
    stated: int | None = None
    """The line it claims to start at, from 1; 0 means before the first line."""
    states_insertion: bool = False
    """Whether its heading says that it covers no old line (`-7,0`)."""
    ends_file_with_newline: bool | None = None
    """What a "No newline at end of file" note says about the new text; None when it is silent."""

    @property
    def changes(self) -> bool:
        """Whether any line is added or removed."""
        return any(kind != "context" for kind, _ in self.readings[0])

    def numbered(self, number: int) -> Hunk:
        """Return the hunk with another number."""
        return replace(self, number=number)


def lines_of(kind: Kind, texts: list[str]) -> Body:
    """Return lines that are all of one kind."""
    return tuple((kind, text) for text in texts)


def old_side(body: Body) -> list[str]:
    """Return the lines that the hunk expects in the file."""
    return [text for kind, text in body if kind != "added"]


def new_side(body: Body) -> list[str]:
    """Return the lines that the hunk leaves in the file."""
    return [text for kind, text in body if kind != "removed"]


def make_hunk(number: int, heading: str, raw: list[str]) -> Hunk:
    """Read the lines between a hunk's `@@` heading (empty if it has none) and its end."""
    numbers = _NUMBERS.match(heading)
    return Hunk(
        number=number,
        readings=_readings([line for line in raw if not line.startswith(NO_NEWLINE)]),
        stated=int(numbers.group(1)) if numbers else None,
        states_insertion=bool(numbers and numbers.group(2) and int(numbers.group(2)) == 0),
        ends_file_with_newline=_newline_note(raw),
    )


def _readings(lines: list[str]) -> tuple[Body, ...]:
    """Return what the lines may mean, likeliest first.

    Models leave empty lines before the next hunk, forget the prefix of an empty line that they add, and forget the
    space before unchanged lines. A later reading is tried only where the earlier ones fit nowhere.
    """
    trimmed = _without_outer_blanks(lines)
    variants = (lines, trimmed, _with_added_blanks(trimmed))
    bodies = [
        tuple(read(line) for line in lines) for read in (_strict, _loose) for lines in variants
    ]
    return tuple(dict.fromkeys(bodies))


def _strict(line: str) -> tuple[Kind, str]:
    if line.startswith("+"):
        return "added", line[1:]
    if line.startswith("-"):
        return "removed", line[1:]
    return "context", line.removeprefix(" ")


def _loose(line: str) -> tuple[Kind, str]:
    return _strict(line) if line.startswith(("+", "-")) else ("context", line)


def _without_outer_blanks(lines: list[str]) -> list[str]:
    start, end = 0, len(lines)
    while start < end and not lines[start]:
        start += 1
    while end > start and not lines[end - 1]:
        end -= 1
    return lines[start:end]


def _with_added_blanks(lines: list[str]) -> list[str]:
    """Mark bare empty lines as added where a run of them lies between two added lines."""
    marked, after = list(lines), ""
    for at in range(len(lines) - 1, -1, -1):
        after = lines[at] or after
        marked[at] = lines[at] or ("+" if after.startswith("+") else "")
    for at, line in enumerate(lines):
        if not line and not (at and marked[at - 1].startswith("+")):
            marked[at] = ""
    return marked


def _newline_note(raw: list[str]) -> bool | None:
    """Read the note about the file's end: after an added line the new text lacks the newline."""
    noted = {before[:1] for before, line in pairwise(raw) if line.startswith(NO_NEWLINE)}
    if "+" in noted:
        return False
    return True if "-" in noted else None
