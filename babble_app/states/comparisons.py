"""Two programs compared, as the difference view paints them: hunks of plain values, texts apart."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from babble_app.diffs.apply import apply
from babble_app.diffs.compare import compare
from babble_app.diffs.errors import DiffError

if TYPE_CHECKING:
    from babble_app.schemas.agents import Diff, DiffHunk

SIGNS = {"context": " ", "removed": "-", "added": "+"}


@dataclass(frozen=True)
class HunkView:
    """A group of neighbouring changes; its lines are taken from the two texts."""

    number: int
    """What the services call it by."""
    place: int
    """Counts the hunks from 1."""
    old_start: int
    new_start: int
    added: int
    removed: int
    kinds: str
    """A sign for each line: blank for context, - for removed, + for added."""
    aligned: bool = False
    """Whether the model's lines fitted nowhere exactly, so that the engine chose the likeliest place."""


@dataclass(frozen=True)
class Comparison:
    """What is different between two texts."""

    hunks: list[HunkView]
    added: int
    removed: int


async def compare_texts(old: str, new: str) -> Comparison:
    """Return the difference of two programs; long ones take a while, so beside the server's own work."""
    return comparison_of(await asyncio.to_thread(compare, old, new))


def comparison_of(diff: Diff) -> Comparison:
    """Return a difference as it is painted."""
    hunks = [_hunk(place, hunk) for place, hunk in enumerate(diff.hunks, 1)]
    return Comparison(hunks=hunks, added=diff.added, removed=diff.removed)


async def mark_aligned(hunks: list[HunkView], old: str, new: str, answer: str) -> list[HunkView]:
    """Mark the hunks whose place the engine had to work out, by reading the model's own `answer` once more.

    Nothing is marked when the change was made in several rounds: the last answer alone does not lead to `new`.
    """
    lines = await asyncio.to_thread(_aligned_lines, old, new, answer)
    ends = [hunk.old_start + len(hunk.kinds.replace("+", "")) for hunk in hunks]
    doubtful = {next((at for at, end in enumerate(ends) if line < end), -1) for line in lines}
    return [replace(hunk, aligned=at in doubtful) for at, hunk in enumerate(hunks)]


def _aligned_lines(old: str, new: str, answer: str) -> list[int]:
    try:
        applied = apply(old, answer, may_shrink=True)
    except DiffError:
        return []
    if applied.text != new:
        return []
    return [report.line for report in applied.hunks if report.confidence == "aligned"]


def _hunk(place: int, hunk: DiffHunk) -> HunkView:
    return HunkView(
        number=hunk.number,
        place=place,
        old_start=hunk.old_start,
        new_start=hunk.new_start,
        added=hunk.added,
        removed=hunk.removed,
        kinds="".join(SIGNS[line.kind] for line in hunk.lines),
    )
