"""Server-sent events of a run."""

from __future__ import annotations

import asyncio
import contextlib
from contextlib import aclosing
from logging import getLogger
from typing import TYPE_CHECKING, TypeVar, cast

from starlette.responses import StreamingResponse

from babble_app.errors import BabbleError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable

    from starlette.types import Receive, Scope, Send

    from babble_app.schemas.events import NumberedEvent

logger = getLogger(__name__)
T = TypeVar("T")

PING_SECONDS = 15.0
_PING = b": ping\n\n"
_ASK_SECONDS = 0.8
"""How often a stream asks whether its reader may still read; the answer comes from memory nearly always."""
_READ_AHEAD = 256
"""Frames held for a slow reader; then the producer's log waits, not the run."""


class EventStream(StreamingResponse):
    """Sends one frame an event, and a comment when nothing happened for 15 seconds, so that proxies stay open."""

    media_type = "text/event-stream"

    def __init__(
        self,
        events: AsyncGenerator[T, None],
        write: Callable[[T], bytes] | None = None,
        is_allowed: Callable[[], Awaitable[bool]] | None = None,
    ) -> None:
        """Take the events, how one is written (empty when it is not sent), and what says whether the reader may still read."""
        # Without a writer the events are a run's.
        self._frames = _frames(events, write or cast("Callable[[T], bytes]", frame), is_allowed)
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        super().__init__(self._frames, headers=headers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the stream; a reader that leaves ends only its own subscription."""
        async with aclosing(self._frames):
            await super().__call__(scope, receive, send)


def frame(numbered: NumberedEvent) -> bytes:
    """Write an event as a frame; JSON has no raw line ends, so one data line holds it."""
    event = numbered.event
    return f"id: {numbered.seq}\nevent: {event.type}\ndata: {event.model_dump_json()}\n\n".encode()


async def _frames(
    events: AsyncGenerator[T, None],
    write: Callable[[T], bytes],
    is_allowed: Callable[[], Awaitable[bool]] | None,
) -> AsyncGenerator[bytes, None]:
    """Yield frames, those that are there already joined into one piece."""
    ready: asyncio.Queue[bytes] = asyncio.Queue(_READ_AHEAD)
    # In a task of its own: a time-out around the generator's step would break it off.
    pump = asyncio.create_task(_pump(events, write, ready))
    tasks = {pump}
    if is_allowed is not None:
        tasks.add(asyncio.create_task(_watch(is_allowed, pump)))
    try:
        while not (pump.done() and ready.empty()):
            yield await _next_piece(ready)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)


async def _next_piece(ready: asyncio.Queue[bytes]) -> bytes:
    try:
        async with asyncio.timeout(PING_SECONDS):
            pieces = [await ready.get()]
    except TimeoutError:
        return _PING
    while not ready.empty():
        pieces.append(ready.get_nowait())
    return b"".join(pieces)


async def _pump(
    events: AsyncGenerator[T, None],
    write: Callable[[T], bytes],
    ready: asyncio.Queue[bytes],
) -> None:
    try:
        async with aclosing(events):
            async for numbered in events:
                if piece := write(numbered):
                    await ready.put(piece)
    except BabbleError as error:
        # Too late for a status. The reader sees the stream end without a last event, and comes back.
        logger.warning("an event stream broke off: %s", error.code)
    finally:
        with contextlib.suppress(asyncio.QueueFull):
            # Wakes a reader that waits; a full queue wakes it anyway.
            ready.put_nowait(b"")


async def _watch(is_allowed: Callable[[], Awaitable[bool]], pump: asyncio.Task[None]) -> None:
    """End the pump when the reader's credential is taken back, whether events come or not."""
    try:
        while await is_allowed():  # noqa: ASYNC110 - another process may have taken it back
            await asyncio.sleep(_ASK_SECONDS)
    except BabbleError as error:
        # Nobody can say whether the reader may still read: then the reader comes back and is asked.
        logger.warning("an event stream broke off: %s", error.code)
    pump.cancel()
