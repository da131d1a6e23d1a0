"""What streams cost: the first token among sixteen, CPU a token, and how many at once before tokens are late."""

from __future__ import annotations

import asyncio
import math
import re
import time
from typing import TYPE_CHECKING

from babble_app.services.run_log import FLUSH_SECONDS
from benchmarks.api_setup import first_token, show_added
from benchmarks.api_wire import Connection
from benchmarks.brain_setup import judge, median_ms, percentile, show

if TYPE_CHECKING:
    from benchmarks.api_servers import Server
    from benchmarks.api_setup import Bench, Way

FEW_STREAMS, GOAL_STREAMS = 50, 250
STREAMS = (1, FEW_STREAMS, 150, GOAL_STREAMS, 350)
TRANSIT_MS, TRIES = 50.0, 2
PACED = 250
_PIECE = re.compile(rb'"(?:text|content)":\s*"([\d ]+)"')


async def paced(way: Way, count: int, waits: list[float], after: float = 1.0) -> list[float]:
    """Read so many streams at once; note each token's transit in ms after so many seconds, and return the first tokens' seconds."""
    from_ns = time.monotonic_ns() + int(after * 1e9)

    async def read(number: int) -> float:
        await asyncio.sleep(number / count)
        connection = await Connection.open(way.call)
        began, first = time.perf_counter(), 0.0

        def see(piece: bytes) -> None:
            nonlocal first
            now = time.monotonic_ns()
            for words in _PIECE.findall(piece):
                first = first or time.perf_counter() - began
                waits.extend((now - int(sent)) / 1e6 for sent in words.split() if int(sent) > from_ns)  # fmt: skip

        await connection.send(way.call, way.body(), seen=see)
        connection.close()
        return first

    return await asyncio.gather(*map(read, range(count)))


async def sixteen(bench: Bench) -> None:
    """Print what is added to the first token while sixteen answers are streamed."""
    found: dict[str, list[float]] = {}
    for _ in range(2):
        for name, way in bench.ways(f"paced-{PACED}", streamed=True).items():
            found.setdefault(name, []).extend(await paced(way, 16, []))
    medians = {name: median_ms(seconds) for name, seconds in found.items()}
    show_added("added to the first token, 16 streams of 50 tokens/s", medians, 5.0)


async def cpu(bench: Bench) -> None:
    """Print the CPU of a streamed token, at a pace and in a burst."""
    servers = {"relay": bench.relay, "ours": bench.babble.server}
    found: dict[str, float] = {}
    for name, way in bench.ways(f"paced-{PACED}", streamed=True).items():
        if server := servers.get(name):
            before = server.cpu()
            await paced(way, 20, [])
            found[name] = (server.cpu() - before) / (20 * PACED) * 1e6
    note = f"relay {found['relay']:.0f}, ratio {found['ours'] / found['relay']:.2f}"
    show("CPU a token, 20 streams of 50 tokens/s, log stored", found["ours"], "µs", bar=200.0, note=note)  # fmt: skip
    for name, way in bench.ways("burst-2000", streamed=True).items():
        if server := servers.get(name):
            connection = await Connection.open(way.call)
            await first_token(connection, way)
            before = server.cpu()
            for _ in range(bench.rounds):
                await first_token(connection, way)
            found[name] = (server.cpu() - before) / (bench.rounds * 2_000) * 1e6
            connection.close()
    note = f"relay {found['relay']:.1f}"
    show("CPU a token, one burst of 2,000", found["ours"], "µs", bar=40.0, note=note)


async def streams(bench: Bench) -> None:
    """Print how late tokens are with so many streams at once, beside the relay's, and what one keeps in memory.

    Pieces of text are gathered up to 50 ms on purpose before they are stored and shown (services/run_log.py), so a second figure
    says what comes on top of that. Both of two tries are printed, as others on the machine may spoil one.
    """
    ways = {
        "relay": (bench.relayed(f"paced-{PACED}", streamed=True), bench.relay),
        "ours": (bench.ours(f"paced-{PACED}", streamed=True), bench.babble.server),
    }
    late: dict[str, dict[int, float]] = {name: {} for name in ways}
    memory: dict[int, float] = {}
    for count in STREAMS:
        for name, (way, server) in ways.items():
            tries = [await _transit(name, way, server, count) for _ in range(TRIES)]
            late[name][count] = min(p99 for p99, _ in tries)
            memory[count] = max(used for _, used in tries)  # ours is the last
    more = GOAL_STREAMS - FEW_STREAMS
    each = (memory[GOAL_STREAMS] - memory[FEW_STREAMS]) / more
    show(f"memory of each of {more} more streams", each, "KB", bar=100.0)
    for title, most in (
        (f"p99 <= {TRANSIT_MS:.0f} ms", TRANSIT_MS),
        (f"p99 <= {TRANSIT_MS:.0f} ms beyond the gathering", TRANSIT_MS + FLUSH_SECONDS * 1e3),
    ):
        held, relayed = _held(late["ours"], most), _held(late["relay"], most)
        note = f"bar {GOAL_STREAMS}, relay {relayed}"
        judge(f"streams with {title}: {held}", holds=held >= GOAL_STREAMS, note=note)


def _held(late: dict[int, float], most: float) -> int:
    """Return the number of streams up to which none was later than that."""
    too_many = min((count for count, ms in late.items() if ms > most), default=math.inf)
    return max((count for count in late if count < too_many), default=0)


async def _transit(name: str, way: Way, server: Server, count: int) -> tuple[float, float]:
    """Read so many streams at once; return the tokens' p99 of transit in ms, and the server's memory meanwhile in KB."""
    waits: list[float] = []
    used, waited, began = server.cpu(), server.waited(), time.perf_counter()
    reading = asyncio.create_task(paced(way, count, waits, after=2.0))
    await asyncio.sleep(4)
    memory = server.memory_kb()
    await reading
    wall = time.perf_counter() - began
    busy, stood = (server.cpu() - used) / wall, (server.waited() - waited) / wall
    p50, p99 = percentile(waits, 0.5), percentile(waits, 0.99)
    print(
        f"  {name}, {count} at once: transit p50 {p50:.1f} ms, p99 {p99:.1f} ms, {busy:.0%} of a core, {stood:.0%} waiting for one",
        flush=True,
    )
    return p99, memory
