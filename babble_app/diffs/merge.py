"""Bring two changes of one text together, line by line; where both changed the same lines differently, say so.

Changes of neighbouring lines count as changes of the same place, as in git: what one person wrote beside the other's
words is for a person to judge.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from babble_app.diffs.make import changes, split_kept

OURS, BASE, DIVIDER, THEIRS = "<<<<<<<", "|||||||", "=======", ">>>>>>>"


@dataclass(frozen=True)
class Clash:
    """A place that both sides changed, each in another way."""

    line: int
    """The first of its lines in the merged text, from 1: the marker that begins it."""
    lines: int
    """How many lines of the merged text it takes, markers included."""
    base: str
    yours: str
    theirs: str


@dataclass(frozen=True)
class Merged:
    """Both changes in one text; each clash stands in it between markers, so that it is no valid program."""

    text: str
    clashes: tuple[Clash, ...]


class _Edit(NamedTuple):
    """Lines of the base that a side replaced, and with which of its own."""

    old_from: int
    old_to: int
    new_from: int
    new_to: int


class _Region(NamedTuple):
    """Lines of the base that were changed, and each side's edits of them."""

    start: int
    end: int
    yours: list[_Edit]
    theirs: list[_Edit]


def merge(base: str, yours: str, theirs: str) -> Merged:
    """Return `base` with the changes of both sides.

    Line endings are no change of the lines: when each text has one kind of them, the lines are merged and the text gets the
    kind that a side changed to, if any.
    """
    kinds = [_ending(text) for text in (base, yours, theirs)]
    if not all(kinds):
        return _merge_lines(base, yours, theirs)
    merged = _merge_lines(*(text.replace("\r\n", "\n") for text in (base, yours, theirs)))
    ending = kinds[2] if kinds[2] != kinds[0] else kinds[1]
    return _with_endings(merged, ending)


def _merge_lines(base: str, yours: str, theirs: str) -> Merged:
    lines, your_lines, their_lines = split_kept(base), split_kept(yours), split_kept(theirs)
    merged: list[str] = []
    clashes: list[Clash] = []
    at = 0
    for region in _regions(_edits(lines, your_lines), _edits(lines, their_lines)):
        merged += lines[at : region.start]
        at = region.end
        mine = _side(region, region.yours, your_lines)
        other = _side(region, region.theirs, their_lines)
        if not region.theirs or mine == other:
            merged += mine
        elif not region.yours:
            merged += other
        else:
            clash = [lines[region.start : region.end], mine, other]
            marked = _marked(*clash)
            clashes.append(Clash(len(merged) + 1, len(marked), *("".join(part) for part in clash)))
            merged += marked
    return Merged("".join(merged + lines[at:]), tuple(clashes))


def _edits(before: list[str], after: list[str]) -> list[_Edit]:
    edits: list[_Edit] = []
    for group in changes(before, after, 0):
        _, old_from, new_from = group[0]
        removed = sum(kind == "removed" for kind, _, _ in group)
        added = len(group) - removed
        edits.append(_Edit(old_from, old_from + removed, new_from, new_from + added))
    return edits


def _regions(yours: list[_Edit], theirs: list[_Edit]) -> list[_Region]:
    """Put edits together that touch each other, in the order of the base's lines."""
    regions: list[_Region] = []
    marked = [(edit, True) for edit in yours] + [(edit, False) for edit in theirs]
    for edit, is_yours in sorted(marked, key=lambda one: one[0][:2]):
        if regions and edit.old_from <= regions[-1].end:
            last = regions[-1]
            regions[-1] = last._replace(end=max(last.end, edit.old_to))
        else:
            regions.append(_Region(edit.old_from, edit.old_to, [], []))
        (regions[-1].yours if is_yours else regions[-1].theirs).append(edit)
    return regions


def _side(region: _Region, edits: list[_Edit], lines: list[str]) -> list[str]:
    """Return a side's lines of the region: its edits and what it left between them."""
    if not edits:
        return []
    first, last = edits[0], edits[-1]
    start = first.new_from - (first.old_from - region.start)
    return lines[start : last.new_to + region.end - last.old_to]


def _marked(base: list[str], yours: list[str], theirs: list[str]) -> list[str]:
    parts = ((f"{OURS} yours\n", yours), (f"{BASE} before\n", base), (f"{DIVIDER}\n", theirs))
    marked: list[str] = []
    for marker, part in parts:
        marked += [marker, *(line if line.endswith("\n") else line + "\n" for line in part)]
    return [*marked, f"{THEIRS} newest version\n"]


def _ending(text: str) -> str:
    """Return the one kind of line ending that the text has; nothing if it has both."""
    both, windows = text.count("\n"), text.count("\r\n")
    if windows == 0:
        return "\n"
    return "\r\n" if windows == both else ""


def _with_endings(merged: Merged, ending: str) -> Merged:
    if ending == "\n":
        return merged
    clashes = tuple(
        Clash(
            clash.line,
            clash.lines,
            *(part.replace("\n", ending) for part in (clash.base, clash.yours, clash.theirs)),
        )
        for clash in merged.clashes
    )
    return Merged(merged.text.replace("\n", ending), clashes)
