"""What Babble adds to a model's own time when a host app chats with an app: against a raw relay of aiohttp in the same run.

    .venv/bin/python benchmarks/api.py [--rounds 40] [--only NAME ...]

Needs a finished build (`make run` once). Babble runs as it is installed, with all its layers, and stores each turn on SQLite; model,
relay and Babble are processes of their own, and this one is the client. Rounds are interleaved and medians printed: believe the
differences. CPU is that of the server's processes; it tells more than the clock where others use the machine. The bars are those
of PLATFORM.md 7.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.api_servers import babble, relay  # noqa: E402
from benchmarks.api_wire import Call, Connection  # noqa: E402
from benchmarks.brain_servers import model_server  # noqa: E402
from benchmarks.brain_setup import judge, median_ms, percentile, question, show  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.api_servers import Babble, Server

STREAMS = (50, 100, 150, 200, 250, 300, 400)
GOAL_STREAMS, TRANSIT_MS, TRIES = 250, 50.0, 2
AT_ONCE, PACED = 32, 250
WARM_ROUNDS = 5
_PIECE = re.compile(rb'"(?:text|content)":\s*"([\d ]+)"')
_ANY_PIECE = re.compile(rb'event: delta|"delta":\{"content":')


@dataclass(frozen=True)
class Way:
    """One way of asking: where the call goes, and what is asked there."""

    call: Call
    body: Callable[[], dict[str, Any]]


@dataclass(frozen=True)
class Bench:
    """The servers of a run."""

    babble: Babble
    relay: Server
    model_url: str
    rounds: int

    def direct(self, name: str, *, streamed: bool) -> Way:
        """Ask the model itself."""
        return Way(Call(f"{self.model_url}/chat/completions"), lambda: _wire_body(name, streamed=streamed))  # fmt: skip

    def relayed(self, name: str, *, streamed: bool) -> Way:
        """Ask through the raw relay."""
        return Way(Call(f"{self.relay.url}/relay"), lambda: _wire_body(name, streamed=streamed))

    def ours(self, name: str, *, streamed: bool) -> Way:
        """Ask an app: a visitor who is new, with a question that is."""
        call = self.babble.stream(name) if streamed else self.babble.chat(name)
        return Way(call, _message)

    def ways(self, name: str, *, streamed: bool) -> dict[str, Way]:
        """Return all three."""
        return {
            "direct": self.direct(name, streamed=streamed),
            "relay": self.relayed(name, streamed=streamed),
            "ours": self.ours(name, streamed=streamed),
        }


def _wire_body(name: str, *, streamed: bool) -> dict[str, Any]:
    messages = [{"role": "user", "content": question()}]
    return {"model": name, "messages": messages} | ({"stream": True} if streamed else {})


def _message() -> dict[str, Any]:
    # Each visitor has a limit of his own.
    return {"message": question(), "user": question()}


async def whole(connection: Connection, way: Way) -> float:
    """Ask once; return the seconds to the whole answer."""
    return (await connection.send(way.call, way.body())).seconds


async def first_token(connection: Connection, way: Way) -> float:
    """Ask once; return the seconds to the first token."""
    began, first = time.perf_counter(), 0.0

    def see(piece: bytes) -> None:
        nonlocal first
        if not first and _ANY_PIECE.search(piece):
            first = time.perf_counter() - began

    await connection.send(way.call, way.body(), seen=see)
    return first


async def interleaved(rounds: int, ways: dict[str, Way], *, streamed: bool) -> dict[str, float]:
    """Ask in all ways in turn, one at a time; return the medians in ms."""
    ask = first_token if streamed else whole
    connections = {name: await Connection.open(way.call) for name, way in ways.items()}
    found: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(rounds + WARM_ROUNDS):
        for name, way in ways.items():
            seconds = await ask(connections[name], way)
            if number >= WARM_ROUNDS:
                found[name].append(seconds)
    for connection in connections.values():
        connection.close()
    return {name: median_ms(seconds) for name, seconds in found.items()}


def show_added(title: str, found: dict[str, float], bar: float | None) -> None:
    """Print what ours adds to the model's own time, and what the relay does."""
    direct = found["direct"]
    note = f"direct {direct:.2f}, relay adds {found['relay'] - direct:.2f}"
    show(title, found["ours"] - direct, "ms", bar=bar, note=note)


async def latency(bench: Bench) -> None:
    """Print what is added to an answer, one at a time."""
    found = await interleaved(bench.rounds, bench.ways("short", streamed=False), streamed=False)
    show_added("added to an answer, not streamed, 1 at a time", found, 2.0)
    found = await interleaved(bench.rounds, bench.ways("short", streamed=True), streamed=True)
    show_added("added to the first token, streamed, 1 at a time", found, 2.5)


