"""Apply a model's diff to a text: all hunks or none, only where each fits in exactly one place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from babble_app.diffs.anchor import place_all
from babble_app.diffs.errors import DiffError
from babble_app.diffs.guard import find_laziness
from babble_app.diffs.intake import read_hunks
from babble_app.diffs.lines import join_lines, newline_of, split_lines
from babble_app.diffs.matching import ALIGNED, EXACT, Index
from babble_app.diffs.mending import mend
from babble_app.diffs.plan import build, plan
from babble_app.diffs.readings import old_side

if TYPE_CHECKING:
    from babble_app.diffs.errors import HunkFailure
    from babble_app.diffs.hunks import Hunk
    from babble_app.diffs.placed import Placed

MAX_TEXT_CHARS = 2_000_000


@dataclass(frozen=True)
class HunkReport:
    """How one hunk was applied."""

    number: int
    level: int
    """0 exactly at its stated line, 1 exactly, 2 to 4 tolerantly, 5 aligned (matching.LEVELS)."""
    confidence: Literal["exact", "tolerant", "aligned"]
    line: int
    """The old text's first line that it covers, from 1."""
    added: int
    removed: int


@dataclass(frozen=True)
class Applied:
    """A text after a diff, and how that went."""

    text: str
    hunks: tuple[HunkReport, ...]


def apply(text: str, answer: str, *, may_shrink: bool = False) -> Applied:
    """Return `text` changed as the diff in a model's `answer` says.

    Args:
        text: The file. Its line endings and its final newline survive.
        answer: A unified diff (numbers and counts may be missing or wrong), SEARCH/REPLACE blocks or a
            `*** Begin Patch` envelope, in a fence or not, with or without prose.
        may_shrink: Whether the person asked for less; the guard against lost lines is then off.

    Raises:
        DiffError: nothing was applied; its `failures` say why, hunk by hunk.
    """
    return apply_hunks(text, read_hunks(answer), may_shrink=may_shrink)


def apply_hunks(text: str, hunks: tuple[Hunk, ...], *, may_shrink: bool = False) -> Applied:
    """Return `text` changed by hunks that were read before; see `apply`."""
    if len(text) > MAX_TEXT_CHARS:
        raise DiffError("D_TOO_LARGE", "The file is too long to be changed by a diff.")
    lines = split_lines(text)
    old = [line.text for line in lines]
    places, failures = place_all(Index(old), hunks)
    places, doubted = mend(old, places)
    edit, overlaps = plan(places)
    failures += doubted + overlaps
    if failures:
        raise _refusal(hunks, failures)
    result = build(lines, edit)
    new_text = join_lines(
        result, newline=newline_of(lines), final_newline=_ends_with_newline(text, places, len(old))
    )
    if new_text == text:
        raise DiffError("D_NOOP", "The diff changes nothing.")
    laziness = find_laziness(old, [line.text for line in result], may_shrink=may_shrink)
    if laziness:
        raise DiffError("D_LAZY", laziness)
    return Applied(new_text, tuple(_report(placed) for placed in places))


def _refusal(hunks: tuple[Hunk, ...], failures: list[HunkFailure]) -> DiffError:
    failures.sort(key=lambda failure: failure.number)
    failed = {failure.number for failure in failures}
    first = failures[0]
    message = f"Hunk {first.number} of {len(hunks)} does not fit ({first.code}). {first.reason}"
    good = tuple(hunk for hunk in hunks if hunk.number not in failed)
    return DiffError(first.code, message, failures=tuple(failures), good=good)


def _ends_with_newline(text: str, places: list[Placed], total: int) -> bool:
    """Keep the end of the file as it is, unless a hunk that reaches it says otherwise."""
    for placed in places:
        reaches_end = placed.start + len(old_side(placed.body)) == total
        if reaches_end and placed.hunk.ends_file_with_newline is not None:
            return placed.hunk.ends_file_with_newline
    return text.endswith("\n") or not text


def _confidence(level: int) -> Literal["exact", "tolerant", "aligned"]:
    if level <= EXACT:
        return "exact"
    return "tolerant" if level < ALIGNED else "aligned"


def _report(placed: Placed) -> HunkReport:
    kinds = [kind for kind, _ in placed.body]
    return HunkReport(
        number=placed.hunk.number,
        level=placed.level,
        confidence=_confidence(placed.level),
        line=placed.start + 1,
        added=kinds.count("added"),
        removed=kinds.count("removed"),
    )
