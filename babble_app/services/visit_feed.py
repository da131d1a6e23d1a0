"""Wakes those who watch visitors' conversations: owners' pages, and visitors whom a person answers.

Nothing is handed over but that there is something new: whoever is woken reads the database, so nothing is lost or stale. Those who
watch and those who tell are in one process, as runs are.
"""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Generator


class VisitFeed:
    """Who watches what: a conversation, by its id, or all conversations of an app, by the app's."""

    def __init__(self) -> None:
        """Nobody watches."""
        self._watching: dict[str, set[asyncio.Event]] = {}

    @contextmanager
    def watching(self, key: str) -> Generator[asyncio.Event]:
        """Return an event that is set whenever there is something new; clear it before you read what there is."""
        news = asyncio.Event()
        self._watching.setdefault(key, set()).add(news)
        try:
            yield news
        finally:
            watchers = self._watching[key]
            watchers.discard(news)
            if not watchers:
                del self._watching[key]

    def tell(self, *keys: str) -> None:
        """Wake those who watch any of these."""
        for key in keys:
            for news in self._watching.get(key, ()):
                news.set()
