"""Calls of functions that the visitor's page carries out: the run waits here until the page has answered."""

from __future__ import annotations

import asyncio

from babble_app.errors import NotFoundError

WAIT_SECONDS = 120.0
"""A visitor is asked first, and may take a while."""


class PageCalls:
    """Who waits for an answer of which page; in this process, as runs are."""

    def __init__(self) -> None:
        """Nobody waits."""
        self._waiting: dict[tuple[str, str], asyncio.Future[tuple[bool, str]]] = {}

    async def wait(
        self, chat_id: str, call_id: str, wait_seconds: float = WAIT_SECONDS
    ) -> tuple[bool, str]:
        """Return whether the page did what it was asked for, and its words.

        Raises:
            TimeoutError: the page did not answer.
        """
        key = (chat_id, call_id)
        waiting = asyncio.get_running_loop().create_future()
        self._waiting[key] = waiting
        try:
            async with asyncio.timeout(wait_seconds):
                return await waiting
        finally:
            self._waiting.pop(key, None)

    def answer(self, chat_id: str, call_id: str, *, ok: bool, result: str) -> None:
        """Hand over the page's answer; raises NotFoundError when nobody waits for it (any more)."""
        waiting = self._waiting.get((chat_id, call_id))
        if waiting is None or waiting.done():
            raise NotFoundError("Nobody waits for that call's result (any more).")
        waiting.set_result((ok, result))
