"""What a whole answer costs: the time that is added to the model's own, answers a second, and answers that are given again."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from benchmarks.api_setup import AT_ONCE, WARM_ROUNDS, Way, at_once, interleaved, show_added, whole
from benchmarks.api_wire import Connection
from benchmarks.brain_setup import judge, median_ms, question, show

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.api_setup import Bench

RATE = 1_200


async def latency(bench: Bench) -> None:
    """Print what is added to an answer, one at a time."""
    await _added(bench, "", bench.ours)


async def completions(bench: Bench) -> None:
    """Print the same, and the rate, of `/v1/chat/completions`."""
    await _added(bench, "completions: ", bench.completions)
    await _rate(bench, "completions", bench.completions("short", streamed=False))


async def _added(bench: Bench, whose: str, ours: Callable[..., Way]) -> None:
    for streamed, what, bar in (
        (False, "an answer, not streamed", 2.0),
        (True, "the first token, streamed", 2.5),
    ):
        ways = bench.ways("short", streamed=streamed, ours=ours("short", streamed=streamed))
        found = await interleaved(bench.rounds, ways, streamed=streamed)
        show_added(f"{whose}added to {what}, 1 at a time", found, bar)


async def agent(bench: Bench) -> None:
    """Print the same of an agent whose program talks: its model is asked for what is said, and whether to go on."""
    for streamed in (False, True):
        ours = bench.ours("agent", streamed=streamed)
        ways = bench.ways("short", streamed=streamed, ours=ours)
        found = await interleaved(bench.rounds, ways, streamed=streamed)
        title = "the first token, streamed" if streamed else "an answer, not streamed"
        show_added(f"agent: added to {title}, 1 at a time", found, None)


async def rate(bench: Bench) -> None:
    """Print how many answers a second one process gives, and what each takes."""
    await _rate(bench, "answers", bench.ours("short", streamed=False))


async def _rate(bench: Bench, what: str, ours: Way) -> None:
    relayed = bench.relayed("short", streamed=False)
    asked = {"relay": (bench.relay, relayed), "ours": (bench.babble.server, ours)}
    best = dict.fromkeys(asked, (0.0, 0.0))
    client = time.process_time()
    for number in range(4):
        for name, (server, way) in asked.items():
            found = await at_once(server, way, bench.rounds if number else 4)
            best[name] = max(best[name], found) if number else best[name]
    (limit, limit_cpu), (a_second, each) = best["relay"], best["ours"]
    client_ms = (time.process_time() - client) / (2 * AT_ONCE * (3 * bench.rounds + 4)) * 1e3
    note = f"bar {RATE}, relay {limit:.0f}; this client takes {client_ms:.2f} ms of CPU each"
    judge(f"{what} a second, {AT_ONCE} at once: {a_second:.0f}", holds=a_second >= RATE, note=note)
    ratio = f"relay {limit_cpu:.2f}, ratio {each / limit_cpu:.1f}"
    show(f"CPU of one of these {what}", each, "ms", note=ratio)


async def cached(bench: Bench) -> None:
    """Print how long an answer takes that is given again, and how many there are a second."""
    asked = question()
    way = Way(bench.babble.chat("short"), lambda: {"message": asked, "user": question()})
    connection = await Connection.open(way.call)
    for _ in range(WARM_ROUNDS):
        await connection.send(way.call, way.body())
    answer = await connection.send(way.call, way.body())
    assert answer.json()["cached"]
    found = [await whole(connection, way) for _ in range(bench.rounds * 5)]
    connection.close()
    show("cached answer, p50", median_ms(found), "ms", bar=1.0)
    a_second, each = await at_once(bench.babble.server, way, bench.rounds)
    show("CPU a cached answer", each, "ms", note=f"{a_second:.0f}/s, {AT_ONCE} at once")
