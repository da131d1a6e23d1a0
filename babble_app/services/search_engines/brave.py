"""Brave's search API, by key."""

from __future__ import annotations

from typing import Any

from babble_app.retrieval.web import SearchResult
from babble_app.services.page_text import strip_tags
from babble_app.services.search_engine import Call, Engine, rows_of


def _ask(query: str, limit: int, key: str) -> Call:
    headers = {"X-Subscription-Token": key, "Accept": "application/json"}
    return Call("/res/v1/web/search", params={"q": query, "count": limit}, headers=headers)


def _read(answer: Any) -> list[SearchResult]:
    return [
        SearchResult(
            strip_tags(row.get("title", "")),
            row.get("url", ""),
            strip_tags(row.get("description", "")),
        )
        for row in rows_of(answer, "web", "results")
    ]


ENGINE = Engine(
    id="brave",
    title="Brave Search",
    ask=_ask,
    read=_read,
    base_url="https://api.search.brave.com",
    key_setting="brave_api_key",
    refused="It does not accept the key in BRAVE_API_KEY.",
)
