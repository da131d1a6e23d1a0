"""Streams an answer as OpenAI does: the status is known before anything is sent, later failures are a last event."""

from __future__ import annotations

from contextlib import aclosing
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

import orjson
from starlette.responses import Response

from babble_app.api._app_identity import is_still_allowed
from babble_app.api._event_stream import EventStream
from babble_app.api._token_watch import while_allowed
from babble_app.errors import BabbleError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from fastapi import Request

    from babble_app.schemas.models import ModelAnswer, ModelEvent
    from babble_app.services.relay import Reply
    from babble_app.services.runtime import Runtime

DONE = b"data: [DONE]\n\n"


class Writer(Protocol):
    """Writes an answer's events in the form of one protocol."""

    def start(self) -> bytes:
        """Open the answer."""
        ...

    def write(self, event: ModelEvent) -> bytes:
        """Write an event; the last one with all that closes the answer."""
        ...

    def fail(self, error: BabbleError) -> bytes:
        """Close an answer that broke off."""
        ...


async def stream(request: Request, rt: Runtime, reply: Reply, writer: Writer) -> EventStream:
    """Return the answer's stream, once its first event is there.

    Raises:
        BabbleError: the answer failed before it began.
    """
    events = reply.stream()
    async with while_allowed(request, rt):
        first = await anext(events)
    allowed = partial(is_still_allowed, request, rt)
    return EventStream(_written(events, first, writer), bytes, allowed)


async def _written(
    events: AsyncGenerator[ModelEvent, None], first: ModelEvent, writer: Writer
) -> AsyncGenerator[bytes, None]:
    try:
        async with aclosing(events):
            yield writer.start() + writer.write(first)
            async for event in events:
                yield writer.write(event)
    except BabbleError as error:
        yield writer.fail(error)


async def whole(request: Request, rt: Runtime, reply: Reply) -> ModelAnswer:
    """Return the answer in one piece; raises BabbleError."""
    async with while_allowed(request, rt):
        return await reply.whole()


def json_answer(document: dict[str, Any]) -> Response:
    """Return a whole answer."""
    return Response(orjson.dumps(document), media_type="application/json")
