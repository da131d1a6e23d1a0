"""Turn placed hunks into one edit of the file: unchanged lines are always the file's own."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from babble_app.diffs.lines import Line
from babble_app.diffs.nearest import refused
from babble_app.diffs.readings import old_side

if TYPE_CHECKING:
    from babble_app.diffs.errors import HunkFailure
    from babble_app.diffs.placed import Placed


@dataclass
class Edit:
    """Which lines go and what comes in, by line numbers of the old text from 0."""

    removed: dict[int, int] = field(default_factory=dict[int, int])
    """Removed line -> the hunk that removes it."""
    inserted: dict[int, tuple[int, list[str]]] = field(
        default_factory=dict[int, "tuple[int, list[str]]"]
    )
    """Line before which lines come in (the number of lines for the end) -> the hunk and the lines."""


def plan(places: list[Placed]) -> tuple[Edit, list[HunkFailure]]:
    """Put the changes of all hunks together; a hunk that collides with an earlier one in the file fails."""
    edit = Edit()
    failures: list[HunkFailure] = []
    covered: dict[tuple[int, int], Placed] = {}
    for placed in sorted(places, key=lambda one: (one.start, one.hunk.number)):
        mine = _edit_of(placed)
        twin = covered.setdefault((placed.start, len(old_side(placed.body))), placed)
        other = _collision(edit, mine)
        if other is None and _in_one_place(twin, placed):
            other = twin.hunk.number
        if other is None:
            edit.removed.update(mine.removed)
            edit.inserted.update(mine.inserted)
            continue
        reason = f"It changes the same lines as hunk {other}. Make one hunk of both."
        failures.append(refused(placed.hunk, "D_OVERLAP", reason))
    return edit, failures


def build(lines: list[Line], edit: Edit) -> list[Line]:
    """Return the new text's lines; added ones have no ending of their own unless a neighbour has."""
    result: list[Line] = []
    done = 0
    for at in sorted({*edit.removed, *edit.inserted}):
        result += lines[done:at]
        _, added = edit.inserted.get(at, (0, ()))
        around = (*lines[max(0, at - 1) : at], *lines[at : at + 1])
        ending = next((line.ending for line in around if line.ending), "")
        result += [Line(text, ending) for text in added]
        done = at + 1 if at in edit.removed else at
    return result + lines[done:]


def _edit_of(placed: Placed) -> Edit:
    edit = Edit()
    at, number = placed.start, placed.hunk.number
    for kind, text in placed.body:
        if kind == "added":
            edit.inserted.setdefault(at, (number, []))[1].append(text)
            continue
        if kind == "removed":
            edit.removed[at] = number
        at += 1
    return edit


def _collision(edit: Edit, mine: Edit) -> int | None:
    """Return the number of an accepted hunk that changes what this one changes."""
    for at in mine.removed:
        if at in edit.removed:
            return edit.removed[at]
    for at in mine.inserted:
        if at in edit.inserted:
            return edit.inserted[at][0]
        if _inside(at, edit.removed):
            return edit.removed[at]
    for at in mine.removed:
        if at in edit.inserted and _inside(at, mine.removed):
            return edit.inserted[at][0]
    return None


def _in_one_place(one: Placed, other: Placed) -> bool:
    """Whether two hunks that found the same lines claim to stand at different ones."""
    lines = one.hunk.stated, other.hunk.stated
    return None not in lines and lines[0] != lines[1] and bool(old_side(one.body))


def _inside(at: int, removed: dict[int, int]) -> bool:
    """Whether the lines before and after this place are removed by one hunk."""
    return at in removed and removed.get(at - 1) == removed[at]
