"""The difference between two texts as a shape that pages and the API show."""

from __future__ import annotations

from babble_app.diffs.make import Change, changes, header, rendered, split_kept
from babble_app.schemas.agents import Diff, DiffHunk, DiffLine

CONTEXT_LINES = 3


def compare(old: str, new: str) -> Diff:
    """Return the hunks from `old` to `new`, with counts and line numbers on both sides."""
    before, after = split_kept(old), split_kept(new)
    groups = changes(before, after, CONTEXT_LINES)
    hunks = tuple(_hunk(number, group, before, after) for number, group in enumerate(groups, 1))
    return Diff(
        unified=rendered(groups, before, after),
        hunks=hunks,
        added=sum(hunk.added for hunk in hunks),
        removed=sum(hunk.removed for hunk in hunks),
    )


def _hunk(number: int, group: list[Change], before: list[str], after: list[str]) -> DiffHunk:
    kinds = [kind for kind, _, _ in group]
    added, removed = kinds.count("added"), kinds.count("removed")
    _, old_start, new_start = group[0]
    return DiffHunk(
        number=number,
        header=header(group),
        old_start=old_start + 1,
        old_count=len(group) - added,
        new_start=new_start + 1,
        new_count=len(group) - removed,
        added=added,
        removed=removed,
        lines=tuple(_line(change, before, after) for change in group),
    )


def _line(change: Change, before: list[str], after: list[str]) -> DiffLine:
    kind, old_at, new_at = change
    text = (after[new_at] if kind == "added" else before[old_at]).rstrip("\r\n")
    return DiffLine(
        kind=kind,
        old_line=None if kind == "added" else old_at + 1,
        new_line=None if kind == "removed" else new_at + 1,
        text=text,
    )
