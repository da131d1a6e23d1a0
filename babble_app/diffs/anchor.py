"""Find the one place of each hunk, or say why there is none. Never "the first", never "all"."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from babble_app.diffs.hunks import Body, Hunk, Kind, new_side, old_side
from babble_app.diffs.matching import EXACT, LEVELS, Hit, TooManyCandidatesError
from babble_app.diffs.nearest import not_found, refused

if TYPE_CHECKING:
    from babble_app.diffs.errors import HunkFailure
    from babble_app.diffs.matching import Index

AT_STATED_LINE = 0
FAR_LINES = 15
"""An exact hit further than this from the stated line is doubted when a looser one stands at that line."""


@dataclass(frozen=True)
class Placed:
    """A hunk that has its place."""

    hunk: Hunk
    body: Body
    """The reading that fits, its added lines indented as the file is."""
    start: int
    """The first line of its old side, from 0."""
    level: int
    """0 to 4: how literally it fits (matching.LEVELS; 0 is exactly at the stated line)."""


@dataclass(frozen=True)
class _Many:
    """A hunk that fits in several places."""

    hunk: Hunk
    places: tuple[Placed, ...]


_Outcome = Placed | _Many


def place_all(index: Index, hunks: tuple[Hunk, ...]) -> tuple[list[Placed], list[HunkFailure]]:
    """Place each hunk; both lists are in the order of the hunks."""
    stated = [_at_stated_line(index, hunk) for hunk in hunks]
    if all(stated):
        return [placed for placed in stated if placed], []
    outcomes = [_search(index, hunk) for hunk in hunks]
    settled = _settle_by_numbers(outcomes)
    placed = [outcome for outcome in settled if isinstance(outcome, Placed)]
    failures = [_many(outcome) if isinstance(outcome, _Many) else outcome for outcome in settled]
    return placed, [failure for failure in failures if not isinstance(failure, Placed)]


def _at_stated_line(index: Index, hunk: Hunk) -> Placed | None:
    if hunk.stated is None or not hunk.changes:
        return None
    for body in hunk.readings:
        old = old_side(body)
        start = hunk.stated - 1 if old else _insertion_start(index, hunk)
        if start is not None and index.matches_at(old, start, EXACT):
            return Placed(hunk, body, start, AT_STATED_LINE)
    return None


def _insertion_start(index: Index, hunk: Hunk) -> int | None:
    """Return where a hunk without any old line may go: an empty file, before line 1, after the last line."""
    if not index.lines:
        return 0
    if not hunk.states_insertion:
        return None
    if hunk.stated == 0:
        return 0
    return len(index.lines) if hunk.stated == len(index.lines) else None


def _search(index: Index, hunk: Hunk) -> _Outcome | HunkFailure:
    if not hunk.changes:
        return refused(
            hunk,
            "D_EMPTY_HUNK",
            "It has no line that begins with + or -. Leave it out, or mark what changes.",
        )
    anchored = [body for body in hunk.readings if any(line.strip() for line in old_side(body))]
    if not anchored:
        return _without_anchor(index, hunk)
    try:
        outcome = _first_fit(index, hunk, anchored)
    except TooManyCandidatesError:
        return refused(
            hunk,
            "D_AMBIGUOUS",
            "Its lines occur very often in the file. Add more unchanged lines around it.",
        )
    if outcome is None:
        return not_found(index, hunk)
    return _doubted(index, outcome) if isinstance(outcome, Placed) else outcome


def _without_anchor(index: Index, hunk: Hunk) -> _Outcome | HunkFailure:
    body = next((body for body in hunk.readings if not old_side(body)), None)
    start = _insertion_start(index, hunk)
    if body is None or start is None:
        reason = "It does not say where its lines go. Put unchanged lines around them."
        return refused(hunk, "D_AMBIGUOUS_INSERT", reason)
    return Placed(hunk, body, start, EXACT)


def _first_fit(index: Index, hunk: Hunk, bodies: list[Body]) -> _Outcome | None:
    """Return what the first level and reading with a hit say."""
    for level in range(EXACT, len(LEVELS) + 1):
        for body in bodies:
            hits = index.find(old_side(body), level)
            fitting = [placed for hit in hits if (placed := _placed(hunk, body, hit, level))]
            if len(fitting) > 1:
                return _Many(hunk, tuple(fitting))
            if fitting:
                return fitting[0]
    return None


def _placed(hunk: Hunk, body: Body, hit: Hit, level: int) -> Placed | None:
    """Indent the added lines as the file is; None where that is impossible."""
    removes = any(kind == "removed" for kind, _ in body)
    if hit.shift and not removes and not hit.shift.is_whole_steps:
        # Only a removed line shows for certain where its prefix ends and its indentation begins.
        return None
    whole: list[tuple[Kind, str]] = []
    for kind, text in body:
        shifted = hit.shift.apply(text) if hit.shift and kind == "added" else text
        if shifted is None:
            return None
        whole.append((kind, shifted))
    return Placed(hunk, tuple(whole), hit.start, level)


def _doubted(index: Index, placed: Placed) -> Placed | HunkFailure:
    """Refuse an only hit that is contradicted by the stated line, or that was applied before."""
    hunk, old, new = placed.hunk, old_side(placed.body), new_side(placed.body)
    stated = hunk.stated - 1 if hunk.stated else None
    if placed.level == EXACT and stated is not None and abs(stated - placed.start) > FAR_LINES:
        loosely = any(
            index.matches_at(old, stated, level) for level in range(EXACT + 1, len(LEVELS) + 1)
        )
        if loosely:
            reason = (
                f"It fits at line {placed.start + 1} and nearly at line {stated + 1}, which it names. "
                "Copy more unchanged lines."
            )
            return refused(hunk, "D_AMBIGUOUS", reason)
    grown = len(new) - len(old)
    if grown > 0 and any(
        index.matches_at(new, at, EXACT) for at in (placed.start, placed.start - grown)
    ):
        return refused(hunk, "D_ALREADY", "The lines it adds are there already. Leave it out.")
    return placed


def _settle_by_numbers(outcomes: list[_Outcome | HunkFailure]) -> list[_Outcome | HunkFailure]:
    """Choose among several places by the stated line, where the other hunks' numbers have proved right."""
    told = [one for one in outcomes if isinstance(one, Placed) and one.hunk.stated is not None]
    if not told or any(one.level != EXACT or one.start + 1 != one.hunk.stated for one in told):
        return outcomes
    return [_stated_place(one) if isinstance(one, _Many) else one for one in outcomes]


def _stated_place(many: _Many) -> _Outcome:
    return next((one for one in many.places if one.start + 1 == many.hunk.stated), many)


def _many(outcome: _Many) -> HunkFailure:
    lines = [str(placed.start + 1) for placed in outcome.places[:6]]
    listed = f"{', '.join(lines[:-1])} and {lines[-1]}"
    reason = (
        f"Its lines occur {len(outcome.places)} times, at lines {listed}. "
        "Add unchanged lines that tell the places apart."
    )
    return refused(outcome.hunk, "D_AMBIGUOUS", reason)
