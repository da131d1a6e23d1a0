"""Hands the events of runs from the one who produces them to any number of readers.

One process keeps a live run's whole log in memory, so a reader that joins anywhere reads on from there without a gap or a
double. Several processes need the same port over Redis streams; nothing outside this file knows the difference.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    from babble_app.schemas.events import NumberedEvent


class Broker(Protocol):
    """The port: opened when a run is queued, closed after its last event."""

    def open(self, owner_id: str, run_id: str) -> None:
        """Begin to keep a run's events."""
        ...

    def publish(self, run_id: str, events: Sequence[NumberedEvent]) -> None:
        """Hand stored events to all readers."""
        ...

    def close(self, run_id: str) -> None:
        """Let readers finish; later ones read the stored log."""
        ...

    def follow(
        self, owner_id: str, run_id: str, after: int
    ) -> AsyncGenerator[NumberedEvent, None] | None:
        """Yield the events numbered above `after`, then new ones until the end; None when the owner has no such live run."""
        ...


class _LiveLog:
    """A run's events so far, and a wake-up for those who have read them all."""

    def __init__(self, owner_id: str) -> None:
        self.owner_id = owner_id
        self.events: list[NumberedEvent] = []
        self.closed = False
        self._grown = asyncio.Event()

    def wake(self) -> None:
        grown, self._grown = self._grown, asyncio.Event()
        grown.set()

    async def read(self, after: int) -> AsyncGenerator[NumberedEvent, None]:
        # Numbers count from 1 without gaps, so the event numbered n stands at index n - 1.
        position = after
        while True:
            grown = self._grown
            while position < len(self.events):
                yield self.events[position]
                position += 1
            if self.closed:
                return
            await grown.wait()


class InProcessBroker:
    """The broker of a single process."""

    def __init__(self) -> None:
        self._logs: dict[str, _LiveLog] = {}

    def open(self, owner_id: str, run_id: str) -> None:
        """Begin to keep a run's events."""
        self._logs[run_id] = _LiveLog(owner_id)

    def publish(self, run_id: str, events: Sequence[NumberedEvent]) -> None:
        """Hand stored events to all readers."""
        log = self._logs[run_id]
        log.events.extend(events)
        log.wake()

    def close(self, run_id: str) -> None:
        """Let readers finish; later ones read the stored log."""
        log = self._logs.pop(run_id, None)
        if log is not None:
            log.closed = True
            log.wake()

    def follow(
        self, owner_id: str, run_id: str, after: int
    ) -> AsyncGenerator[NumberedEvent, None] | None:
        """Yield the events numbered above `after`, then new ones until the end; None when the owner has no such live run."""
        log = self._logs.get(run_id)
        if log is None or log.owner_id != owner_id:
            return None
        return log.read(max(after, 0))