async def agent(bench: Bench) -> None:
    """Print the same of an agent whose program talks: its model is asked for what is said, and whether to go on."""
    for streamed in (False, True):
        ways = bench.ways("short", streamed=streamed)
        ways["ours"] = bench.ours("agent", streamed=streamed)
        found = await interleaved(bench.rounds, ways, streamed=streamed)
        title = "the first token, streamed" if streamed else "an answer, not streamed"
        show_added(f"agent: added to {title}, 1 at a time", found, None)


async def at_once(server: Server, way: Way, each: int, count: int = AT_ONCE) -> tuple[float, float]:
    """Ask on so many connections at once; return requests a second and the server's CPU in ms a request."""
    connections = [await Connection.open(way.call) for _ in range(count)]

    async def ask(connection: Connection) -> None:
        for _ in range(each):
            await connection.send(way.call, way.body())

    before, began = server.cpu(), time.perf_counter()
    await asyncio.gather(*map(ask, connections))
    wall, cpu = time.perf_counter() - began, server.cpu() - before
    for connection in connections:
        connection.close()
    return each * count / wall, cpu / (each * count) * 1e3


async def rate(bench: Bench) -> None:
    """Print how many answers a second one process gives, and what each takes."""
    ways = bench.ways("short", streamed=False)
    servers = {"relay": bench.relay, "ours": bench.babble.server}
    best = dict.fromkeys(servers, (0.0, 0.0))
    client = time.process_time()
    for number in range(4):
        for name, server in servers.items():
            found = await at_once(server, ways[name], bench.rounds if number else 4)
            best[name] = max(best[name], found) if number else best[name]
    (limit, limit_cpu), (ours, cpu) = best["relay"], best["ours"]
    title = f"answers a second, {AT_ONCE} at once: {ours:.0f}"
    client_ms = (time.process_time() - client) / (8 * AT_ONCE * bench.rounds) * 1e3
    note = f"bar 1200, relay {limit:.0f}; this client takes {client_ms:.2f} ms of CPU each"
    judge(title, holds=ours >= 1_200, note=note)
    show("CPU an answer, not streamed", cpu, "ms", note=f"relay {limit_cpu:.2f}, ratio {cpu / limit_cpu:.1f}")  # fmt: skip


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
    """Print how many streams at once hold the bar of transit, in two tries each, and what one keeps in memory."""
    way, server = bench.ours(f"paced-{PACED}", streamed=True), bench.babble.server
    held, each_kb = 0, 0.0
    for count in STREAMS:
        for _ in range(TRIES):
            waits: list[float] = []
            used, before, began = server.cpu(), server.memory_kb(), time.perf_counter()
            reading = asyncio.create_task(paced(way, count, waits, after=2.0))
            await asyncio.sleep(3)
            each_kb = (server.memory_kb() - before) / count
            await reading
            busy = (server.cpu() - used) / (time.perf_counter() - began)
            p99 = percentile(waits, 0.99)
            p50, note = percentile(waits, 0.5), f"{busy:.0%} of a core, {each_kb:.0f} KB each"
            print(f"  {count} streams: transit p50 {p50:.1f} ms, p99 {p99:.1f} ms, {note}")
            if p99 <= TRANSIT_MS:
                held = count
                break
        else:
            break
        if count == GOAL_STREAMS:
            show("memory a stream", each_kb, "KB", bar=100.0)
    title = f"streams of 50 tokens/s with p99 <= {TRANSIT_MS:.0f} ms: {held}"
    judge(title, holds=held >= GOAL_STREAMS, note=f"bar {GOAL_STREAMS}")


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


async def measure(options: argparse.Namespace) -> None:
    """Run the parts that are wanted."""
    print(f"(load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores: what others do is in every figure of the clock)")  # fmt: skip
    with model_server() as model_url, relay(model_url) as raw:
        async with babble(model_url) as ours:
            bench = Bench(ours, raw, model_url, options.rounds)
            for name, part in PARTS.items():
                if name in options.only:
                    await part(bench)
            print(f"(server: {ours.server.memory_kb() / 1024:.0f} MB)")


PARTS = {
    "latency": latency,
    "agent": agent,
    "rate": rate,
    "cached": cached,
    "sixteen": sixteen,
    "cpu": cpu,
    "streams": streams,
}

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=tuple(PARTS))
    asyncio.run(measure(parser.parse_args()))
