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
    """Print how many streams at once hold the bar of transit."""
    name = "paced-250"
    held: dict[str, int] = {"direct": 0, "routed": 0}
    clients = {"direct": bench_.direct(name, url), "routed": bench_.routed(name, url, fresh=True)}
    for count in STREAMS:
        for way, client in clients.items():
            if held[way] < (STREAMS[STREAMS.index(count) - 1] if count > STREAMS[0] else 0):
                continue
            waits: list[float] = []
            begun, before = time.monotonic_ns(), time.process_time()
            reading: list[asyncio.Task[None]] = []
            for _ in range(count):
                reading.append(asyncio.create_task(transit(client, waits, begun + 1.5e9)))
                await asyncio.sleep(1 / count)
            await asyncio.gather(*reading)
            each = (time.process_time() - before) / (count * 250) * 1e6
            p99 = percentile(waits, 0.99)
            print(
                f"  {way}: {count} streams: transit p50 {percentile(waits, 0.5):.1f} ms, "
                f"p99 {p99:.1f} ms, {each:.0f} µs CPU a token"
            )
            if p99 <= TRANSIT_MS:
                held[way] = count
    judge(
        f"streams of 50 tokens/s with p99 <= {TRANSIT_MS:.0f} ms: {held['routed']}, routed",
        holds=held["routed"] >= GOAL_STREAMS,
        note=f"bar {GOAL_STREAMS}, direct {held['direct']}",
    )
