"""A hunk's lines as alignment sees them: moved to the file's indentation, with what their neighbours allow."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from babble_app.diffs.matching import folded

if TYPE_CHECKING:
    from babble_app.diffs.indentation import Change
    from babble_app.diffs.readings import Item, Kind


class Line(NamedTuple):
    """A line of the hunk, moved to the file's indentation."""

    kind: Kind
    written: str
    texts: tuple[str, ...]
    folds: tuple[str, ...]
    blank: bool
    leads: bool
    """Whether what comes next may be an addition."""
    touches: bool
    """Whether an added line, or an empty removed one, stands beside it."""
    repeats: bool
    """Whether the unchanged line before it is the same."""
    repeated: bool
    """Whether the unchanged line after it is the same."""
    parts_from: frozenset[Kind]
    """After which kinds of line a line of the file may be skipped before this one."""


def moved(items: tuple[Item, ...], change: Change, *, ordered: bool) -> list[Line]:
    """Return the hunk's lines at the file's indentation; nothing if one of them cannot be brought there."""
    twins = [False, *(_same(one, two) for one, two in pairwise(items)), False]
    partings = _partings(items, ordered=ordered)
    lines: list[Line] = []
    for number, item in enumerate(items):
        texts = tuple(text for one in item.texts if (text := change.apply(one)) is not None)
        if item.kind != "context" and not texts:
            return []
        around = [one.kind for one in items[max(0, number - 1) : number + 2]]
        line = Line(
            kind=item.kind,
            written=item.texts[0],
            texts=texts,
            folds=tuple(folded(text) for text in texts),
            blank=not item.texts[0].strip(),
            leads=number + 1 < len(items) and items[number + 1].kind != "removed",
            touches="added" in around or _beside_removed_blank(items, number),
            repeats=twins[number],
            repeated=twins[number + 1],
            parts_from=partings[number],
        )
        lines.append(line)
    return lines


def _same(one: Item, other: Item) -> bool:
    kinds = one.kind == other.kind == "context"
    return kinds and bool(one.texts[0].strip()) and bool(set(one.texts) & set(other.texts))


def _beside_removed_blank(items: tuple[Item, ...], number: int) -> bool:
    around = items[max(0, number - 1) : number + 2]
    return any(item.kind == "removed" and not item.texts[0].strip() for item in around)


def needless(line: Line) -> bool:
    """Whether a line may be left out: an empty one that touches no addition, or one that was written twice."""
    return not line.touches if line.blank else line.repeats


def _partings(items: tuple[Item, ...], *, ordered: bool) -> list[frozenset[Kind]]:
    """Say before which lines a skipped line may stand: what replaces lines stays beside them.

    The lines of a diff are in the order of the file. What was made of a SEARCH/REPLACE block is not: nothing shows
    whether a line that was left out stood before or after those that are added.
    """
    found: list[frozenset[Kind]] = []
    for number, item in enumerate(items):
        kinds: set[Kind] = {"context"}
        if item.kind == "context":
            kinds |= {"added", "removed"}
        elif item.kind == "removed":
            kinds |= {"removed"} if ordered or not _replaced(items, number) else set()
            kinds |= {"added"} if ordered else set()
        found.append(frozenset(kinds))
    return found


def _replaced(items: tuple[Item, ...], number: int) -> bool:
    """Whether lines are added in place of a removed one."""
    after = next((item for item in items[number:] if item.kind != "removed"), None)
    return after is not None and after.kind == "added"
