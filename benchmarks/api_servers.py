"""The servers that `benchmarks/api.py` compares: Babble as it is installed, and a raw relay of aiohttp, each in a process of its own.

.venv/bin/python benchmarks/api_servers.py UPSTREAM    (the relay alone)
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import aiohttp
from aiohttp import web

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from babble_app.services import app_tokens, apps, budgets, keys  # noqa: E402
from babble_app.services.runtime import Runtime, running  # noqa: E402
from babble_app.settings import Settings  # noqa: E402
from benchmarks.api_wire import Call  # noqa: E402
from tests.factories import make_agent, make_user, make_workspace  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Generator

MODELS = ("short", "paced-250", "paced-500", "burst-2000")
PROGRAM = """loop:
    talk("Answer the visitor.", False)
until "The visitor says goodbye":
    say("Goodbye!", True)
"""
READY_SECONDS = 120
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Server:
    """A process that answers, and what it takes."""

    url: str
    pid: int

    def cpu(self) -> float:
        """Return the seconds of CPU that it and its workers have taken."""
        return sum(_cpu_of(pid) for pid in _family(self.pid))

    def waited(self) -> float:
        """Return the seconds that their threads stood in line for a core: what others on the machine took from them."""
        return sum(_waited_of(pid) for pid in _family(self.pid))

    def memory_kb(self) -> float:
        """Return the memory of it and its workers; what they share counts once."""
        return sum(_memory_of(pid) for pid in _family(self.pid))


@dataclass(frozen=True)
class Babble:
    """A running Babble, with a token of an app for each of the loopback model's ways to answer, and one of an agent."""

    server: Server
    tokens: dict[str, str]
    slugs: dict[str, str]
    """Of the same apps, for their embed pages."""

    def chat(self, name: str) -> Call:
        """Return the call that is answered in one piece."""
        return Call(f"{self.server.url}/api/v1/chat", self.tokens[name])

    def stream(self, name: str) -> Call:
        """Return the call that is streamed."""
        return Call(f"{self.server.url}/api/v1/chat/stream", self.tokens[name])

    def completions(self, name: str) -> Call:
        """Return the call of OpenAI's clients."""
        return Call(f"{self.server.url}/v1/chat/completions", self.tokens[name])


@asynccontextmanager
async def babble(upstream: str) -> AsyncGenerator[Babble]:
    """Start Babble as `make run` does, in front of the loopback model; needs a finished build."""
    with tempfile.TemporaryDirectory() as folder:
        price = {"input_per_million": 1.0, "output_per_million": 4.0}
        prices = Path(folder) / "prices.json"
        prices.write_text(json.dumps({f"custom/{name}": price for name in MODELS}))
        values = {"BABBLE_DATA_DIR": folder, "BABBLE_PRICES_FILE": str(prices), "DATABASE_URL": ""}
        settings = Settings(_env_file=None, **values)  # pyright: ignore[reportCallIssue]
        async with running(settings) as rt:
            tokens, slugs = await _make_apps(rt, upstream)
        with _started(["-m", "babble_app", "run"], "/health/ready", values) as server:
            wait_until_idle(server)
            yield Babble(server, tokens, slugs)


@contextmanager
def relay(upstream: str) -> Generator[Server]:
    """Start a server that hands requests on and answers back, and does nothing else."""
    with _started([__file__, upstream], "/", {}) as server:
        yield server


def wait_until_idle(server: Server) -> None:
    """Return when the server has done what it does after its start (LiteLLM's import among it)."""
    time.sleep(3)
    while True:
        before = server.cpu()
        time.sleep(1)
        if server.cpu() - before < 0.05:
            return


async def _make_apps(rt: Runtime, upstream: str) -> tuple[dict[str, str], dict[str, str]]:
    owner_id = (await make_user(rt, role="admin")).id
    await keys.set_key(rt, owner_id, "custom", "sk-bench", base_url=upstream)
    await budgets.set_budget(rt, owner_id, "person", owner_id, "month", limit_usd=100_000)
    made = {
        name: await apps.create_app(rt, owner_id, name, model=f"custom/{name}") for name in MODELS
    }
    _, workspace = await make_workspace(rt, owner_id)
    version = await make_agent(rt, owner_id, workspace.id, program=PROGRAM)
    made["agent"] = await apps.create_app(
        rt, owner_id, "agent", agent_id=version.agent_id, model="custom/short"
    )
    for app in made.values():
        await apps.update_app(rt, owner_id, app.id, rate_limit_per_minute=apps.MAX_RATE_LIMIT)
    tokens = {
        name: (await app_tokens.create_token(rt, owner_id, app.id, "bench")).token
        for name, app in made.items()
    }
    return tokens, {name: app.slug for name, app in made.items()}


@contextmanager
def _started(command: list[str], path: str, values: dict[str, str]) -> Generator[Server]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, *command, "--port", str(port)],
        cwd=ROOT,
        env=os.environ | values,
        stdout=subprocess.DEVNULL,
    )
    try:
        url = f"http://127.0.0.1:{port}"
        _wait_until_answered(process, f"{url}{path}")
        yield Server(url, process.pid)
    finally:
        process.terminate()
        process.wait()


def _wait_until_answered(process: subprocess.Popen[bytes], url: str) -> None:
    import httpx  # noqa: PLC0415

    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(url).status_code != 503:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    raise RuntimeError(f"{url} does not answer")


def _family(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(one for child in children for one in _family(int(child)))]


def _cpu_of(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _waited_of(pid: int) -> float:
    tasks = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(task.read_text().split()[1]) for task in tasks) / 1e9


def _memory_of(pid: int) -> float:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return sum(float(line.split()[1]) for line in lines if line.startswith("Pss:"))


def _serve_relay(upstream: str, port: int) -> None:
    """Hand on what comes: the limit that nothing written in Python goes below."""

    async def relayed(request: web.Request) -> web.StreamResponse:
        body = await request.read()
        headers = {"Content-Type": "application/json"}
        async with request.app[_SESSION].post(
            f"{upstream}/chat/completions", data=body, headers=headers
        ) as source:
            if b'"stream":true' not in body:
                return web.Response(body=await source.read(), content_type="application/json")
            response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
            await response.prepare(request)
            async for piece in source.content.iter_any():
                await response.write(piece)
            await response.write_eof()
            return response

    async def opened(app: web.Application) -> AsyncGenerator[None]:
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
            app[_SESSION] = session
            yield

    app = web.Application()
    app.cleanup_ctx.append(opened)
    app.router.add_post("/relay", relayed)
    web.run_app(app, host="127.0.0.1", port=port, print=None, access_log=None)


_SESSION = web.AppKey("session", aiohttp.ClientSession)

if __name__ == "__main__":
    _serve_relay(sys.argv[1], int(sys.argv[3]))
