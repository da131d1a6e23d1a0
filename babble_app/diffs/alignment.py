"""The last level: a hunk's old lines in the file's order, with few lines that only one of them has.

Lines of the file that the model left out are kept. A removed line must be there. An unchanged line that the file lacks was
meant to be added if it touches an added one; one that differs by a slip is the file's. What is found is the cheapest
explanation, and every other text that is about as cheap speaks against it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from babble_app.diffs.alignment_lines import moved
from babble_app.diffs.alignment_search import MAX_SKIPPED, Search, State, Step, Way
from babble_app.diffs.indentation import shift_between, steps_between
from babble_app.diffs.matching import stripped

if TYPE_CHECKING:
    from babble_app.diffs.indentation import Change
    from babble_app.diffs.matching import Index
    from babble_app.diffs.readings import Body, Item

MIN_MATCHED = 0.6
"""Share of a hunk's non-blank old lines that must stand in the file."""
MIN_LINES = 2
"""Non-blank old lines that must stand in the file; fewer if all do, with so many visible characters:"""
MIN_CHARS = 10
MARGIN = 0.75
"""How much dearer any other text must be."""
MAX_ITEMS = 400
RARE = 8
"""A line that occurs no more often than this tells where to look."""
MAX_WINDOWS = 200
NEAR_LINES = 5


@dataclass(frozen=True)
class Alignment:
    """A hunk laid over the file's lines from `start` (from 0) on."""

    start: int
    cost: float
    body: Body
    """Its context and removed lines are the file's."""
    written: Body
    """The same with the model's lines."""
    doubles: bool = False
    """Whether a line that was taken for an addition is one that was left out or removed or stands beside: it was moved."""

    @property
    def end(self) -> int:
        """The file's line after its last one."""
        return self.start + sum(kind != "added" for kind, _ in self.body)


def align(
    index: Index, items: tuple[Item, ...], *, ordered: bool = True, near: int | None = None
) -> list[Alignment]:
    """Return the cheapest alignment; several if texts that differ are about as cheap; none if nothing fits.

    Args:
        index: The file.
        items: The hunk's lines.
        ordered: Whether added and removed lines stand in the order of the file.
        near: Only look about this line (from 0).
    """
    old = [item.texts[0] for item in items if item.kind != "added" and item.texts[0].strip()]
    if not old or len(items) > MAX_ITEMS:
        return []
    found: list[Alignment] = []
    for change, starts in _windows(index, items, near).items():
        search = Search(index, moved(items, change, ordered=ordered), change)
        found += [
            _alignment(index.lines, way)
            for state, way in (search.run(sorted(starts)) if search.lines else [])
            if _complete(index, state) and _matches_enough(way, old)
        ]
    return _cheapest(index, found)


def _complete(index: Index, state: State) -> bool:
    """Whether context that was taken for additions stands between lines of the file, or at its end."""
    return not state.pending and not (state.gap_added and state.at < len(index.lines))


def _matches_enough(way: Way, old: list[str]) -> bool:
    """Whether so much of a hunk's old lines stands in the file that the rest may be doubted."""
    if not way.cost or (way.matched >= MIN_LINES and way.matched >= MIN_MATCHED * len(old)):
        return True
    return way.matched == len(old) and sum(len("".join(one.split())) for one in old) >= MIN_CHARS


def _windows(index: Index, items: tuple[Item, ...], near: int | None) -> dict[Change, set[int]]:
    """Return where the hunk may begin, by change of indentation, as the lines say that are rare in the file."""
    places = index.stripped_places()
    old = [item for item in items if item.kind != "added"]
    keys = [stripped(item.texts[0]) for item in old]
    starts: defaultdict[Change, set[int]] = defaultdict(set)
    seen: set[int] = set()
    for number, (item, key) in enumerate(zip(old, keys, strict=True)):
        where = places.get(key, []) if key else []
        for at in where if len(where) <= RARE else []:
            first = at - number
            if near is not None and abs(first - near) > NEAR_LINES:
                continue
            index.spend(1 + len(keys) // 8)
            if not _shares_enough(index, keys, first):
                continue
            seen.add(first)
            for text in item.texts:
                change = shift_between([text], [index.lines[at]]) or steps_between(
                    [text], [index.lines[at]]
                )
                if change:
                    starts[change] |= _around(first, len(index.lines))
    return starts if len(seen) <= MAX_WINDOWS else {}


def _shares_enough(index: Index, keys: list[str], first: int) -> bool:
    """Whether enough of a hunk's lines occur where it would stand, in whatever order."""
    window = index.stripped_keys()[
        max(0, first - MAX_SKIPPED) : first + len(keys) + 2 * MAX_SKIPPED
    ]
    there = set(window)
    filled = [key for key in keys if key]
    return sum(key in there for key in filled) >= MIN_MATCHED * len(filled)


def _around(first: int, total: int) -> set[int]:
    return set(range(max(0, first - MAX_SKIPPED), min(total, first + MAX_SKIPPED + 1)))


def _alignment(lines: list[str], way: Way) -> Alignment:
    steps: list[Step] = []
    path = way.path
    while path:
        steps.append(path)
        path = path.before
    steps.reverse()
    body: Body = tuple((one.kind, one.text) for one in steps)
    written: Body = tuple((one.kind, one.written) for one in steps)
    end = way.start + sum(one.kind != "added" for one in steps)
    beside = {
        line.strip() for line in (*lines[max(0, way.start - 1) : way.start], *lines[end : end + 1])
    }
    there = beside | {
        one.text.strip() for one in steps if one.kind == "removed" or one.odd == "skipped"
    }
    doubles = any(one.odd == "lost" and one.text.strip() in there - {""} for one in steps)
    return Alignment(way.start, way.cost, body, written, doubles)


def _cheapest(index: Index, found: list[Alignment]) -> list[Alignment]:
    """Return one alignment for each text that comes out, as far as they cost about the same as the cheapest."""
    fitting = [one for one in found if _in_style(index, one)]
    if fitting or not any(kind == "removed" for one in found for kind, _ in one.body):
        found = fitting
    if not found:
        return []
    found.sort(key=lambda one: one.cost)
    distinct: list[Alignment] = []
    for one in found:
        if one.cost > found[0].cost + MARGIN:
            break
        if not any(_same_text(index.lines, one, other) for other in distinct):
            distinct.append(one)
    return [] if any(one.doubles for one in distinct) else distinct


def _in_style(index: Index, one: Alignment) -> bool:
    return all(index.style.fits(text) for kind, text in one.body if kind == "added")


def _same_text(lines: list[str], one: Alignment, other: Alignment) -> bool:
    start, end = min(one.start, other.start), max(one.end, other.end)
    return _text(lines, one, start, end) == _text(lines, other, start, end)


def _text(lines: list[str], one: Alignment, start: int, end: int) -> list[str]:
    new = [text for kind, text in one.body if kind != "removed"]
    return [*lines[start : one.start], *new, *lines[one.end : end]]
