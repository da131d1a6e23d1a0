"""The live runs of this process: their tasks, one line per chat, and the broker that their readers follow."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

from babble_app.services.broker import Broker, InProcessBroker

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Coroutine

DRAIN_SECONDS = 10.0


class Turn:
    """A chat's turn: its runs take it in the order in which they came."""

    def __init__(self) -> None:
        self.came = 0
        """How many runs have asked for it as long as anybody remembers the turn."""
        self._left = 0
        self._lock = asyncio.Lock()

    @property
    def free(self) -> bool:
        """Whether nobody has it or waits for it."""
        return self.came == self._left

    @asynccontextmanager
    async def take(self) -> AsyncGenerator[None]:
        """Wait for the turn, and have it."""
        self.came += 1
        try:
            async with self._lock:
                yield
        finally:
            self._left += 1


class RunRegistry:
    """Owns every run's task, so that no page and no request does."""

    def __init__(self, broker: Broker | None = None) -> None:
        self.broker: Broker = broker or InProcessBroker()
        self.closing = False
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._turns: WeakValueDictionary[str, Turn] = WeakValueDictionary()

    def launch(self, run_id: str, work: Coroutine[None, None, None]) -> None:
        """Start the run's task."""
        task = asyncio.create_task(work, name=run_id)
        self._tasks[run_id] = task
        task.add_done_callback(lambda _: self._tasks.pop(run_id, None))

    def turn(self, chat_id: str) -> Turn:
        """Return the chat's turn."""
        return self._turns.setdefault(chat_id, Turn())

    def is_live(self, run_id: str) -> bool:
        """Say whether the run is queued or running here."""
        return run_id in self._tasks

    async def cancel(self, run_id: str) -> None:
        """Cancel the run and return when its end is stored; nothing happens when it is not live."""
        if task := self._tasks.get(run_id):
            task.cancel()
            await asyncio.wait([task])

    async def close(self, drain_seconds: float = DRAIN_SECONDS) -> None:
        """Let live runs end by themselves for a while, then interrupt the rest and wait for their ends."""
        self.closing = True
        if self._tasks:
            await asyncio.wait(list(self._tasks.values()), timeout=drain_seconds)
        for task in list(self._tasks.values()):
            task.cancel()
        if self._tasks:
            await asyncio.wait(list(self._tasks.values()))
