"""Find the one place of each hunk, or say why there is none. Never "the first", never "all"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from babble_app.diffs.matching import EXACT, SHIFTED
from babble_app.diffs.nearest import refused
from babble_app.diffs.placed import Many, Outcome, Placed
from babble_app.diffs.placing import at_stated_line, search

if TYPE_CHECKING:
    from babble_app.diffs.errors import HunkFailure
    from babble_app.diffs.hunks import Hunk
    from babble_app.diffs.matching import Index
    from babble_app.diffs.readings import Manner

REFUSED = 9
"""The level of a hunk that has no place."""
MANNERS: tuple[Manner, ...] = ("spaced", "unescaped", "unnumbered")
"""Manners of writing that are tried when the hunks do not all fit as they are."""


def place_all(index: Index, hunks: tuple[Hunk, ...]) -> tuple[list[Placed], list[HunkFailure]]:
    """Place each hunk; both lists are in the order of the hunks."""
    hunks = tuple(hunk.in_full(index.stripped_places()) for hunk in hunks)
    best = _place_all(index, hunks)
    if best[1] and not any(failure.code == "D_NOT_FOUND" for failure in best[1]):
        return best
    for manner in MANNERS:
        if _level(*best) < SHIFTED:
            break
        if _may_be_in(manner, hunks):
            other = _place_all(index, tuple(hunk.in_manner(manner) for hunk in hunks))
            best = other if _level(*other) < min(_level(*best), REFUSED) else best
    return best


def _may_be_in(manner: Manner, hunks: tuple[Hunk, ...]) -> bool:
    """Whether an answer may be written so: a space after each sign must be after all, and seen in a removed line."""
    found = [manner in hunk.manners for hunk in hunks]
    if manner != "spaced":
        return any(found)
    return all(found) and any(line.startswith("- ") for hunk in hunks for line in hunk.raw)


def _level(placed: list[Placed], failures: list[HunkFailure]) -> int:
    """Return how literally the worst hunk fits."""
    return REFUSED if failures else max((one.level for one in placed), default=EXACT)


def _place_all(index: Index, hunks: tuple[Hunk, ...]) -> tuple[list[Placed], list[HunkFailure]]:
    stated = [at_stated_line(index, hunk) for hunk in hunks]
    if all(stated):
        return [placed for placed in stated if placed], []
    outcomes = [search(index, hunk) for hunk in hunks]
    settled = _settle_by_numbers(outcomes)
    placed = [outcome for outcome in settled if isinstance(outcome, Placed)]
    failures = [_many(outcome) if isinstance(outcome, Many) else outcome for outcome in settled]
    return placed, [failure for failure in failures if not isinstance(failure, Placed)]


def _settle_by_numbers(outcomes: list[Outcome | HunkFailure]) -> list[Outcome | HunkFailure]:
    """Choose among several places by the stated line, where the other hunks' numbers have proved right."""
    told = [one for one in outcomes if isinstance(one, Placed) and one.hunk.stated is not None]
    if not told or any(one.start + 1 != one.hunk.stated for one in told):
        return outcomes
    return [_stated_place(one) if isinstance(one, Many) else one for one in outcomes]


def _stated_place(many: Many) -> Outcome:
    return next((one for one in many.places if one.start + 1 == many.hunk.stated), many)


def _many(outcome: Many) -> HunkFailure:
    lines = [str(placed.start + 1) for placed in outcome.places[:6]]
    listed = f"{', '.join(lines[:-1])} and {lines[-1]}"
    reason = (
        f"Its lines occur {len(outcome.places)} times, at lines {listed}. "
        "Add unchanged lines that tell the places apart."
    )
    return refused(outcome.hunk, "D_AMBIGUOUS", reason)
