"""Finds the passages of a few documents that fit a question best, in memory, by BM25 over our own tokens."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from math import log
from typing import TYPE_CHECKING, Protocol

from babble_app.retrieval.passages import Chunk, split_pages

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from babble_app.schemas.workspaces import FilePage

# The usual constants (Robertson and Zaragoza, The Probabilistic Relevance Framework, 2009).
_K1 = 1.2
_B = 0.75

# \w lacks the vowel signs of the scripts of India and South-East Asia, which would cut their words; the two dandas
# (U+0964 and U+0965) are their full stops.
_WORD = re.compile(r"[\w\u0591-\u05c7\u064b-\u065f\u0900-\u0963\u0966-\u109f\u1780-\u17ff]+")
# Scripts written without spaces: two neighbouring characters make a token.
_UNSPACED = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+"
)
_ACCENTS = re.compile(r"[\u0300-\u036f]")


class Document(Protocol):
    """What can be searched: a file with the text of its pages."""

    @property
    def id(self) -> str:
        """The file's id."""
        ...

    @property
    def name(self) -> str:
        """The file's name as people see it."""
        ...

    @property
    def pages(self) -> Sequence[FilePage]:
        """Its text; empty for pictures."""
        ...


@dataclass(frozen=True)
class Passage:
    """A piece of a document; `text` is the page's characters `start` to `end`."""

    document_id: str
    document: str
    page: int
    start: int
    end: int
    text: str
    score: float
    url: str = ""
    """Where a passage of the web is from; it then belongs to no document of ours."""


def _singular(word: str) -> str:
    """Take an English plural ending off (the S-stemmer of Harman, JASIS 1991)."""
    if len(word) < 4 or not word.endswith("s"):
        return word
    if word.endswith("ies") and not word.endswith(("eies", "aies")):
        return word[:-3] + "y"
    if word.endswith("es") and not word.endswith(("aes", "ees", "oes")):
        return word[:-1]
    return word if word.endswith(("us", "ss")) else word[:-1]


_COMMON = """
a about all also am an and any are as at be been but by can could did do does for from had has have how i if in into is
it its just let me my no not of on or our please she should so some tell than that the their them then there these they
this those to us was we were what when where which who why will with would you your
el la los las un una de del que en y es por para con se al como cual cuando donde
der die das ein eine und ist im zu den von mit fur auf wie wann wo welche was
le les une des du et est dans pour avec sur ce quel quelle quand comment
"""
_STOP_WORDS = frozenset(_singular(word) for word in _COMMON.split())


def search(query: str, documents: Iterable[Document], limit: int = 8) -> list[Passage]:
    """Return the passages that fit the query best, best first; none where nothing fits.

    Costs about 0.3 s for a million characters of documents: call it in a thread.

    Args:
        query: Plain text, any language.
        documents: Few enough to be read anew each time (one chat's files).
        limit: Most passages returned.
    """
    wanted = query_terms(query)
    if not wanted:
        return []
    chunks = [(document, chunk) for document in documents for chunk in split_pages(document.pages)]
    counts = [Counter(tokens(chunk.text)) for _, chunk in chunks]
    scores = _bm25(wanted, counts)
    best = sorted(range(len(chunks)), key=lambda index: (-scores[index], index))
    return [_passage(*chunks[index], scores[index]) for index in best[:limit] if scores[index] > 0]


def tokens(text: str) -> list[str]:
    """Return a text's words in the form they are compared in: folded, without accents, plural endings off."""
    plain = _ACCENTS.sub("", unicodedata.normalize("NFKD", text.casefold())).replace("_", " ")
    # Korean syllables and Japanese voiced marks came apart; put them together again.
    found: list[str] = []
    for word in _WORD.findall(unicodedata.normalize("NFC", plain)):
        found.extend(_tokens_of(word))
    return found


def query_terms(query: str) -> set[str]:
    """Return a query's telling words; all of its words when it has only common ones."""
    words = set(tokens(query))
    return words - _STOP_WORDS or words


def _tokens_of(word: str) -> list[str]:
    if word.isascii():
        return [_singular(word)]
    pieces: list[str] = []
    position = 0
    for run in _UNSPACED.finditer(word):
        pieces.append(word[position : run.start()])
        pieces.extend(_pairs(run.group()))
        position = run.end()
    return [piece for piece in (*pieces, word[position:]) if piece]


def _pairs(run: str) -> list[str]:
    return [run[index : index + 2] for index in range(len(run) - 1)] or [run]


def _bm25(wanted: set[str], counts: Sequence[Counter[str]]) -> list[float]:
    lengths = [count.total() for count in counts]
    average = sum(lengths) / len(lengths) if lengths else 1
    scores = [0.0] * len(counts)
    for term in sorted(wanted):
        holders = [index for index, count in enumerate(counts) if term in count]
        weight = log(1 + (len(counts) - len(holders) + 0.5) / (len(holders) + 0.5))
        for index in holders:
            often = counts[index][term]
            scores[index] += (
                weight
                * often
                * (_K1 + 1)
                / (often + _K1 * (1 - _B + _B * lengths[index] / average))
            )
    return scores


def _passage(document: Document, chunk: Chunk, score: float) -> Passage:
    return Passage(
        document.id, document.name, chunk.page, chunk.start, chunk.end, chunk.text, score
    )
