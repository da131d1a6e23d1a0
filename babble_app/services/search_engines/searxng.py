"""SearXNG: a search engine of one's own, asked through its JSON API."""

from __future__ import annotations

from typing import Any

from babble_app.retrieval.web import SearchResult
from babble_app.services.search_engine import Call, Engine, rows_of


def _ask(query: str, limit: int, key: str) -> Call:
    del limit, key
    return Call("/search", params={"q": query, "format": "json"})


def _read(answer: Any) -> list[SearchResult]:
    return [
        SearchResult(row.get("title", ""), row.get("url", ""), row.get("content", ""))
        for row in rows_of(answer, "results")
    ]


ENGINE = Engine(
    id="searxng",
    title="SearXNG",
    ask=_ask,
    read=_read,
    base_url_setting="searxng_url",
    refused="Its settings.yml must list json under search: formats.",
)
