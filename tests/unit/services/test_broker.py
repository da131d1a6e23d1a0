"""The in-process broker: every reader sees every event once, wherever it joins."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from babble_app.schemas.events import NumberedEvent, TextDelta
from babble_app.services.broker import InProcessBroker


def _events(*numbers: int) -> list[NumberedEvent]:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    return [NumberedEvent(seq=n, at=at, event=TextDelta(text=str(n))) for n in numbers]


async def _read(broker: InProcessBroker, run_id: str, after: int) -> list[int]:
    reader = broker.follow("usr_1", run_id, after)
    assert reader is not None
    return [item.seq async for item in reader]


async def test_readers_that_join_early_late_and_in_the_middle_see_the_same_stream() -> None:
    broker = InProcessBroker()
    broker.open("usr_1", "run_1")
    early = asyncio.create_task(_read(broker, "run_1", 0))
    await asyncio.sleep(0)
    broker.publish("run_1", _events(1, 2))
    middle = asyncio.create_task(_read(broker, "run_1", 0))
    resumed = asyncio.create_task(_read(broker, "run_1", 2))
    await asyncio.sleep(0)
    broker.publish("run_1", _events(3))
    broker.publish("run_1", _events(4, 5))
    broker.close("run_1")

    async with asyncio.timeout(20):
        assert await early == await middle == [1, 2, 3, 4, 5]
        assert await resumed == [3, 4, 5]


async def test_a_reader_that_took_hold_before_the_end_still_reads_everything() -> None:
    broker = InProcessBroker()
    broker.open("usr_1", "run_1")
    reader = broker.follow("usr_1", "run_1", 0)
    broker.publish("run_1", _events(1))
    broker.close("run_1")

    assert reader is not None
    assert [item.seq async for item in reader] == [1]


async def test_a_run_that_is_not_live_is_not_followed() -> None:
    broker = InProcessBroker()
    broker.open("usr_1", "run_1")
    broker.close("run_1")

    assert broker.follow("usr_1", "run_1", 0) is None
    assert broker.follow("usr_1", "run_2", 0) is None


async def test_a_live_run_of_somebody_else_is_not_followed() -> None:
    broker = InProcessBroker()
    broker.open("usr_1", "run_1")

    assert broker.follow("usr_2", "run_1", 0) is None
