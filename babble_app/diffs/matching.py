"""Where a run of lines occurs in a text, from exact to tolerant. Every comparison is between equal keys of lines."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_CANDIDATES = 1000
"""A run whose rarest line occurs more often than this is not searched for: it cannot be told apart in useful time."""
MIN_SHIFTED_CHARS = 10
"""Non-space characters that a run needs before it may match at another indentation."""

MAX_WORDED_LINES = 5000
"""Lines of a text whose words are compared when a hunk resembles nothing."""

_WORD = re.compile(r"\w+")
_PUNCTUATION = str.maketrans({
    **dict.fromkeys("‘’‚‛′", "'"), **dict.fromkeys("“”„‟″", '"'), **dict.fromkeys("‐‑‒–—―−", "-"),
    **dict.fromkeys("\u00a0\u2002\u2003\u2007\u2008\u2009\u200a\u202f\u3000", " "),
    **dict.fromkeys("\u200b\u2060\ufeff", None), "…": "...",
})  # fmt: skip


class TooManyCandidatesError(Exception):
    """The run consists of lines that the text repeats over and over."""


def _as_is(line: str) -> str:
    return line


def _folded(line: str) -> str:
    return line.translate(_PUNCTUATION).rstrip()


LEVELS: tuple[Callable[[str], str], ...] = (_as_is, str.rstrip, _folded, str.strip)
"""Keys by level: 1 exact, 2 trailing space ignored, 3 punctuation folded, 4 indentation shifted by a constant."""
EXACT = 1
SHIFTED = 4


@dataclass(frozen=True)
class Hit:
    """A run of lines found at `start` (from 0)."""

    start: int
    shift: Shift | None = None
    """How far the indentation was off, at level 4."""


@dataclass(frozen=True)
class Shift:
    """A constant difference of indentation between a model's lines and the file's."""

    missing: str = ""
    """What the model's lines lack at their start."""
    surplus: str = ""
    """What the model's lines have too much at their start."""

    @property
    def is_whole_steps(self) -> bool:
        """Whether it is a multiple of four spaces, which a lost or doubled prefix never is."""
        changed = self.missing + self.surplus
        return not changed.strip(" ") and len(changed) % 4 == 0

    def apply(self, line: str) -> str | None:
        """Return the line as the file would have it; None where it has not the surplus."""
        if not line.strip():
            return line
        if not line.startswith(self.surplus):
            return None
        return self.missing + line[len(self.surplus) :]


@dataclass
class Index:
    """A text's lines with a table of places per level, made when first needed."""

    lines: list[str]
    _keys: dict[int, list[str]] = field(default_factory=dict[int, list[str]])
    _places: dict[int, dict[str, list[int]]] = field(
        default_factory=dict[int, dict[str, list[int]]]
    )

    _words: list[set[str]] = field(default_factory=list[set[str]])

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

    def words(self) -> list[set[str]]:
        """Return the words of each of the first lines."""
        if not self._words:
            self._words = [words_of(line) for line in self.lines[:MAX_WORDED_LINES]]
        return self._words

    def _shifted(self, run: list[str], starts: list[int]) -> list[Hit]:
        if sum(len("".join(line.split())) for line in run) < MIN_SHIFTED_CHARS:
            return []
        shifts = [
            (start, shift_between(run, self.lines[start : start + len(run)])) for start in starts
        ]
        return [Hit(start, shift) for start, shift in shifts if shift]

    def _table(self, level: int) -> dict[str, list[int]]:
        if level not in self._places:
            keys = [LEVELS[level - 1](line) for line in self.lines]
            table: dict[str, list[int]] = {}
            for at, key in enumerate(keys):
                table.setdefault(key, []).append(at)
            self._keys[level], self._places[level] = keys, table
        return self._places[level]


def shift_between(mine: list[str], theirs: list[str]) -> Shift | None:
    """Return the one shift that turns all of a model's lines into the file's; None if they need different ones."""
    found: set[Shift] = set()
    for my_line, their_line in zip(mine, theirs, strict=True):
        if not my_line.strip():
            continue
        my_indent, their_indent = _indent(my_line), _indent(their_line)
        if their_indent.endswith(my_indent):
            found.add(Shift(missing=their_indent.removesuffix(my_indent)))
        elif my_indent.endswith(their_indent):
            found.add(Shift(surplus=my_indent.removesuffix(their_indent)))
        else:
            return None
    return found.pop() if len(found) == 1 else None


def words_of(line: str) -> set[str]:
    """Return a line's words in lower case."""
    return set(_WORD.findall(line.lower()))


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]
