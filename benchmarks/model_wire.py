"""What a streamed token costs: the direct adapter against bare aiohttp and against LiteLLM, in the same run.

    .venv/bin/python benchmarks/model_wire.py [--rounds 5]

All read the same answers of the scripted server, which is a process of its own so that its work is not counted. Rounds are
interleaved, medians are printed: believe the ratios. `bare` reads the bytes and throws them away. LiteLLM is measured
where it is used: on Anthropic's wire.
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
from contextlib import aclosing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from babble_app.llm import http, litellm_client  # noqa: E402
from babble_app.llm.deadlines import Deadlines  # noqa: E402
from babble_app.llm.guarded import GuardedClient  # noqa: E402
from babble_app.llm.litellm_client import LiteLLMWire  # noqa: E402
from babble_app.llm.openai_wire import OpenAIWire  # noqa: E402
from babble_app.llm.provider import Provider  # noqa: E402
from babble_app.llm.target import Target  # noqa: E402
from babble_app.schemas.models import ModelMessage, ModelRequest  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    Reader = Callable[[str], Awaitable[float]]
    """Reads the whole answer to a question; returns the seconds to its first piece."""

BURST_TOKENS = 2_000
PACED_TOKENS = 100
PACED_STREAMS = 20
SCRIPT = {
    "rules": [
        {"when": {"user": "short"}, "answer": "Hello there."},
        {"when": {"user": "burst"}, "answer": " ".join(f"word{n}" for n in range(BURST_TOKENS))},
        {
            "when": {"user": "paced"},
            "answer": {
                "text": " ".join(f"word{n}" for n in range(PACED_TOKENS)),
                "tokens_per_second": 50,
            },
        },
    ]
}


@contextmanager
def model_server() -> Iterator[str]:
    """Run the scripted server; yield its base address."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as script:
        json.dump(SCRIPT, script)
        script.flush()
        command = [sys.executable, "-m", "tests.fakes.model_server", "--script", script.name]
        server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert server.stdout is not None
        try:
            yield server.stdout.readline().split()[-1] + "/v1"
        finally:
            server.terminate()
            server.wait()
            server.stdout.close()


def bare(sessions: http.Sessions, url: str) -> Reader:
    """Read the bytes only."""

    async def read(text: str) -> float:
        body = {"model": "fake", "stream": True, "messages": [{"role": "user", "content": text}]}
        began, first = time.perf_counter(), 0.0
        async with sessions.get().post(f"{url}/chat/completions", json=body) as response:
            while data := await response.content.readany():
                if not first and b'"content": "Hello' in data:
                    first = time.perf_counter() - began
        return first

    return read


def through(client: GuardedClient) -> Reader:
    """Read through one of our clients."""

    async def read(text: str) -> float:
        request = ModelRequest(messages=(ModelMessage(role="user", text=text),))
        began, first = time.perf_counter(), 0.0
        async with aclosing(client.stream(request)) as events:
            async for event in events:
                if not first and event.type == "text":
                    first = time.perf_counter() - began
        return first

    return read


def make_readers(sessions: http.Sessions, url: str) -> dict[str, Reader]:
    """Name the three ways."""
    provider = Provider(id="openai", title="OpenAI", wire="openai", base_url=url)
    target = Target(provider, "fake", url, "sk-bench")
    own_wire = Provider(id="anthropic", title="Anthropic", wire="litellm")
    through_litellm = Target(own_wire, "claude-fake", url.removesuffix("/v1"), "sk-bench")
    deadlines = Deadlines()
    wires = {
        "direct": OpenAIWire(target, sessions, deadlines),
        "litellm": LiteLLMWire(through_litellm, sessions, deadlines),
    }
    clients = {name: GuardedClient(name, False, target, wire) for name, wire in wires.items()}
    return {
        "bare": bare(sessions, url),
        **{name: through(client) for name, client in clients.items()},
    }


async def cpu_per_token(reader: Reader, text: str, streams: int, tokens: int) -> float:
    """Return the CPU microseconds that this process spends on one token."""
    before = time.process_time()
    await asyncio.gather(*(reader(text) for _ in range(streams)))
    return (time.process_time() - before) / (streams * tokens) * 1e6


async def first_piece_ms(reader: Reader) -> float:
    """Return the median milliseconds to the first piece of a short answer."""
    return statistics.median([await reader("short") for _ in range(20)]) * 1e3


async def measure(rounds: int) -> None:
    """Run everything, interleaved, and print it."""
    sessions = http.Sessions()
    await asyncio.wrap_future(litellm_client.loading())
    with model_server() as url:
        readers = make_readers(sessions, url)
        for reader in readers.values():  # warm
            await reader("short")
        trials: dict[str, Callable[[Reader], Awaitable[float]]] = {
            "CPU µs a token, in a burst": lambda r: cpu_per_token(r, "burst", 1, BURST_TOKENS),
            f"CPU µs a token, {PACED_STREAMS} streams of 50 tokens/s": lambda r: cpu_per_token(
                r, "paced", PACED_STREAMS, PACED_TOKENS
            ),
            "ms to the first piece, one at a time": first_piece_ms,
        }
        for name, trial in trials.items():
            found: dict[str, list[float]] = {way: [] for way in readers}
            for _ in range(rounds):
                for way, reader in readers.items():
                    found[way].append(await trial(reader))
            show(name, {way: statistics.median(values) for way, values in found.items()})
        await sessions.close()


def show(name: str, medians: dict[str, float]) -> None:
    """Print one line of figures and ratios."""
    figures = "  ".join(f"{way} {value:8.2f}" for way, value in medians.items())
    bare_ratio = medians["direct"] / medians["bare"]
    print(
        f"{name:45} {figures}  direct/bare {bare_ratio:5.2f}"
        f"  litellm/direct {medians['litellm'] / medians['direct']:6.1f}"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    asyncio.run(measure(parser.parse_args().rounds))
