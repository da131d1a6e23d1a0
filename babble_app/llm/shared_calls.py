"""Single flight: several who ask the same at the same time listen to one call."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from babble_app.schemas.models import ModelEvent

EVENTS_AT_ONCE = 256
"""After how many events that are there already others get their turn."""


class SharedCall:
    """One call in a task of its own, which lives as long as anybody listens.

    So nobody depends on who came first: whoever leaves only leaves, and the last one ends the call.
    """

    def __init__(
        self, source: AsyncGenerator[ModelEvent, None], forget: Callable[[SharedCall], None]
    ) -> None:
        self._source = source
        self._forget = forget
        self._events: list[ModelEvent] = []
        self._error: BaseException | None = None
        self._ended = False
        self._listeners = 0
        self._moved = asyncio.Event()
        self._task = asyncio.create_task(self._run(), name="shared model call")

    async def listen(self) -> AsyncGenerator[ModelEvent, None]:
        """Yield the events from the first one on, as they come; raises what the call raised."""
        self._listeners += 1
        try:
            seen = 0
            while True:
                while seen < len(self._events):
                    yield self._events[seen]
                    seen += 1
                    if not seen % EVENTS_AT_ONCE:
                        await asyncio.sleep(0)
                if self._ended:
                    break
                self._moved.clear()  # who waits already is woken all the same by the next `set`
                await self._moved.wait()
            if self._error is not None:
                raise self._error
        finally:
            await self._leave()

    async def _leave(self) -> None:
        self._listeners -= 1
        if self._listeners or self._ended:
            return
        self._forget(self)
        self._task.cancel()
        await asyncio.wait([self._task])  # the connection is closed when this returns

    async def _run(self) -> None:
        try:
            async with aclosing(self._source) as source:
                async for event in source:
                    self._events.append(event)
                    self._moved.set()
        except (Exception, asyncio.CancelledError) as error:  # noqa: BLE001 - whoever listens gets it
            self._error = error
        finally:
            self._ended = True
            self._forget(self)
            self._moved.set()


class SharedCalls:
    """The calls of this process that can be joined, by their keys."""

    def __init__(self) -> None:
        self._calls: dict[str, SharedCall] = {}

    def join(
        self, key: str, start: Callable[[], AsyncGenerator[ModelEvent, None]]
    ) -> tuple[SharedCall, bool]:
        """Return the call that is under way, else start one; and whether it was started now."""
        call = self._calls.get(key)
        if call is not None:
            return call, False

        def forget(ended: SharedCall) -> None:
            if self._calls.get(key) is ended:
                del self._calls[key]

        call = self._calls[key] = SharedCall(start(), forget)
        return call, True
