"""Take some hunks of the difference between two texts and leave the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from babble_app.diffs.compare import CONTEXT_LINES
from babble_app.diffs.make import changes, split_kept

if TYPE_CHECKING:
    from collections.abc import Collection


def pick(old: str, new: str, numbers: Collection[int]) -> str:
    """Return `old` with the chosen hunks of `compare(old, new)`, numbered from 1.

    Both texts are at hand, so nothing is searched for: all hunks give `new` and none gives `old`, byte for byte.
    """
    before, after = split_kept(old), split_kept(new)
    result: list[str] = []
    at = 0
    for number, group in enumerate(changes(before, after, CONTEXT_LINES), 1):
        if number not in numbers:
            continue
        _, old_from, new_from = group[0]
        kinds = [kind for kind, _, _ in group]
        result += before[at:old_from]
        result += after[new_from : new_from + len(kinds) - kinds.count("removed")]
        at = old_from + len(kinds) - kinds.count("added")
    return "".join(result + before[at:])
