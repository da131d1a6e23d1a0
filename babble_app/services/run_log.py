"""A live run's log: every event is stored before any reader sees it, pieces of text are gathered on the way.

The first piece goes out at once, with what was appended just before it. After a write that held
pieces of text the log rests until the next beat of a clock that all runs share; what comes meanwhile is joined, so a fast model
costs some 30 rows a second, not hundreds, and a reader waits 30 ms at most. As all logs wake on the same beat, the writer stores
the pieces of many runs in one commit. What is left when the run ends is stored together with its end.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from babble_app.schemas.events import NumberedEvent, ProgramDelta, ReasoningDelta, TextDelta

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from babble_app.schemas.events import RunEvent

FLUSH_SECONDS = 0.03
GATHER_SECONDS = 0.002
"""How long what is no text waits for more: while a run starts, a commit for each state would compete with the model's call."""
_Delta = TextDelta | ReasoningDelta | ProgramDelta


def number_from(last: int, events: Sequence[RunEvent]) -> list[NumberedEvent]:
    """Give events the numbers that follow `last`."""
    at = datetime.now(UTC)
    return [
        NumberedEvent(seq=seq, at=at, event=event) for seq, event in enumerate(events, last + 1)
    ]


def _goes_back(event: _Delta) -> bool:
    return isinstance(event, ReasoningDelta) and event.all_before


class RunLog:
    """Numbers, gathers and stores the events of one run, in order."""

    def __init__(
        self,
        store: Callable[[Sequence[NumberedEvent]], Awaitable[None]],
        *,
        hurried: bool = True,
    ) -> None:
        """Begin an empty log.

        Args:
            store: Makes the events durable, then shows them to the readers.
            hurried: Whether somebody waits for the first piece; else it can wait for the next beat, and with it perhaps for the end.
        """
        self._store = store
        self._waiting: list[RunEvent] = []
        self._pieces: list[str] = []
        self._seq = 0
        self._filled = asyncio.Event()
        self._rest: asyncio.TimerHandle | None = None
        self._soon: asyncio.TimerHandle | None = None
        self._closing = False
        if not hurried:
            self._begin_rest()
        self._pump = asyncio.create_task(self._run())

    def append(self, event: RunEvent) -> None:
        """Take an event; it is stored soon, or handed out by `close`.

        Raises:
            BabbleError: an earlier event could not be stored.
        """
        if self._pump.done():
            self._pump.result()
        last = self._waiting[-1] if self._waiting else None
        if isinstance(event, _Delta) and type(event) is type(last) and not _goes_back(event):
            self._pieces.append(event.text)
            return
        self._join()
        self._waiting.append(event)
        if self._rest is not None:
            return
        if isinstance(event, _Delta):
            self._filled.set()
        elif self._soon is None:
            self._soon = asyncio.get_running_loop().call_later(GATHER_SECONDS, self._filled.set)

    async def close(self) -> list[NumberedEvent]:
        """Return what is not stored yet, for the caller to store with the last event; nothing can be appended after that.

        Raises:
            BabbleError: an earlier event could not be stored.
        """
        self._closing = True
        self._end_rest()
        await asyncio.shield(self._pump)
        self._join()
        left, self._waiting = self._waiting, []
        return self.number(left)

    def number(self, events: Sequence[RunEvent]) -> list[NumberedEvent]:
        """Give the next numbers to events that the caller stores itself (the last ones, after `close`)."""
        numbered = number_from(self._seq, events)
        self._seq += len(numbered)
        return numbered

    def _join(self) -> None:
        """Put the gathered pieces into the delta that they belong to."""
        if not self._pieces:
            return
        last = self._waiting[-1]
        assert isinstance(last, _Delta)
        self._waiting[-1] = last.model_copy(update={"text": last.text + "".join(self._pieces)})
        self._pieces.clear()

    def _begin_rest(self) -> None:
        loop = asyncio.get_running_loop()
        beat = FLUSH_SECONDS * (loop.time() // FLUSH_SECONDS + 1)
        self._rest = loop.call_at(beat, self._end_rest)

    def _end_rest(self) -> None:
        if self._rest is not None:
            self._rest.cancel()
            self._rest = None
        if self._waiting or self._closing:
            self._filled.set()

    async def _run(self) -> None:
        while True:
            await self._filled.wait()
            self._filled.clear()
            if self._soon is not None:
                self._soon.cancel()
                self._soon = None
            if self._closing:
                return
            self._join()
            batch, self._waiting = self._waiting, []
            if not batch:
                continue
            if any(isinstance(event, _Delta) for event in batch):
                self._begin_rest()
            await self._store(self.number(batch))
