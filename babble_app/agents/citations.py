"""Finds which numbered passages an answer refers to."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from babble_app.schemas.events import Citation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from babble_app.retrieval.search import Passage

MAX_QUOTE_CHARS = 600

_REFERENCE = re.compile(r"\[(\d{1,3}(?:\s*,\s*\d{1,3})*)\](?!\()")


def find_citations(text: str, passages: Sequence[Passage]) -> list[Citation]:
    """Return a citation for each passage that `[n]` in the text names, in the order of the text; other numbers are ignored."""
    named = [int(one) for match in _REFERENCE.finditer(text) for one in match.group(1).split(",")]
    known = [number for number in dict.fromkeys(named) if 1 <= number <= len(passages)]
    return [_citation(number, passages[number - 1]) for number in known]


def _citation(number: int, passage: Passage) -> Citation:
    return Citation(
        number=number,
        file_id=passage.document_id,
        file=passage.document,
        page=None if passage.url else passage.page,
        quote=passage.text[:MAX_QUOTE_CHARS],
        url=passage.url,
    )
