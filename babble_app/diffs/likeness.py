"""Whether two lines are the same but for a slip of the pen."""

from __future__ import annotations

MIN_CHARS = 10
"""Visible characters that a line needs before a slip in it is believed."""
MAX_SLIP = 2
"""Characters that a slip may change."""


def same_but_for_space(one: str, other: str) -> bool:
    """Whether the lines differ in their inner space or kind of quotes only."""
    return bool(one.strip()) and _plain(one) == _plain(other) and _indent(one) == _indent(other)


def nearly_same(one: str, other: str) -> bool:
    """Whether the lines differ in one place by at most two letters; another number is another line."""
    if min(len(one.strip()), len(other.strip())) < MIN_CHARS or _indent(one) != _indent(other):
        return False
    start = _shared(one, other)
    end = _shared(one[start:][::-1], other[start:][::-1])
    changed = one[start : len(one) - end], other[start : len(other) - end]
    joined = "".join(changed)
    return max(map(len, changed)) <= MAX_SLIP and (joined.isalpha() or not joined.strip())


def _plain(line: str) -> str:
    return "".join(line.split()).replace("'", '"')


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _shared(one: str, other: str) -> int:
    pairs = zip(one, other, strict=False)
    return next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))
