"""Find the places of one hunk, from exact to aligned, and doubt them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from babble_app.diffs.alignment import align
from babble_app.diffs.matching import (
    ALIGNED,
    EXACT,
    LEVELS,
    SHIFTED,
    Hit,
    TooManyCandidatesError,
)
from babble_app.diffs.nearest import not_found, refused, stands_already
from babble_app.diffs.placed import Many, Outcome, Placed, in_style, resembles
from babble_app.diffs.readings import Body, Kind, adds, lines_of, new_side, old_side

if TYPE_CHECKING:
    from babble_app.diffs.alignment import Alignment
    from babble_app.diffs.errors import HunkFailure
    from babble_app.diffs.hunks import Hunk
    from babble_app.diffs.matching import Index

AT_STATED_LINE = 0
FAR_LINES = 15
"""A hit further than this from the stated line is doubted when most of the lines stand there."""
LOOSE = 3
"""The level up to which lines look the same."""


def at_stated_line(index: Index, hunk: Hunk) -> Placed | None:
    """Return the hunk at the line that it names, if it stands there exactly."""
    if hunk.stated is None or not hunk.changes:
        return None
    for body in hunk.readings:
        old = old_side(body)
        start = hunk.stated - 1 if old else _insertion_start(index, hunk)
        if start is not None and index.matches_at(old, start, EXACT):
            placed = Placed(hunk, body, start, AT_STATED_LINE, body)
            if not _stands_already(index, placed) and in_style(index, placed):
                return placed
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


def search(index: Index, hunk: Hunk) -> Outcome | HunkFailure:
    """Return where a hunk stands by its lines alone, or why that cannot be said."""
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
        if outcome is None:
            return _search_loosely(index, hunk)
        return _doubted(index, outcome) if isinstance(outcome, Placed) else outcome
    except TooManyCandidatesError:
        return refused(
            hunk,
            "D_AMBIGUOUS",
            "Its lines occur very often in the file. Add more unchanged lines around it.",
        )


def _without_anchor(index: Index, hunk: Hunk) -> Outcome | HunkFailure:
    body = next((body for body in hunk.readings if not old_side(body)), None)
    start = _insertion_start(index, hunk)
    if body is None or start is None:
        reason = "It does not say where its lines go. Put unchanged lines around them."
        return refused(hunk, "D_AMBIGUOUS_INSERT", reason)
    return Placed(hunk, body, start, EXACT, body)


def _first_fit(index: Index, hunk: Hunk, bodies: list[Body]) -> Outcome | None:
    """Return what the first level and reading with a hit say."""
    for level in range(EXACT, len(LEVELS) + 1):
        fits: list[Outcome] = []
        for body in bodies:
            hits = index.find(old_side(body), level)
            index.spend(len(hits) * (1 + len(body) // 4))
            fitting = [placed for hit in hits if (placed := _placed(hunk, body, hit, level))]
            if level < SHIFTED:
                fitting = [placed for placed in fitting if in_style(index, placed)]
            if fitting:
                if level < LOOSE:
                    fitting += _twins(index, hunk, body, fitting)
                fits.append(Many(hunk, tuple(fitting)) if len(fitting) > 1 else fitting[0])
                if level < SHIFTED:
                    break
        if fits:
            return _plausible(index, fits)
    return None


def _twins(index: Index, hunk: Hunk, body: Body, fitting: list[Placed]) -> list[Placed]:
    """Return the other places that nobody can see a difference to: trailing space, typographic characters."""
    found = {placed.start for placed in fitting}
    hits = [hit for hit in index.find(old_side(body), LOOSE) if hit.start not in found]
    return [Placed(hunk, body, hit.start, LOOSE, body) for hit in hits]


def _placed(hunk: Hunk, body: Body, hit: Hit, level: int) -> Placed | None:
    """Indent the added lines as the file is; None where that is impossible."""
    whole: list[tuple[Kind, str]] = []
    for kind, text in body:
        fitted = hit.change.apply(text) if hit.change and kind == "added" else text
        if fitted is None:
            return None
        whole.append((kind, fitted))
    return Placed(hunk, tuple(whole), hit.start, level, body)


def _plausible(index: Index, fits: list[Outcome]) -> Outcome | None:
    """Choose among readings that fit at different indentations: the one that is indented as the file is.

    Without a removed line nothing else shows where a prefix ends and indentation begins.
    """
    if len(fits) == 1 and not isinstance(fits[0], Placed):
        return fits[0]
    sound = [one for one in fits if not isinstance(one, Placed) or in_style(index, one)]
    outcomes = {_outcome(one) for one in sound if isinstance(one, Placed)}
    if len(outcomes) > 1 or not sound:
        return None
    return sound[0]


def _outcome(placed: Placed) -> tuple[int, Body]:
    """Return what a placed hunk does to the file, whichever way its unchanged lines are read."""
    return placed.start, tuple(
        (kind, text if kind == "added" else "") for kind, text in placed.body
    )


def _search_loosely(index: Index, hunk: Hunk) -> Outcome | HunkFailure:
    """Align the hunk, or its parts between elisions; else say what the file has instead."""
    parts = hunk.parts()
    if parts:
        return _placed_parts(index, hunk, parts) or not_found(index, hunk)
    found = align(index, hunk.items(), ordered=not hunk.prefixed)
    if not found or (adds(hunk.readings[0]) and stands_already(index, hunk)):
        return not_found(index, hunk)
    if len(found) > 1 and _one_spot(found):
        reason = "Where its lines go is not certain: lines of the file are missing beside them. Copy all of them."
        return refused(hunk, "D_AMBIGUOUS_INSERT", reason)
    places = [Placed(hunk, one.body, one.start, ALIGNED, one.written) for one in found]
    if len(places) > 1:
        return Many(hunk, tuple(places))
    if found[0].cost and _inserts_at_edge(found[0], len(index.lines)):
        reason = "It begins or ends with lines to add, and its other lines are not all as the file has them."
        return refused(hunk, "D_AMBIGUOUS_INSERT", reason)
    return _doubted(index, places[0])


def _one_spot(found: list[Alignment]) -> bool:
    return max(one.start for one in found) - min(one.start for one in found) <= len(found[0].body)


def _inserts_at_edge(found: Alignment, total: int) -> bool:
    """Whether the lines begin or end with added ones that replace nothing, other than at the file's own edge."""
    inner_edges: list[Body] = [found.body] if found.start else []
    inner_edges += [found.body[::-1]] if found.end < total else []
    for lines in inner_edges:
        kinds = _first_changes(lines)
        if kinds and "removed" not in kinds:
            return True
    return False


