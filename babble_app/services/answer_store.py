"""Where answers of models are kept to be given again: in this process, or in Redis for all processes together."""

from __future__ import annotations

import time
from collections import OrderedDict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from babble_app.llm.kept_answers import AnswerStore
    from babble_app.services.runtime import Runtime
    from babble_app.settings import Settings

MAX_VALUE_BYTES = 1_000_000
"""Longer answers are not kept."""
MAX_MEMORY_BYTES = 64 * 2**20
ENTRY_BYTES = 400
"""What Python needs for an entry besides its value."""


class MemoryAnswers:
    """Answers in this process's memory: those used last, as far as they fit."""

    def __init__(
        self,
        max_bytes: int = MAX_MEMORY_BYTES,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._max_bytes = max_bytes
        self._clock = clock
        self._bytes = 0
        self._entries: OrderedDict[tuple[str, str], tuple[float, bytes]] = OrderedDict()

    async def get(self, namespace: str, key: str) -> bytes | None:
        """Return what is kept, None when there is nothing or its time is over."""
        entry = self._entries.get((namespace, key))
        if entry is None:
            return None
        until, value = entry
        if until <= self._clock():
            self._remove((namespace, key))
            return None
        self._entries.move_to_end((namespace, key))
        return value

    async def set(self, namespace: str, key: str, value: bytes, seconds: float) -> None:
        """Keep `value`; the least recently used make room."""
        if len(value) > MAX_VALUE_BYTES:
            return
        if (namespace, key) in self._entries:
            self._remove((namespace, key))
        self._entries[namespace, key] = (self._clock() + seconds, value)
        self._bytes += len(value) + ENTRY_BYTES
        while self._bytes > self._max_bytes:
            self._remove(next(iter(self._entries)))

    async def forget(self, namespace: str) -> None:
        """Remove everything of the namespace."""
        for entry in [entry for entry in self._entries if entry[0] == namespace]:
            self._remove(entry)

    async def close(self) -> None:
        """Do nothing: it ends with the process."""

    def _remove(self, entry: tuple[str, str]) -> None:
        _, value = self._entries.pop(entry)
        self._bytes -= len(value) + ENTRY_BYTES


def open_store(settings: Settings) -> AnswerStore:
    """Return the store that the settings want: Redis where REDIS_URL names one, else memory."""
    if not settings.redis_url:
        return MemoryAnswers()
    from babble_app.services.redis_answers import RedisAnswers  # noqa: PLC0415 - 100 ms

    return RedisAnswers(settings.redis_url, settings.secret("master_key"))


async def forget_answers(rt: Runtime, owner_id: str) -> None:
    """Remove the person's kept answers, because what they rest on (a key, its address, the account) is gone."""
    await rt.answers.store.forget(owner_id)
