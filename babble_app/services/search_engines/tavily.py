"""Tavily's search API, by key."""

from __future__ import annotations

from typing import Any

from babble_app.retrieval.web import SearchResult
from babble_app.services.search_engine import Call, Engine, rows_of


def _ask(query: str, limit: int, key: str) -> Call:
    headers = {"Authorization": f"Bearer {key}"}
    return Call("/search", "POST", body={"query": query, "max_results": limit}, headers=headers)


def _read(answer: Any) -> list[SearchResult]:
    return [
        SearchResult(row.get("title", ""), row.get("url", ""), row.get("content", ""))
        for row in rows_of(answer, "results")
    ]


ENGINE = Engine(
    id="tavily",
    title="Tavily",
    ask=_ask,
    read=_read,
    base_url="https://api.tavily.com",
    key_setting="tavily_api_key",
    refused="It does not accept the key in TAVILY_API_KEY.",
)