def _first_changes(body: Body) -> list[Kind]:
    end = next((at for at, (kind, _) in enumerate(body) if kind == "context"), len(body))
    return [kind for kind, _ in body[:end]]


def _placed_parts(index: Index, hunk: Hunk, parts: tuple[Hunk, ...]) -> Placed | None:
    """Return the parts as one hunk over the file's lines between them, if each has one place and they stand in order."""
    found = [search(index, part) for part in parts]
    placed = [one for one in found if isinstance(one, Placed)]
    if len(placed) < len(parts):
        return None
    body: Body = ()
    written: Body = ()
    end = placed[0].start
    for one in placed:
        if one.start < end:
            return None
        body += lines_of("context", index.lines[end : one.start]) + one.body
        written += lines_of("context", index.lines[end : one.start]) + one.written
        end = one.start + len(old_side(one.body))
    return Placed(hunk, body, placed[0].start, ALIGNED, written)


def _doubted(index: Index, placed: Placed) -> Placed | HunkFailure:
    """Refuse an only hit that is contradicted by the stated line, or that was applied before."""
    hunk = placed.hunk
    stated = hunk.stated - 1 if hunk.stated else None
    if placed.level < ALIGNED and stated is not None and stated != placed.start:
        loosely = _stands_nearer(index, placed, stated)
        if loosely:
            reason = (
                f"It fits at line {placed.start + 1} and nearly at line {stated + 1}, which it names. "
                "Copy more unchanged lines."
            )
            return refused(hunk, "D_AMBIGUOUS", reason)
    if _stands_already(index, placed):
        return refused(hunk, "D_ALREADY", "The lines it adds are there already. Leave it out.")
    return placed


def _stands_nearer(index: Index, placed: Placed, stated: int) -> bool:
    """Whether a hunk fits more loosely at the line that it names, or nearer to it than where it was found."""
    hunk, old = placed.hunk, old_side(placed.written)
    far = abs(stated - placed.start)
    levels = range(placed.level + 1, len(LEVELS) + 1)
    if any(index.matches_at(old, stated, level) for level in levels):
        return True
    if far > FAR_LINES and resembles(index, old, stated):
        return True
    found = align(index, hunk.items(), near=stated)
    return any(abs(one.start - stated) < far and one.start != placed.start for one in found)


def _stands_already(index: Index, placed: Placed) -> bool:
    """Whether lines that a hunk adds at its edge stand in that place already."""
    old, new = old_side(placed.body), new_side(placed.body)
    grown = len(new) - len(old)
    if grown <= 0 or not old:
        return False
    ends = placed.body[-1][0] == "added" and index.matches_at(new, placed.start, EXACT)
    begins = placed.body[0][0] == "added" and index.matches_at(new, placed.start - grown, EXACT)
    return ends or begins
