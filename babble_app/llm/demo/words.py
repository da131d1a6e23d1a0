"""Small tools for words and sentences that the rules of the demo model share."""

from __future__ import annotations

import json
import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"'”’)]*\s+|(?<=[。！？])|\n+")
_QUOTED = re.compile(
    r"\"([^\"\n]{1,400})\"|“([^”\n]{1,400})”|«\s?([^»\n]{1,400}?)\s?»|„([^“”\n]{1,400})[“”]"
)
_SINGLE_QUOTED = re.compile(r"(?<!\w)['‘]([^'‘’\n]{1,400})['’](?!\w)")
_COMMON = """
a about after again all also am an and any anything are as ask asks at be been before but by can could did do does
else for from had has have he her him his how i if in into is it its just know let like me my need needs no not now of
off on once one only or other our out person please s say says she should so some such t tell that the their them then
there these they thing this those to up us user users customer customers caller callers visitor visitors client clients
guest guests want wants was we were what when where which while who whose why will wish wishes with would you your
"""
COMMON_WORDS = frozenset(_COMMON.split())


def tidy(text: str) -> str:
    """Drop control characters and lone surrogates, and make every run of white space one space."""
    plain = text.encode("utf-8", "replace").decode("utf-8")
    kept = "".join(
        " " if unicodedata.category(char) in {"Cc", "Zl", "Zp"} else char for char in plain
    )
    return " ".join(kept.split())


def words(text: str) -> list[str]:
    """Return a text's words, folded."""
    return _WORD.findall(text.casefold())


def stem(word: str) -> str:
    """Take the commonest English endings off, so that `orders`, `ordered` and `ordering` meet."""
    for ending, least in (("ing", 4), ("ies", 3), ("ed", 4), ("es", 4), ("s", 3)):
        if word.endswith(ending) and len(word) - len(ending) >= least and not word.endswith("ss"):
            word = word.removesuffix(ending)
            break
    return word[:-1] if len(word) > 3 and word.endswith(("e", "y")) else word


def telling(text: str) -> set[str]:
    """Return the stems of the words that say what a text is about."""
    return {stem(word) for word in words(text) if word not in COMMON_WORDS}


def sentences(text: str) -> list[str]:
    """Return a text's sentences; a line's end ends a sentence too."""
    return [piece.strip() for piece in _SENTENCE_END.split(text) if piece and piece.strip()]


def quoted(text: str) -> list[str]:
    """Return what stands in quotation marks, in order; single ones count only where there are no others."""
    found = ["".join(match).strip() for match in _QUOTED.findall(text)]
    return found or [match.strip() for match in _SINGLE_QUOTED.findall(text)]


def without_quoted(text: str) -> str:
    """Blank out what stands in quotation marks; every other character keeps its place."""
    blank = _QUOTED.sub(lambda match: " " * len(match.group()), text)
    return _SINGLE_QUOTED.sub(lambda match: " " * len(match.group()), blank)


def is_question(text: str) -> bool:
    """Say whether a person asks something."""
    if text.rstrip(" \"'”»").endswith(("?", "？", "؟")):
        return True
    starts = words(text)[:1]
    return bool(starts) and starts[0] in {
        "what", "when", "where", "who", "why", "how", "which", "whats", "what's", "is", "are", "do", "does", "can",
    }  # fmt: skip


def listing(items: Sequence[str], last: str = "and") -> str:
    """Join words as people do: `a, b and c`."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"


def shorten(text: str, most: int) -> str:
    """Cut a text after a word, with an ellipsis in place of the rest."""
    if len(text) <= most:
        return text
    cut = text[: most - 1]
    head = cut.rsplit(" ", 1)[0] if " " in cut[most // 2 :] else cut
    return head.rstrip(" ,;:.") + "…"


def capital(text: str) -> str:
    """Begin with a capital letter and leave the rest alone."""
    return text[:1].upper() + text[1:]


def sentence(text: str) -> str:
    """Make a text a sentence: a capital at its beginning, a full stop at its end."""
    trimmed = text.strip().rstrip(",;:")
    return capital(trimmed) + (
        "" if trimmed.endswith((".", "!", "?", "…", "。", "！", "？")) else "."
    )


def literal(text: str) -> str:
    """Write a text as a Python string in double quotes."""
    # JSON's escapes are Python's too, and other scripts stay readable.
    return json.dumps(tidy(text), ensure_ascii=False)


def template(text: str) -> str:
    """Write the inside of a double-quoted f-string that says exactly this text."""
    return literal(text)[1:-1].replace("{", "{{").replace("}", "}}")


def without_accents(text: str) -> str:
    """Return the text with plain letters in place of accented ones."""
    parts = unicodedata.normalize("NFKD", text)
    return "".join(char for char in parts if not unicodedata.combining(char))


def slug(text: str) -> str:
    """Return a name for a variable or a key; empty when the text has no Latin letter."""
    name = re.sub(r"[^a-z0-9]+", "_", without_accents(text.casefold())).strip("_")[:40].rstrip("_")
    return name if re.match(r"[a-z]", name) else ""


def best_match(question: str, pieces: Iterable[str]) -> str:
    """Return the piece that shares the most telling words with the question, or an empty string."""
    wanted = telling(question)
    scored = [(len(wanted & telling(piece)), piece) for piece in pieces]
    top = max((score for score, _ in scored), default=0)
    return next((piece for score, piece in scored if score == top), "") if top else ""
