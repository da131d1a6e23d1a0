"""DuckDuckGo, through the page that it has for browsers without scripts; needs no key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urljoin, urlsplit

from babble_app.retrieval.web import SearchResult
from babble_app.services.html_pieces import pieces
from babble_app.services.search_engine import Call, Engine

if TYPE_CHECKING:
    from collections.abc import Iterator

_OWN = "duckduckgo.com"
_ENDS = frozenset({"a", "div", "td", "h2"})


def _ask(query: str, limit: int, key: str) -> Call:
    del limit, key
    return Call("/html/", params={"q": query})


def _read(answer: Any) -> list[SearchResult]:
    if not isinstance(answer, str):
        raise ValueError("not a page")
    if "anomaly-modal" in answer:
        raise ValueError("it takes the server for a robot and asks for a proof; try again later")
    return list(_results(answer))


def _results(page: str) -> Iterator[SearchResult]:
    """Return the links of the class `result__a`, each with the text of the class `result__snippet` behind it.

    Advertisements lead to DuckDuckGo itself and are left out.
    """
    found: list[dict[str, str]] = []
    field = ""  # what the text goes to: bold words within are no end of it
    for piece in pieces(page):
        if isinstance(piece, str):
            if field:
                found[-1][field] += piece
        elif piece.closing:
            field = "" if piece.name in _ENDS else field
        else:
            classes = piece.attributes.get("class", "").split()
            if piece.name == "a" and "result__a" in classes:
                url = _unwrapped(piece.attributes.get("href", ""))
                found.append({"url": url, "title": "", "snippet": ""})
                field = "title"
            elif found and "result__snippet" in classes:
                field = "snippet"
    return (SearchResult(**one) for one in found if not _is_own(one["url"]))


def _unwrapped(href: str) -> str:
    """Return where a link leads that goes by DuckDuckGo's counter, `//duckduckgo.com/l/?uddg=...`."""
    url = urljoin(f"https://{_OWN}/", href)
    wrapped = parse_qs(urlsplit(url).query).get("uddg")
    return wrapped[0] if wrapped and _is_own(url) else url


def _is_own(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    return host == _OWN or host.endswith(f".{_OWN}")


ENGINE = Engine(
    id="duckduckgo",
    title="DuckDuckGo",
    ask=_ask,
    read=_read,
    base_url="https://html.duckduckgo.com",
    refused="It refuses to be asked from this server; choose another engine.",
)
