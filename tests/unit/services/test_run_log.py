"""The log of a live run: numbering, joining of pieces, order, and what happens when storing fails."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from babble_app.errors import DatabaseUnavailableError
from babble_app.schemas.events import ReasoningDelta, RunStopped, StateChanged, TextDelta
from babble_app.services.run_log import FLUSH_SECONDS, RunLog

if TYPE_CHECKING:
    from collections.abc import Sequence

    from babble_app.schemas.events import NumberedEvent


class _Memory:
    """Stores batches; `gate` holds a write back as a slow disk would."""

    def __init__(self, *, open_gate: bool = True) -> None:
        self.batches: list[list[NumberedEvent]] = []
        self.gate = asyncio.Event()
        self.began = asyncio.Event()
        if open_gate:
            self.gate.set()

    async def store(self, batch: Sequence[NumberedEvent]) -> None:
        self.began.set()
        await self.gate.wait()
        self.batches.append(list(batch))

    async def close(self, log: RunLog) -> None:
        """End the log, and store what it hands out as its caller does."""
        self.batches.append(await log.close())

    @property
    def events(self) -> list[NumberedEvent]:
        return [event for batch in self.batches for event in batch]


async def test_the_first_piece_is_stored_at_once_and_alone() -> None:
    memory = _Memory()
    log = RunLog(memory.store)

    log.append(TextDelta(text="He"))
    async with asyncio.timeout(20):
        await memory.began.wait()
    log.append(TextDelta(text="llo"))
    await memory.close(log)

    assert [item.event for item in memory.events] == [TextDelta(text="He"), TextDelta(text="llo")]


async def test_pieces_that_come_during_a_write_are_joined_and_numbers_have_no_gap() -> None:
    memory = _Memory(open_gate=False)
    log = RunLog(memory.store)
    log.append(StateChanged(name="thinking"))
    await memory.began.wait()

    for piece in ("a", "b", "c"):
        log.append(TextDelta(text=piece))
    log.append(ReasoningDelta(text="hm"))
    log.append(TextDelta(text="d"))
    memory.gate.set()
    await memory.close(log)

    assert [item.event for item in memory.events] == [
        StateChanged(name="thinking"),
        TextDelta(text="abc"),
        ReasoningDelta(text="hm"),
        TextDelta(text="d"),
    ]
    assert [item.seq for item in memory.events] == [1, 2, 3, 4]


async def test_what_is_no_text_waits_for_the_piece_that_follows_and_is_stored_with_it() -> None:
    memory = _Memory()
    log = RunLog(memory.store)

    log.append(StateChanged(name="thinking"))
    await asyncio.sleep(0)
    log.append(StateChanged(name="answering"))
    log.append(TextDelta(text="Hello"))
    async with asyncio.timeout(20):
        await memory.began.wait()
    await log.close()

    assert [len(batch) for batch in memory.batches] == [3]


async def test_an_end_that_comes_at_once_takes_along_what_was_not_stored() -> None:
    memory = _Memory()
    log = RunLog(memory.store)

    log.append(StateChanged(name="answering"))
    log.append(TextDelta(text="Hel"))
    log.append(TextDelta(text="lo"))
    left = await log.close()

    assert memory.batches == []
    assert [item.event for item in left] == [
        StateChanged(name="answering"),
        TextDelta(text="Hello"),
    ]
    assert [item.seq for item in [*left, *log.number([RunStopped()])]] == [1, 2, 3]


async def test_what_is_no_text_is_stored_also_when_nothing_follows() -> None:
    memory = _Memory()
    log = RunLog(memory.store)

    log.append(StateChanged(name="thinking"))
    async with asyncio.timeout(20):
        await memory.began.wait()

    assert [item.event for item in memory.events] == [StateChanged(name="thinking")]
    await log.close()


async def test_last_events_get_the_numbers_that_follow() -> None:
    memory = _Memory()
    log = RunLog(memory.store)
    log.append(TextDelta(text="a"))
    await log.close()

    last = log.number([RunStopped()])

    assert [item.seq for item in last] == [2]


async def test_an_empty_log_closes() -> None:
    memory = _Memory()

    await RunLog(memory.store).close()

    assert memory.events == []


async def test_a_failed_write_is_raised_to_the_producer_and_at_the_end() -> None:
    tried = asyncio.Event()

    async def fail(_: Sequence[NumberedEvent]) -> None:
        tried.set()
        message = "gone"
        raise DatabaseUnavailableError(message)

    log = RunLog(fail)
    log.append(TextDelta(text="a"))
    async with asyncio.timeout(20):
        await tried.wait()

    with pytest.raises(DatabaseUnavailableError):
        await log.close()
    with pytest.raises(DatabaseUnavailableError):
        log.append(TextDelta(text="b"))


async def test_a_log_that_nobody_reads_along_hands_all_of_a_quick_answer_to_its_end() -> None:
    clock = asyncio.get_running_loop().time
    while True:
        memory, beat = _Memory(), clock() // FLUSH_SECONDS
        log = RunLog(memory.store, hurried=False)
        log.append(StateChanged(name="thinking"))
        log.append(TextDelta(text="Hello"))
        for _ in range(5):
            await asyncio.sleep(0)
        left = await log.close()
        if clock() // FLUSH_SECONDS == beat:  # a machine that is busy may let one come in between
            break

    assert memory.batches == []
    assert [item.event for item in left] == [
        StateChanged(name="thinking"),
        TextDelta(text="Hello"),
    ]
