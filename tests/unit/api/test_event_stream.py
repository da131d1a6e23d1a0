"""Server-sent events."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from babble_app.api import _event_stream
from babble_app.api._event_stream import EventStream
from babble_app.errors import DatabaseUnavailableError
from babble_app.schemas.events import NumberedEvent, TextDelta

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def make_event(seq: int, text: str = "x") -> NumberedEvent:
    return NumberedEvent(seq=seq, at=NOON, event=TextDelta(text=text))


async def numbers(count: int) -> AsyncGenerator[NumberedEvent, None]:
    for seq in range(1, count + 1):
        yield make_event(seq)


async def serve(stream: EventStream, gone: asyncio.Event | None = None) -> list[bytes]:
    sent: list[bytes] = []

    async def receive() -> Any:
        await (gone or asyncio.Event()).wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.body" and message["body"]:
            sent.append(message["body"])

    await stream({"type": "http", "asgi": {"spec_version": "2.3"}}, receive, send)
    return sent


async def test_an_event_is_one_frame_whatever_is_in_its_text():
    async def events() -> AsyncGenerator[NumberedEvent, None]:
        yield make_event(7, "a\n\r\u2028b: ✓")

    sent = await serve(EventStream(events()))

    text = b"".join(sent).decode()
    assert text == (
        'id: 7\nevent: text.delta\ndata: {"type":"text.delta","text":"a\\n\\r\u2028b: ✓"}\n\n'
    )


async def test_every_event_is_sent_in_order_and_the_stream_ends():
    sent = await serve(EventStream(numbers(1000)))

    ids = [line for line in b"".join(sent).decode().split("\n") if line.startswith("id: ")]
    assert ids == [f"id: {seq}" for seq in range(1, 1001)]


async def test_events_that_are_there_already_share_a_piece():
    sent = await serve(EventStream(numbers(1000)))

    assert len(sent) < 100


async def test_silence_is_broken_by_comments(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(_event_stream, "PING_SECONDS", 0.01)
    heard_pings = asyncio.Event()

    async def events() -> AsyncGenerator[NumberedEvent, None]:
        await asyncio.sleep(0.05)
        yield make_event(1)
        heard_pings.set()

    sent = await serve(EventStream(events()))

    assert sent[0] == b": ping\n\n"
    assert b"id: 1" in b"".join(sent)


async def test_a_reader_that_leaves_closes_its_subscription():
    closed = asyncio.Event()
    gone = asyncio.Event()

    async def events() -> AsyncGenerator[NumberedEvent, None]:
        try:
            yield make_event(1)
            gone.set()
            await asyncio.Event().wait()
        finally:
            closed.set()

    async with asyncio.timeout(5):
        await serve(EventStream(events()), gone)

    assert closed.is_set()


async def test_a_stream_whose_log_breaks_ends_instead_of_hanging():
    async def events() -> AsyncGenerator[NumberedEvent, None]:
        yield make_event(1)
        message = "gone"
        raise DatabaseUnavailableError(message)

    async with asyncio.timeout(5):
        sent = await serve(EventStream(events()))

    assert b"id: 1" in b"".join(sent)


async def test_a_silent_stream_ends_when_its_reader_may_read_no_more(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(_event_stream, "_ASK_SECONDS", 0.01)
    closed = asyncio.Event()
    answers = iter([True, True, False])

    async def events() -> AsyncGenerator[NumberedEvent, None]:
        try:
            yield make_event(1)
            await asyncio.Event().wait()
        finally:
            closed.set()

    async def is_allowed() -> bool:
        return next(answers)

    async with asyncio.timeout(5):
        sent = await serve(EventStream(events(), is_allowed=is_allowed))

    assert b"id: 1" in b"".join(sent)
    assert closed.is_set()


async def test_a_stream_ends_when_nobody_can_say_whether_it_may_go_on():
    async def events() -> AsyncGenerator[NumberedEvent, None]:
        await asyncio.Event().wait()
        yield make_event(1)

    async def is_allowed() -> bool:
        message = "gone"
        raise DatabaseUnavailableError(message)

    async with asyncio.timeout(5):
        assert await serve(EventStream(events(), is_allowed=is_allowed)) == []
