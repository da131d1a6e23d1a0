"""How many streams of 50 tokens a second one process reads before tokens are late."""

from __future__ import annotations

import asyncio
import time
from contextlib import aclosing
from typing import TYPE_CHECKING

from benchmarks.brain_setup import ask, judge, percentile, question

if TYPE_CHECKING:
    from babble_app.llm.client import ModelClient
    from benchmarks.brain_setup import Bench

STREAMS = (50, 100, 150, 200, 250, 300, 400, 500)
GOAL_STREAMS = 250
TRANSIT_MS = 50.0
TRIES = 2
TOKENS = 250
MODEL = f"paced-{TOKENS}"


async def transit(client: ModelClient, waits: list[float], after: float) -> None:
    """Note how long each token was under way, of those sent after a time."""
    async with aclosing(client.stream(ask(question()))) as events:
        async for event in events:
            if event.type == "text":
                now = time.monotonic_ns()
                waits += [
                    (now - int(sent)) / 1e6 for sent in event.text.split() if int(sent) > after
                ]


async def streams(bench_: Bench, url: str) -> None:
    """Print how many streams at once hold the bar of transit; others on the machine may spoil a try, so there are two."""
    clients = {
        "direct": bench_.direct(MODEL, url),
        "routed": bench_.routed(MODEL, url, fresh=True),
    }
    held: dict[str, int] = dict.fromkeys(clients, 0)
    going = set(clients)
    for count in STREAMS:
        for way in sorted(going):
            for _ in range(TRIES):
                if await _late_ms(way, clients[way], count) <= TRANSIT_MS:
                    held[way] = count
                    break
            else:
                going.discard(way)
    judge(
        f"streams of 50 tokens/s with p99 <= {TRANSIT_MS:.0f} ms: {held['routed']}, routed",
        holds=held["routed"] >= GOAL_STREAMS,
        note=f"bar {GOAL_STREAMS}, direct {held['direct']}",
    )


async def _late_ms(way: str, client: ModelClient, count: int) -> float:
    """Read so many streams at once, and return the 99th percentile of the tokens' transit."""
    waits: list[float] = []
    begun, before = time.monotonic_ns(), time.process_time()
    reading: list[asyncio.Task[None]] = []
    for _ in range(count):
        reading.append(asyncio.create_task(transit(client, waits, begun + 1.5e9)))
        await asyncio.sleep(1 / count)
    await asyncio.gather(*reading)
    each = (time.process_time() - before) / (count * TOKENS) * 1e6
    p50, p99 = percentile(waits, 0.5), percentile(waits, 0.99)
    print(
        f"  {way}: {count} streams: transit p50 {p50:.1f} ms, p99 {p99:.1f} ms, {each:.0f} µs CPU a token",
        flush=True,
    )
    return p99
