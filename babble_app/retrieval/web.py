"""The port through which the web is searched and read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Protocol

MAX_QUERY_CHARS = 400
_BEGINNING = r"(?<![\w-])(?<![\w-]\.)(?=[\w-])"
"""Where a host's name may begin: not within one. Else 16,000 characters of `a.` take 3 s, and twice as many 12."""
_ADDRESS = re.compile(
    _BEGINNING + r"(?:https?://)?(?:[\w-]+\.)+[^\W\d_]{2,}(?::\d+)?(?:/[^\s<>\"'`|]*)?"
)
_SCHEME = re.compile(r"^https?://(?:www\.)?", re.IGNORECASE)
_MARKS = "/.,;:!?)]}*_"
_AFTER = re.compile(rf"[{re.escape(_MARKS)}]{{1,3}}$")
"""What a sentence puts behind an address. Not more of it: a message could be written in that, to whoever has the page."""


class WebError(Exception):
    """The search engine or a page cannot be had; the words are for the model."""


@dataclass(frozen=True)
class SearchResult:
    """A page that a search engine found."""

    title: str
    url: str
    """Begins with http:// or https://."""
    snippet: str
    """What the engine shows of it, plain text."""


@dataclass(frozen=True)
class WebPage:
    """The readable text of a page."""

    url: str
    title: str
    text: str


class WebSearch(Protocol):
    """A search engine, and a reader of public pages."""

    async def search(self, query: str, limit: int) -> list[SearchResult]:
        """Return what the engine finds, best first; raises WebError when it cannot be asked."""
        ...

    async def read(self, url: str) -> WebPage:
        """Return a page's text; raises WebError when it cannot be read."""
        ...


def plain_address(url: str) -> str:
    """Return what two spellings of an address have in common."""
    bare = _SCHEME.sub("", url.strip().partition("#")[0])
    host, slash, path = _AFTER.sub("", bare).partition("/")
    return f"{host.lower()}{slash}{path}"


def find_addresses(text: str) -> set[str]:
    """Return the addresses that a text names, as `plain_address` writes them."""
    return {plain_address(match.rstrip(_MARKS)) for match in _ADDRESS.findall(text)}
