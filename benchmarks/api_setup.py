"""What the parts of `benchmarks/api.py` share: the servers, the ways of asking, and how their times are taken."""

from __future__ import annotations

import asyncio
import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from benchmarks.api_wire import Call, Connection
from benchmarks.brain_setup import median_ms, question, show

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.api_servers import Babble, Server

AT_ONCE = 32
WARM_ROUNDS = 5
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

    def completions(self, name: str, *, streamed: bool) -> Way:
        """Ask an app as OpenAI's clients do; as with `ours`, each time somebody new."""
        call = self.babble.completions(name)
        return Way(call, lambda: _wire_body("app", streamed=streamed) | {"user": question()})

    def ways(self, name: str, *, streamed: bool, ours: Way | None = None) -> dict[str, Way]:
        """Return the model's, the relay's and ours."""
        return {
            "direct": self.direct(name, streamed=streamed),
            "relay": self.relayed(name, streamed=streamed),
            "ours": ours or self.ours(name, streamed=streamed),
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
