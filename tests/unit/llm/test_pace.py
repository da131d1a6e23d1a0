"""How often a streamed answer is read."""

from __future__ import annotations

import asyncio

from babble_app.llm.pace import FREE_READS, REST_SECONDS, Pace


async def test_the_first_reads_follow_at_once_and_later_ones_on_the_beat() -> None:
    loop, pace = asyncio.get_running_loop(), Pace()
    others: list[str] = []
    loop.call_soon(others.append, "had their turn")

    for _ in range(FREE_READS):
        await pace.rest()
    assert others == []

    beat = loop.time() // REST_SECONDS
    async with asyncio.timeout(20):
        await pace.rest()
    assert others == ["had their turn"]
    assert loop.time() // REST_SECONDS > beat
