"""Hunks that have found their places, and whether what they add is written as the file is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from babble_app.diffs.matching import SHIFTED, stripped

if TYPE_CHECKING:
    from babble_app.diffs.hunks import Hunk
    from babble_app.diffs.matching import Index
    from babble_app.diffs.readings import Body

MOST_RESEMBLE, MOST_SHARE = 3, 0.6
"""Lines, and share of a hunk's filled lines, that show where it was meant to stand."""


@dataclass(frozen=True)
class Placed:
    """A hunk that has its place."""

    hunk: Hunk
    body: Body
    """The reading that fits, its added lines indented as the file is."""
    start: int
    """The first line of its old side, from 0."""
    level: int
    """0 to 5: how literally it fits (matching.LEVELS; 0 is exactly at the stated line, 5 is aligned)."""
    written: Body = ()
    """The reading before it was fitted to the file."""


@dataclass(frozen=True)
class Many:
    """A hunk that fits in several places."""

    hunk: Hunk
    places: tuple[Placed, ...]


Outcome = Placed | Many


def in_style(index: Index, placed: Placed) -> bool:
    """Whether a hunk that only adds is indented as the file is, where its lines do not show by themselves."""
    if placed.level < SHIFTED and placed.written == placed.hunk.readings[0]:
        return not _off_by_one(index, placed.body) and not _other_unit(index, placed.body)
    if any(kind == "removed" for kind, _ in placed.body):
        return True
    added = [text for kind, text in placed.body if kind == "added" and text.strip()]
    return all(index.style.fits(text) for text in added)


def _off_by_one(index: Index, body: Body) -> bool:
    """Whether every added line is out of the file's style and would be in it with one space less, and none is removed."""
    added = [text for kind, text in body if kind == "added" and text.strip()]
    if not added or any(kind == "removed" for kind, _ in body):
        return False
    return all(
        text[0] == " " and not index.style.fits(text) and index.style.fits(text[1:])
        for text in added
    )


def _other_unit(index: Index, body: Body) -> bool:
    """Whether all that is added and indented has tabs where the file never has them."""
    indented = [
        text for kind, text in body if kind == "added" and text[:1] in " \t" and text.strip()
    ]
    tabs = any("\t" in one for one in index.style.used)
    return (
        bool(indented)
        and not tabs
        and bool(index.style.unit)
        and all(text[0] == "\t" for text in indented)
    )


def resembles(index: Index, old: list[str], start: int) -> bool:
    """Whether most of the lines stand there in their order, as where one of them was changed since."""
    keys = index.stripped_keys()[start : start + len(old)] if start >= 0 else []
    same = sum(bool(key) and key == stripped(line) for key, line in zip(keys, old, strict=False))
    filled = sum(bool(line.strip()) for line in old)
    return same >= MOST_RESEMBLE and same >= MOST_SHARE * filled
