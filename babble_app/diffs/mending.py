"""What a model did to every line it copied it did to the lines it adds: take back what the copies show.

A model (or what stands between it and us) that writes curly quotes or leaves spaces at line ends does so in unchanged and in
added lines alike. The unchanged ones tell, because the file has the originals.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from babble_app.diffs.matching import PUNCTUATION
from babble_app.diffs.readings import old_side

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from babble_app.diffs.placing import Placed


def mend(lines: Sequence[str], places: list[Placed]) -> list[Placed]:
    """Return the placed hunks with their added lines written as the copied ones were meant."""
    pairs = [pair for placed in places for pair in _copies(lines, placed)]
    trailing = any(_has_more_space(mine, theirs) for mine, theirs in pairs)
    added = [text for placed in places for kind, text in placed.body if kind == "added"]
    plain = _to_plain(pairs, added)
    if not trailing and not plain:
        return places
    return [_mended(placed, str.maketrans(plain), trailing=trailing) for placed in places]


def _copies(lines: Sequence[str], placed: Placed) -> Iterable[tuple[str, str]]:
    """Return a model's old lines beside the file's."""
    mine = old_side(placed.written)
    theirs = lines[placed.start : placed.start + len(old_side(placed.body))]
    return zip(mine, theirs, strict=True) if len(mine) == len(theirs) else ()


def _has_more_space(mine: str, theirs: str) -> bool:
    return bool(mine.strip()) and mine.rstrip() != mine and theirs.rstrip() == theirs


def _to_plain(pairs: list[tuple[str, str]], added: list[str]) -> dict[str, str]:
    """Return the characters to be replaced: of a kind that was always curled in copies and is never plain in added lines."""
    curled: set[str] = set()
    for mine, theirs in pairs:
        if mine.isascii() or mine == theirs or len(mine.strip()) != len(theirs.strip()):
            continue
        both = zip(mine.strip(), theirs.strip(), strict=True)
        curled |= {b for a, b in both if a != b and PUNCTUATION.get(a) == b}
    written = "".join(text.strip() for text in added)
    kinds = {kind for kind in curled if kind not in written}
    return {curly: kind for curly, kind in PUNCTUATION.items() if kind in kinds}


def _mended(placed: Placed, plain: dict[int, str], *, trailing: bool) -> Placed:
    body = tuple(
        (kind, _line(text, plain, trailing=trailing) if kind == "added" else text)
        for kind, text in placed.body
    )
    return replace(placed, body=body)


def _line(text: str, plain: dict[int, str], *, trailing: bool) -> str:
    text = text.translate(plain)
    return text.rstrip() if trailing else text
