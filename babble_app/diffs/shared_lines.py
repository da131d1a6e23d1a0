"""Which lines two texts share, in order: difflib's answer where that is quick, else that of the lines that stand once in each.

difflib compares a line with all its likes in the other text, over again for every run that it finds: 2,000 lines of which every
other one is the same take minutes. So what that would cost is counted before it is done.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from difflib import Match, SequenceMatcher
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_PAIRS = 1_000_000
"""Pairs of lines that one comparison may look at: about a quarter of a second."""
AUTOJUNK_LINES = 2000
"""From here on difflib may treat very frequent lines as noise: larger diffs instead of quadratic time."""


class _TooMuchError(Exception):
    """The lines are too much alike for difflib."""


class _Counted(SequenceMatcher[str]):
    """difflib, for so many pairs and no more."""

    def __init__(self, old: Sequence[str], new: Sequence[str], pairs: int) -> None:
        super().__init__(None, old, new, autojunk=len(old) > AUTOJUNK_LINES)
        self.pairs_left = pairs
        places = self.b2j  # type: ignore[attr-defined]  # documented in difflib, but not in typeshed
        self._sums = [0, *accumulate(1 + len(places.get(line, ())) for line in old)]

    def find_longest_match(
        self, alo: int = 0, ahi: int | None = None, blo: int = 0, bhi: int | None = None
    ) -> Match:
        """Do what difflib does; raises _TooMuchError instead of going over what is left."""
        end = len(self._sums) - 1 if ahi is None else ahi
        self.pairs_left -= self._sums[end] - self._sums[alo]
        if self.pairs_left < 0:
            raise _TooMuchError
        return super().find_longest_match(alo, ahi, blo, bhi)


def shared_lines(old: Sequence[str], new: Sequence[str], pairs: int = MOST_PAIRS) -> list[Match]:
    """Return runs of equal lines in their order, in bounded time; the order of two texts decides nothing but ties."""
    try:
        return _Counted(old, new, pairs).get_matching_blocks()[:-1]
    except _TooMuchError:
        return _by_unique_lines(old, new, pairs)


def _by_unique_lines(old: Sequence[str], new: Sequence[str], pairs: int) -> list[Match]:
    """Hold fast to the lines that stand once in each text (Bram Cohen's patience diff), and compare what is between them."""
    anchors = [(-1, -1), *_in_order(_unique_pairs(old, new)), (len(old), len(new))]
    found: list[Match] = []
    for (a, b), (old_end, new_end) in pairwise(anchors):
        if a >= 0:
            found.append(Match(a, b, 1))
        between = _between(old[a + 1 : old_end], new[b + 1 : new_end], pairs)
        pairs -= sum(one.size for one in between) + 1
        found += [Match(one.a + a + 1, one.b + b + 1, one.size) for one in between]
    return _joined(found)


def _joined(found: Sequence[Match]) -> list[Match]:
    """Make one of those that follow each other in both texts."""
    joined: list[Match] = []
    for one in found:
        last = joined[-1] if joined else Match(0, 0, 0)
        if joined and (last.a + last.size, last.b + last.size) == (one.a, one.b):
            joined[-1] = last._replace(size=last.size + one.size)
        else:
            joined.append(one)
    return joined


def _between(old: Sequence[str], new: Sequence[str], pairs: int) -> list[Match]:
    """Compare with difflib if it costs little; else nothing but the ends is the same."""
    start = _same(old, new)
    old, new = old[start:], new[start:]
    end = _same(old[::-1], new[::-1])
    old_end, new_end = len(old) - end, len(new) - end
    found = [Match(0, 0, start), Match(old_end + start, new_end + start, end)]
    if old_end and new_end and old_end * new_end <= pairs // 100:
        middle = SequenceMatcher(None, old[:old_end], new[:new_end], autojunk=False)
        found[1:1] = [
            Match(one.a + start, one.b + start, one.size) for one in middle.get_matching_blocks()
        ]
    return [one for one in found if one.size]


def _same(old: Sequence[str], new: Sequence[str]) -> int:
    alike = zip(old, new, strict=False)
    return next((at for at, (a, b) in enumerate(alike) if a != b), min(len(old), len(new)))


def _unique_pairs(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    counts, others = Counter(old), Counter(new)
    places = {line: at for at, line in enumerate(new) if others[line] == 1}
    return [
        (at, places[line]) for at, line in enumerate(old) if counts[line] == 1 and line in places
    ]


def _in_order(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the longest part of the pairs whose second places rise as the first do."""
    ends: list[int] = []
    last: list[int] = []
    before: list[int] = []
    for number, (_, place) in enumerate(pairs):
        length = bisect_left(ends, place)
        before.append(last[length - 1] if length else -1)
        ends[length : length + 1] = [place]
        last[length : length + 1] = [number]
    chosen: list[tuple[int, int]] = []
    number = last[-1] if last else -1
    while number >= 0:
        chosen.append(pairs[number])
        number = before[number]
    return chosen[::-1]
