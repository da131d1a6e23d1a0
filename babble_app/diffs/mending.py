"""What a model did to every line it copied it did to the lines it adds: take back what the copies show, or doubt it.

A model (or what stands between it and us) that writes curly quotes or leaves spaces at line ends does so in unchanged and in
added lines alike. The unchanged ones tell, because the file has the originals. Where an added line may have had such a
character of its own, as within a quoted text, nothing tells, and the hunk is refused.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from babble_app.diffs.matching import PUNCTUATION
from babble_app.diffs.nearest import refused
from babble_app.diffs.readings import old_side

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from babble_app.diffs.errors import HunkFailure
    from babble_app.diffs.placed import Placed

_QUOTED = re.compile(r"""(?<!\w)[frbFRB]{0,2}(["'])((?:(?!\1).)*)\1(?!\w)""")
"""A quoted text as code has it: no letter stands right before (but a prefix) or behind."""
_APOSTROPHE = re.compile(r"(?<=\w)'(?=\w)")


def mend(lines: Sequence[str], places: list[Placed]) -> tuple[list[Placed], list[HunkFailure]]:
    """Return the placed hunks with their added lines written as the copied ones were meant, and those in doubt."""
    pairs = [pair for placed in places for pair in _copies(lines, placed)]
    trailing = _always_more_space(pairs)
    added = [text for placed in places for kind, text in placed.body if kind == "added"]
    plain = _to_plain(pairs, added)
    if not trailing and not plain:
        return places, []
    table = str.maketrans(plain)
    doubted = [placed for placed in places if any(_unsure(one, table) for one in _added(placed))]
    reason = (
        "It has typographic characters where the file has plain ones, and it is not certain which of those that it adds "
        "are meant. Write plain quotes and dashes in code."
    )
    failures = [refused(placed.hunk, "D_AMBIGUOUS", reason) for placed in doubted]
    return [_mended(placed, table, trailing=trailing) for placed in places], failures


def _added(placed: Placed) -> list[str]:
    return [text for kind, text in placed.body if kind == "added"]


def _copies(lines: Sequence[str], placed: Placed) -> Iterable[tuple[str, str]]:
    """Return a model's old lines beside the file's."""
    mine = old_side(placed.written)
    theirs = lines[placed.start : placed.start + len(old_side(placed.body))]
    return zip(mine, theirs, strict=True) if len(mine) == len(theirs) else ()


def _always_more_space(pairs: list[tuple[str, str]]) -> bool:
    """Whether every copy that can show it has space at its end that the file's line has not."""
    shown = [
        mine.rstrip() != mine
        for mine, theirs in pairs
        if theirs.strip() and theirs.rstrip() == theirs
    ]
    return any(shown) and (all(shown) or not any(theirs.rstrip() != theirs for _, theirs in pairs))


def _to_plain(pairs: list[tuple[str, str]], added: list[str]) -> dict[str, str]:
    """Return the characters to be replaced: of a kind that was always curled in copies and is never plain in added lines."""
    curled: set[str] = set()
    kept: set[str] = set()
    for mine, theirs in pairs:
        if len(mine.strip()) != len(theirs.strip()):
            continue
        for a, b in zip(mine.strip(), theirs.strip(), strict=True):
            if a != b and PUNCTUATION.get(a) == b:
                curled.add(b)
            elif a == b:
                kept.add(b)
    written = "".join(text.strip() for text in added)
    kinds = {kind for kind in curled - kept if kind not in written}
    return {curly: kind for curly, kind in PUNCTUATION.items() if kind in kinds}


def _unsure(text: str, plain: dict[int, str]) -> bool:
    """Whether some of a line's typographic characters may be its own: those in quoted texts, or quotes without a pair."""
    mended = text.translate(plain)
    if mended == text:
        return False
    rest = _QUOTED.sub("", mended)
    if any(quote in _APOSTROPHE.sub("", rest) for quote in "\"'" if quote in plain.values()):
        return True
    return any(
        _own(text[found.start(2) : found.end(2)], plain) for found in _QUOTED.finditer(mended)
    )


def _own(text: str, plain: dict[int, str]) -> bool:
    """Whether what stands within quotes has quotes, or dashes between spaces, that would be replaced."""
    return any(
        ord(a) in plain and (plain[ord(a)] in "\"'" or text[at - 1 : at + 2].strip() == a)
        for at, a in enumerate(text)
        if not (plain.get(ord(a)) == "'" and _inside_word(text, at))
    )


def _inside_word(text: str, at: int) -> bool:
    return at > 0 and text[at - 1].isalnum() and text[at + 1 : at + 2].isalnum()


def _mended(placed: Placed, plain: dict[int, str], *, trailing: bool) -> Placed:
    body = tuple(
        (kind, _line(text, plain, trailing=trailing) if kind == "added" else text)
        for kind, text in placed.body
    )
    return replace(placed, body=body)


def _line(text: str, plain: dict[int, str], *, trailing: bool) -> str:
    text = text.translate(plain)
    return text.rstrip() if trailing else text
