"""What the run engine adds to a model's own time: against a direct call to the same scripted server, in the same run.

    .venv/bin/python benchmarks/chat.py [--rounds 30]

Prints medians and ratios: time to the first token (engine against a bare aiohttp client, interleaved), CPU per streamed token at
50 tokens a second and in a burst with the run's log written, and 50 runs at once.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import aiohttp

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from babble_app.llm import litellm_client  # noqa: E402
from babble_app.schemas.events import TextDelta  # noqa: E402
from babble_app.services import accounts, chats, runs, workspaces  # noqa: E402
from babble_app.services.startup import serving  # noqa: E402
from babble_app.settings import Settings  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator

    from babble_app.services.runtime import Runtime

MODEL = "openai/fake-model"
WORDS = " ".join(f"word{n}" for n in range(500))
SCRIPT = {
    "rules": [
        {"when": {"user": "short"}, "answer": {"text": "Hello there."}},
        {"when": {"user": "paced"}, "answer": {"text": WORDS, "tokens_per_second": 50}},
        {"when": {"user": "burst"}, "answer": {"text": WORDS}},
    ]
}


@contextmanager
def model_server() -> Iterator[str]:
    """Run the scripted server in a process of its own, so that its CPU is not ours; yield its address."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as script:
        json.dump(SCRIPT, script)
        script.flush()
        command = [
            sys.executable,
            "-m",
            "tests.fakes.model_server",
            "--port",
            "0",
            "--script",
            script.name,
        ]
        server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        try:
            assert server.stdout is not None
            port = "".join(
                char for char in server.stdout.readline().rpartition(":")[2] if char.isdigit()
            )
            yield f"http://127.0.0.1:{port}/v1"
        finally:
            server.terminate()
            server.wait()
            assert server.stdout is not None
            server.stdout.close()


async def direct_first_token(session: aiohttp.ClientSession, url: str, text: str) -> float:
    """Return the seconds until the first content arrives at a bare client, and read on to the end."""
    body = {"model": "fake-model", "stream": True, "messages": [{"role": "user", "content": text}]}
    began = time.perf_counter()
    first = 0.0
    async with session.post(f"{url}/chat/completions", json=body) as response:
        async for line in response.content:
            if not first and b'"content":"' in line.replace(b'": "', b'":"'):
                first = time.perf_counter() - began
    return first


async def engine_first_token(rt: Runtime, owner_id: str, chat_id: str, text: str) -> float:
    """Return the seconds from sending to the first stored and published piece, and read on to the end.

    Always a new answer: one that is given again asks no model.
    """
    began = time.perf_counter()
    first = 0.0
    run = await runs.start(rt, owner_id, chat_id, text=text, mode="chat", fresh=True)
    async for item in runs.events(rt, owner_id, run.id):
        if not first and isinstance(item.event, TextDelta):
            first = time.perf_counter() - began
    return first


async def engine_cpu(
    rt: Runtime, owner_id: str, chats_: list[str], text: str
) -> tuple[float, float]:
    """Run `text` in all chats at once; return CPU seconds and wall seconds."""
    cpu, wall = time.process_time(), time.perf_counter()
    await asyncio.gather(*(engine_first_token(rt, owner_id, chat, text) for chat in chats_))
    return time.process_time() - cpu, time.perf_counter() - wall


async def direct_cpu(url: str, count: int, text: str) -> tuple[float, float]:
    """The same through a bare client."""
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        cpu, wall = time.process_time(), time.perf_counter()
        await asyncio.gather(*(direct_first_token(session, url, text) for _ in range(count)))
        return time.process_time() - cpu, time.perf_counter() - wall


async def new_chats(rt: Runtime, owner_id: str, count: int) -> list[str]:
    """Make fresh chats: an earlier exchange would be sent along as history."""
    workspace = await workspaces.create_workspace(rt, owner_id, "bench")
    made = [await chats.create_chat(rt, owner_id, workspace.id, model=MODEL) for _ in range(count)]
    return [chat.id for chat in made]


def show(name: str, ours: float, baseline: float, unit: str) -> None:
    """Print a figure beside its baseline."""
    ratio = ours / baseline if baseline else float("inf")
    print(f"{name:58} {ours:9.2f} {unit:3} direct {baseline:9.2f} {unit:3} ratio {ratio:6.2f}")


async def measure(rounds: int) -> None:
    """Run everything once and print it."""
    with model_server() as url, tempfile.TemporaryDirectory() as folder:
        settings = Settings(
            _env_file=None,
            BABBLE_DATA_DIR=folder,
            DATABASE_URL="",
            OPENAI_API_KEY="sk-bench",
            OPENAI_BASE_URL=url,
        )
        async with serving(settings) as rt, aiohttp.ClientSession() as session:
            # LiteLLM's import on its thread is not what is measured.
            await asyncio.wrap_future(litellm_client.loading())
            login = await accounts.register(
                rt,
                email="bench@example.com",
                password="correct horse battery",
                name="",
                address="",
                user_agent="",
            )
            owner = login.user.id
            firsts = await new_chats(rt, owner, rounds + 3)
            ours: list[float] = []
            theirs: list[float] = []
            for chat in firsts:
                ours.append(await engine_first_token(rt, owner, chat, "short"))
                theirs.append(await direct_first_token(session, url, "short"))
            ours_ms, theirs_ms = (statistics.median(values[3:]) * 1000 for values in (ours, theirs))
            show("time to first token, median", ours_ms, theirs_ms, "ms")
            print(f"{'  added':58} {ours_ms - theirs_ms:9.2f} ms")

            for name, text, count in (
                ("CPU a token, 10 streams of 50 tokens/s", "paced", 10),
                ("CPU a token, one burst of 500 tokens", "burst", 1),
                ("CPU a token, 50 runs at once, 50 tokens/s", "paced", 50),
            ):
                made = await new_chats(rt, owner, count)
                cpu, wall = await engine_cpu(rt, owner, made, text)
                direct, direct_wall = await direct_cpu(url, count, text)
                tokens = 500 * count
                show(name, cpu / tokens * 1e6, direct / tokens * 1e6, "us")
                show("  wall", wall, direct_wall, "s")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=30)
    asyncio.run(measure(parser.parse_args().rounds))
