"""What Babble adds to a model's own time when a host app chats with an app: against a raw relay of aiohttp in the same run.

    .venv/bin/python benchmarks/api.py [--rounds 40] [--only NAME ...]

Needs a finished build (`make run` once), and Chromium for `page` and `visitors`. Babble runs as it is installed, with all its
layers, and stores each turn on SQLite; model, relay and Babble are processes of their own, and this one is the client. Rounds are
interleaved and medians printed: believe the differences. CPU is that of the server's processes; it tells more than the clock where
others use the machine. The bars are those of PLATFORM.md 7, and of UX.md for the widget's loader.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.api_calls import agent, cached, completions, latency, rate  # noqa: E402
from benchmarks.api_embed import loader, page  # noqa: E402
from benchmarks.api_servers import babble, relay  # noqa: E402
from benchmarks.api_setup import Bench  # noqa: E402
from benchmarks.api_streams import cpu, sixteen, streams  # noqa: E402
from benchmarks.api_visitors import visitors  # noqa: E402
from benchmarks.brain_servers import model_server  # noqa: E402
from benchmarks.brain_setup import show  # noqa: E402


async def measure(options: argparse.Namespace) -> None:
    """Run the parts that are wanted."""
    print(f"(load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores: what others do is in every figure of the clock)")  # fmt: skip
    with model_server() as model_url, relay(model_url) as raw:
        async with babble(model_url) as ours:
            bench = Bench(ours, raw, model_url, options.rounds)
            resting = ours.server.memory_kb() / 1024
            show("memory of the server at rest", resting, "MB", bar=300.0)
            for name, part in PARTS.items():
                if name in options.only:
                    await part(bench)
            print(f"(the server in the end: {ours.server.memory_kb() / 1024:.0f} MB)")


PARTS = {
    "latency": latency,
    "completions": completions,
    "agent": agent,
    "rate": rate,
    "cached": cached,
    "sixteen": sixteen,
    "cpu": cpu,
    "streams": streams,
    "loader": loader,
    "page": page,
    "visitors": visitors,
}

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=tuple(PARTS))
    asyncio.run(measure(parser.parse_args()))
