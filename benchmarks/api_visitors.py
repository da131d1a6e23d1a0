"""What visitors cost who have the chat open and say nothing: memory and CPU of one process.

Each comes from an address of its own (limits are by address) and sends what the chat's page sends: a visit, a conversation, and in
the second half of the part a message. Chromium says what the page holds open at each of these points, and so do these.
"""

from __future__ import annotations

import asyncio
import re
import resource
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from benchmarks.api_embed import chromium, phone
from benchmarks.api_wire import Call, Connection
from benchmarks.brain_setup import judge, question, show

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from benchmarks.api_servers import Babble, Server
    from benchmarks.api_setup import Bench

    Step = Callable[["Visitor"], Awaitable[None]]
    """What a visitor does."""

VISITORS, FIRST = 1_000, 50
"""The first are there so that what a server allocates once is not counted as a visitor's."""
IDLE_SECONDS = 30
KEPT_SECONDS = 35
"""After which the server has hung up connections that nothing is asked on."""
AT_ONCE, PATIENCE_SECONDS = 8, 20
IDLE_KB = 300.0
_ESTABLISHED = "01"


@dataclass
class Visitor:
    """Somebody with the chat open."""

    babble: Babble
    number: int
    token: str = ""
    session_id: str = ""
    held: list[Connection] = field(default_factory=list[Connection])
    hearing: asyncio.Task[Any] | None = None

    async def come(self) -> None:
        """Do what the page does when it is opened."""
        body = {"app": self.babble.slugs["short"], "page": ""}
        visit = await self._ask("/api/v1/visitors", body)
        self.token = visit["visitor_token"]
        opened = await self._ask("/api/v1/sessions", {"context": {}}, status=201)
        self.session_id = opened["session_id"]

    async def speak(self) -> None:
        """Ask something, read the answer, and follow what people write, as the page does from then on."""
        call = Call(f"{self.babble.server.url}/api/v1/chat/stream", self.token)
        connection = await self._connect(call)
        await connection.send(call, {"message": question(), "session_id": self.session_id})
        path = f"/api/v1/sessions/{self.session_id}/events"
        call = Call(f"{self.babble.server.url}{path}", self.token, "GET")
        connection, told = await self._connect(call), asyncio.Event()
        self.hearing = asyncio.create_task(connection.send(call, None, seen=lambda _: told.set()))
        await told.wait()

    async def leave(self) -> None:
        """Close the page."""
        for connection in self.held:
            connection.close()
        if self.hearing is not None:
            with suppress(ConnectionError):
                await self.hearing

    async def _connect(self, call: Call) -> Connection:
        """Return a connection that nothing is asked on, as a browser does: one that is there, or a new one."""
        for connection in self.held:
            if connection.is_open and not connection.is_busy:
                return connection
        address = f"127.0.{self.number // 250 + 1}.{self.number % 250 + 1}"
        self.held.append(await Connection.open(call, address))
        return self.held[-1]

    async def _ask(self, path: str, body: dict[str, Any], status: int = 200) -> Any:
        call = Call(f"{self.babble.server.url}{path}", self.token)
        connection = await self._connect(call)
        return (await connection.send(call, body, status=status)).json()


async def visitors(bench: Bench) -> None:
    """Print what a thousand idle visitors take: those who have only opened the chat, and those who have said something."""
    _allow_files()
    await _show_held(bench)
    server = bench.babble.server
    alone = await _idle_cpu(server, 10)
    everybody = [Visitor(bench.babble, number) for number in range(FIRST + VISITORS)]
    for name, step in (("opened the chat", Visitor.come), ("said something", Visitor.speak)):
        await _show_step(server, everybody, name, step)
        busy = await _idle_cpu(server, IDLE_SECONDS)
        held = sum(one.is_open for visitor in everybody for one in visitor.held)
        note = f"over {IDLE_SECONDS} s; {alone:.1%} without them; {held} connections are open"
        show("  CPU of all while idle", (busy - alone) * 100, "%", note=note)
    for visitor in everybody:
        await visitor.leave()
    await asyncio.sleep(3)
    print(f"  (the server when they have left: {server.memory_kb() / 1024:.0f} MB)")


async def _show_step(server: Server, everybody: list[Visitor], name: str, step: Step) -> None:
    await _all(everybody[:FIRST], step)
    before, used = server.memory_kb(), server.cpu()
    count = await _all(everybody[FIRST:], step)
    title = f"{VISITORS} more visitors who have {name}: {count}"
    judge(title, holds=count == VISITORS, note="" if count == VISITORS else "then nobody is answered")  # fmt: skip
    if count:
        note = f"{(server.cpu() - used) / count * 1e3:.1f} ms of CPU to get there"
        memory = (server.memory_kb() - before) / count
        show("  memory of each", memory, "KB", bar=IDLE_KB, note=note)


async def _all(people: list[Visitor], step: Step) -> int:
    """Let each do that, a few at a time, until one is not answered; return how many were."""
    turns, answered, is_over = asyncio.Semaphore(AT_ONCE), 0, False

    async def one(visitor: Visitor) -> None:
        nonlocal answered, is_over
        async with turns:
            if is_over:
                return
            try:
                async with asyncio.timeout(PATIENCE_SECONDS):
                    await step(visitor)
                answered += 1
            except TimeoutError:
                is_over = True

    await asyncio.gather(*map(one, people))
    return answered


async def _idle_cpu(server: Server, seconds: float) -> float:
    """Return the share of a core that the server takes while nobody does anything."""
    await asyncio.sleep(3)
    used, began = server.cpu(), time.perf_counter()
    await asyncio.sleep(seconds)
    return (server.cpu() - used) / (time.perf_counter() - began)


async def _show_held(bench: Bench) -> None:
    """Print what a real page of the chat holds open: connections to the server, and streams and sockets among them."""
    url = bench.babble.server.url
    port = urlsplit(url).port or 80
    async with chromium() as browser, phone(browser) as (page, _):
        sockets: list[str] = []
        page.on("websocket", lambda socket: sockets.append(socket.url))
        await page.goto(f"{url}/embed/{bench.babble.slugs['short']}")
        box = page.locator(".embed-box textarea")
        await box.wait_for()
        opened = _connections(port)
        await page.wait_for_timeout(KEPT_SECONDS * 1_000)
        later = _connections(port)
        await box.fill(question())
        async with page.expect_response(re.compile("/events")):
            await box.press("Enter")
        await page.wait_for_timeout(KEPT_SECONDS * 1_000)
        hearing = _connections(port)
    print(
        f"  a page in Chromium holds {opened} connections when opened, {later} after {KEPT_SECONDS} s, {hearing} with a message said, "
        f"and {len(sockets)} websockets",
        flush=True,
    )


def _connections(port: int) -> int:
    """Return how many connections there are to a port of this machine, seen from the side that opened them."""
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return sum(row[2].endswith(f":{port:04X}") and row[3] == _ESTABLISHED for row in rows)


def _allow_files() -> None:
    """Let this process hold as many connections as it may."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
