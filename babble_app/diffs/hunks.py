"""Hunks, parsed by shape: line numbers are hints, counts are ignored, lines may mean more than one thing."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

from babble_app.diffs import readings
from babble_app.diffs.readings import Body, Item, Manner

if TYPE_CHECKING:
    from collections.abc import Container

NO_NEWLINE = "\\"
_NUMBERS = re.compile(r"@@+ -(\d{1,9})(?:,(\d{1,9}))? \+\d+(?:,\d+)?(?: ?@@|\s|$)")


@dataclass(frozen=True)
class Hunk:
    """A change of neighbouring lines, as it was written."""

    number: int
    """Its place in the answer, from 1."""
    raw: tuple[str, ...]
    """Its lines with their prefixes, as far as they have any."""
    stated: int | None = None
    """The line it claims to start at, from 1; 0 means before the first line."""
    states_insertion: bool = False
    """Whether its heading says that it covers no old line (`-7,0`)."""
    ends_file_with_newline: bool | None = None
    """What a "No newline at end of file" note says about the new text; None when it is silent."""

    prefixed: bool = False
    """Whether every line is known to have its prefix, because we gave it."""
    fenced: bool = False
    """Whether it stood in a fence: nothing there is prose."""

    @property
    def changes(self) -> bool:
        """Whether any line is added or removed."""
        return any(line.startswith(("+", "-")) for line in self.raw)

    @cached_property
    def readings(self) -> tuple[Body, ...]:
        """What its lines may mean, the most literal first."""
        return readings.bodies(self.raw, prefixed=self.prefixed, fenced=self.fenced)

    @cached_property
    def manners(self) -> dict[Manner, tuple[str, ...]]:
        """Its lines in other manners of writing that they may be in, each turned into the plain one."""
        return readings.manners(self.raw)

    def in_full(self, known: Container[str]) -> Hunk:
        """Return the hunk with nothing of it taken for prose, if what looks like prose are known lines."""
        rest = self.raw[len(readings.without_prose(self.raw)) :]
        found = any(
            line.strip() in known or line[1:].strip() in known for line in rest if line[1:].strip()
        )
        return replace(self, fenced=True) if found else self

    def numbered(self, number: int) -> Hunk:
        """Return the hunk with another number."""
        return replace(self, number=number)

    def in_manner(self, manner: Manner) -> Hunk:
        """Return the hunk with its lines turned from that manner into the plain one, if it may be written in it."""
        return replace(self, raw=self.manners[manner]) if manner in self.manners else self

    def items(self) -> tuple[Item, ...]:
        """Return its lines, without empty ones and prose at its ends, with all that each may read."""
        lines = readings.without_ends(self.raw, fenced=self.fenced)
        return readings.items(lines, prefixed=self.prefixed)

    def parts(self) -> tuple[Hunk, ...]:
        """Return the hunks between elisions (`...`) that change something; nothing if there are no elisions."""
        pieces = readings.between_elisions(self.raw)
        return tuple(replace(self, raw=piece, stated=None) for piece in pieces)


def make_hunk(number: int, heading: str, raw: list[str], *, fenced: bool = False) -> Hunk:
    """Read the lines between a hunk's `@@` heading (empty if it has none) and its end."""
    numbers = _NUMBERS.match(heading)
    return Hunk(
        number=number,
        raw=tuple(line for line in raw if not line.startswith(NO_NEWLINE)),
        stated=int(numbers.group(1)) if numbers else None,
        states_insertion=bool(numbers and numbers.group(2) and int(numbers.group(2)) == 0),
        ends_file_with_newline=_newline_note(raw),
        fenced=fenced,
    )


def _newline_note(raw: list[str]) -> bool | None:
    """Read the note about the file's end: after an added line the new text lacks the newline."""
    noted = {before[:1] for before, line in pairwise(raw) if line.startswith(NO_NEWLINE)}
    if "+" in noted:
        return False
    return True if "-" in noted else None
