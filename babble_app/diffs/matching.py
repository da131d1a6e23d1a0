"""Where a run of lines occurs in a text, from exact to tolerant. Every comparison is between equal keys of lines."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from babble_app.diffs.indentation import Change, Style, shift_between, steps_between, style_of

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_CANDIDATES = 1000
"""A run whose rarest line occurs more often than this is not searched for: it cannot be told apart in useful time."""
MAX_EFFORT = 250_000
"""Steps of about two microseconds that all hunks of an answer may take together."""
MIN_SHIFTED_CHARS = 10
"""Non-space characters that a run needs before it may match at another indentation."""

MAX_WORDED_LINES = 5000
"""Lines of a text whose words are compared when a hunk resembles nothing."""

PUNCTUATION = {
    **dict.fromkeys("‘’‚‛′", "'"), **dict.fromkeys("“”„‟″", '"'), **dict.fromkeys("‐‑‒–—―−", "-"),
    **dict.fromkeys("\u00a0\u2002\u2003\u2007\u2008\u2009\u200a\u202f\u3000", " "),
    **dict.fromkeys("\u200b\u2060\ufeff", ""), "…": "...",
}  # fmt: skip
"""Typographic characters and what they stand for."""
_FOLDS = str.maketrans(PUNCTUATION)
_WORD = re.compile(r"\w+")


class TooManyCandidatesError(Exception):
    """The run consists of lines that the text repeats over and over."""


def _as_is(line: str) -> str:
    return line


def folded(line: str) -> str:
    """Return a line with plain punctuation and without space at its end."""
    return (line if line.isascii() else line.translate(_FOLDS)).rstrip()


def stripped(line: str) -> str:
    """Return a line with plain punctuation and without outer space."""
    return folded(line).lstrip()


LEVELS: tuple[Callable[[str], str], ...] = (_as_is, str.rstrip, folded, stripped)
"""Keys by level: 1 exact, 2 trailing space ignored, 3 punctuation folded, 4 indentation changed alike everywhere."""
EXACT = 1
SHIFTED = 4
ALIGNED = 5


@dataclass(frozen=True)
class Hit:
    """A run of lines found at `start` (from 0)."""

    start: int
    change: Change | None = None
    """How the indentation differs, at level 4."""


@dataclass
class Index:
    """A text's lines with a table of places per level, made when first needed."""

    lines: list[str]
    effort: int = 0
    """Steps taken so far."""
    _keys: dict[int, list[str]] = field(default_factory=dict[int, list[str]])
    _places: dict[int, dict[str, list[int]]] = field(
        default_factory=dict[int, dict[str, list[int]]]
    )

    def spend(self, steps: int) -> None:
        """Count steps, so that what takes too long ends at the same step each time.

        Raises:
            TooManyCandidatesError: there were too many.
        """
        self.effort += steps
        if self.effort > MAX_EFFORT:
            raise TooManyCandidatesError

    def find(self, run: list[str], level: int) -> list[Hit]:
        """Return every place where the run occurs at this level.

        Raises:
            TooManyCandidatesError: it would take too long to say.
        """
        wanted = [LEVELS[level - 1](line) for line in run]
        places = self._table(level)
        offset, rarest = min(enumerate(wanted), key=lambda item: len(places.get(item[1], ())))
        if len(places.get(rarest, ())) > MAX_CANDIDATES:
            raise TooManyCandidatesError
        candidates = [place - offset for place in places.get(rarest, ())]
        self.spend(len(candidates) * (1 + len(wanted) // 64))
        keys = self._keys[level]
        starts = [at for at in candidates if at >= 0 and keys[at : at + len(wanted)] == wanted]
        if level < SHIFTED:
            return [Hit(start) for start in starts]
        return self._shifted(run, starts)

    def matches_at(self, run: list[str], start: int, level: int) -> bool:
        """Whether the run stands exactly there (`start` from 0) at this level."""
        if start < 0 or start + len(run) > len(self.lines):
            return False
        key = LEVELS[level - 1]
        pairs = zip(run, self.lines[start : start + len(run)], strict=True)
        return all(key(mine) == key(theirs) for mine, theirs in pairs)

    def stripped_places(self) -> dict[str, list[int]]:
        """Return where each line stands, by its text without outer space."""
        return self._table(SHIFTED)

    def stripped_keys(self) -> list[str]:
        """Return each line without outer space, with plain punctuation."""
        self._table(SHIFTED)
        return self._keys[SHIFTED]

    @cached_property
    def folds(self) -> list[str]:
        """Each line with plain punctuation and without space at its end."""
        return [folded(line) for line in self.lines]

    @cached_property
    def style(self) -> Style:
        """How the text is indented."""
        return style_of(self.lines)

    @cached_property
    def words(self) -> list[set[str]]:
        """The words of each of the first lines."""
        return [words_of(line) for line in self.lines[:MAX_WORDED_LINES]]

    def _shifted(self, run: list[str], starts: list[int]) -> list[Hit]:
        if sum(len("".join(line.split())) for line in run) < MIN_SHIFTED_CHARS:
            return []
        mine = [folded(line) for line in run]
        hits: list[Hit] = []
        for start in starts:
            theirs = self.folds[start : start + len(run)]
            change = shift_between(mine, theirs) or steps_between(mine, theirs)
            if change:
                hits.append(Hit(start, change))
        return hits

    def _table(self, level: int) -> dict[str, list[int]]:
        if level not in self._places:
            keys = [LEVELS[level - 1](line) for line in self.lines]
            table: dict[str, list[int]] = {}
            for at, key in enumerate(keys):
                table.setdefault(key, []).append(at)
            self._keys[level], self._places[level] = keys, table
        return self._places[level]


def words_of(line: str) -> set[str]:
    """Return a line's words in lower case."""
    return set(_WORD.findall(line.lower()))
