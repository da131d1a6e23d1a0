"""What a refused hunk is told: the file's real lines that come nearest to what it expected."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from babble_app.diffs.errors import DiffCode, HunkFailure
from babble_app.diffs.hunks import Hunk
from babble_app.diffs.matching import Index, TooManyCandidatesError, words_of
from babble_app.diffs.readings import new_side, old_side

if TYPE_CHECKING:
    from babble_app.diffs.readings import Body

SHOWN_AROUND = 3
"""Lines of the file shown before and after the line in question."""
MAX_COMPARED_LINES = 200
"""Lines of a hunk that take part in looking for its nearest place."""


def refused(hunk: Hunk, code: DiffCode, reason: str) -> HunkFailure:
    """Return a failure that needs no lines of the file."""
    return HunkFailure(number=hunk.number, code=code, reason=reason)


def not_found(index: Index, hunk: Hunk) -> HunkFailure:
    """Say that a hunk's old lines are not in the file, with the place that is most like them."""
    body = hunk.readings[0]
    if stands_already(index, hunk):
        return refused(
            hunk, "D_ALREADY", "What it would bring about is in the file already. Leave it out."
        )
    start = _nearest_start(index, body)
    if start is None:
        reason = "Its unchanged and removed lines are nowhere in the file. Copy them from the file exactly."
        return refused(hunk, "D_NOT_FOUND", reason)
    place, text, at = _first_difference(index, body, start)
    inside = at < len(index.lines)
    first = max(0, min(at, len(index.lines) - 1) - SHOWN_AROUND)
    return HunkFailure(
        number=hunk.number,
        code="D_NOT_FOUND",
        reason=f"Line {place} of it is not what the file has there. Copy unchanged lines exactly.",
        your_line=place,
        your_text=text,
        file_line=at + 1 if inside else None,
        file_text=index.lines[at] if inside else "",
        nearest_start=first + 1,
        nearest=tuple(index.lines[first : at + SHOWN_AROUND + 1]),
    )


def stands_already(index: Index, hunk: Hunk) -> bool:
    """Whether the lines that a hunk leaves are in the file."""
    new = new_side(hunk.readings[0])
    if sum(1 for line in new if line.strip()) < 2:
        return False
    try:
        return bool(index.find(new, 2))
    except TooManyCandidatesError:
        return False


def _nearest_start(index: Index, body: Body) -> int | None:
    """Let each line that the file has vote for where the hunk would begin."""
    places = index.stripped_places()
    votes: defaultdict[int, float] = defaultdict(float)
    for offset, line in enumerate(old_side(body)[:MAX_COMPARED_LINES]):
        found = places.get(line.strip(), []) if line.strip() else []
        for place in found[:MAX_COMPARED_LINES]:
            votes[place - offset] += 1 / len(found)
    if votes:
        best = max(votes.values())
        return max(0, min(start for start, weight in votes.items() if weight == best))
    return _most_alike(index, old_side(body))


def _most_alike(index: Index, old: list[str]) -> int | None:
    """Find the line that shares most words with the hunk's first line that has any."""
    wanted = next((words for line in old if (words := words_of(line))), set[str]())
    scores = [_likeness(wanted, words) for words in index.words]
    best = max(scores, default=0.0)
    return scores.index(best) if best else None


def _likeness(one: set[str], other: set[str]) -> float:
    return len(one & other) / len(one | other) if one and other else 0.0


def _first_difference(index: Index, body: Body, start: int) -> tuple[int, str, int]:
    """Return the first old line (its number in the hunk, its text) that differs, and its line in the file from 0."""
    at = start
    last = (1, body[0][1], start)
    for number, (kind, text) in enumerate(body, 1):
        if kind == "added":
            continue
        if at >= len(index.lines) or index.lines[at].rstrip() != text.rstrip():
            return number, text, at
        last = (number, text, at)
        at += 1
    return last
