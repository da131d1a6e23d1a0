"""Cuts texts into passages of about 600 characters that overlap a little and end where sentences end."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from babble_app.schemas.workspaces import FilePage

SIZE = 600
OVERLAP = 120
_SENTENCE_END = re.compile(r"[.!?…]+[\"'”’»)\]]*\s+|[。！？]+[」』”]*\s*|\n+")
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True)
class Chunk:
    """A piece of a page; `text` is the page's characters `start` to `end`."""

    page: int
    start: int
    end: int
    text: str


def split(text: str, *, page: int = 1) -> Iterator[Chunk]:
    """Yield the passages of one text, in order; together they cover all of it but white space at their edges."""
    sentences = [match.end() for match in _SENTENCE_END.finditer(text)]
    spaces = [match.end() for match in _SPACE.finditer(text)]
    start = 0
    while start < len(text):
        end = _end(text, start, sentences, spaces)
        chunk = _trimmed(text, start, end, page)
        if chunk:
            yield chunk
        if end >= len(text):
            return
        start = _next_start(start, end, sentences, spaces)


def split_pages(pages: Iterable[FilePage]) -> Iterator[Chunk]:
    """Yield the passages of all pages; none crosses from one page to the next."""
    for page in pages:
        yield from split(page.text, page=page.page)


def _end(text: str, start: int, sentences: Sequence[int], spaces: Sequence[int]) -> int:
    """Return where the passage from `start` ends: after a sentence, else a word, else anywhere."""
    limit = start + SIZE
    if limit >= len(text):
        return len(text)
    for stops in (sentences, spaces):
        index = bisect_right(stops, limit) - 1
        if index >= 0 and stops[index] > start + SIZE // 2:
            return stops[index]
    return limit


def _next_start(start: int, end: int, sentences: Sequence[int], spaces: Sequence[int]) -> int:
    """Return where the next passage begins: at most `OVERLAP` before `end`, on a sentence's or word's beginning."""
    wanted = max(end - OVERLAP, start + 1)
    for stops in (sentences, spaces):
        index = bisect_left(stops, wanted)
        if index < len(stops) and stops[index] < end:
            return stops[index]
    # Words longer than the overlap, or a script without spaces: begin right there.
    return wanted


def _trimmed(text: str, start: int, end: int, page: int) -> Chunk | None:
    piece = text[start:end]
    lead = len(piece) - len(piece.lstrip())
    piece = piece.strip()
    if not piece:
        return None
    return Chunk(page, start + lead, start + lead + len(piece), piece)
