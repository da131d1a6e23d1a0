"""What the brain adds to a model's own time, and what it keeps under faults: all against a direct call in the same run.

    .venv/bin/python benchmarks/brain.py [--rounds 40] [--faults 10000] [--soak 50000] [--only NAME ...]

Everything goes through loopback servers, which are processes of their own. `direct` is our wire alone, `routed` the client as runs
open it (route, breaker, ledger on SQLite, cache), `run` a whole run of the engine with its log stored. Rounds are interleaved and
medians printed: believe the differences. The LiteLLM proxy stands beside them where its extras are installed (never by us), also in
another interpreter: `--proxy-python PATH`. The bars are those of PLATFORM.md 7 and of the issue.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import socket
import sys
import time
from contextlib import AsyncExitStack, ExitStack, aclosing
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from babble_app.schemas.events import TextDelta  # noqa: E402
from babble_app.services import chats, keys, runs, workspaces  # noqa: E402
from benchmarks.brain_faults import faults, soak  # noqa: E402
from benchmarks.brain_proxy import litellm_proxy  # noqa: E402
from benchmarks.brain_servers import model_server  # noqa: E402
from benchmarks.brain_setup import (  # noqa: E402
    ask,
    bench,
    median_ms,
    percentile,
    question,
    rss_mb,
    show,
    times,
)
from benchmarks.brain_streams import streams  # noqa: E402
from tests.call_factories import make_record  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from babble_app.llm.client import ModelClient
    from benchmarks.brain_setup import Bench

    Timed = Callable[[], Awaitable[tuple[float, float]]]
    """Asks once; returns the seconds to the first piece and to the end."""

BURST = 2_000


async def interleaved(rounds: int, ways: dict[str, Timed]) -> dict[str, tuple[float, float]]:
    """Ask in all ways in turn; return the medians in ms."""
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
    for number in range(rounds + 3):
        for name, way in ways.items():
            pair = await way()
            if number >= 3:
                found[name].append(pair)
    return {
        name: (median_ms([a for a, _ in pairs]), median_ms([b for _, b in pairs]))
        for name, pairs in found.items()
    }


def streamed(client: ModelClient) -> Timed:
    """Ask something new each time, streamed."""
    return lambda: times(client, ask(question()))


def whole(client: ModelClient) -> Timed:
    """Ask something new each time, in one piece."""

    async def way() -> tuple[float, float]:
        began = time.perf_counter()
        await client.complete(ask(question()))
        return 0.0, time.perf_counter() - began

    return way


async def run_engine(bench_: Bench, chat_id: str) -> tuple[float, float]:
    """Start a run and follow it to its end."""
    began, first = time.perf_counter(), 0.0
    run = await runs.start(bench_.rt, bench_.owner_id, chat_id, text=question(), mode="chat")
    async with aclosing(runs.events(bench_.rt, bench_.owner_id, run.id)) as events:
        async for item in events:
            if not first and isinstance(item.event, TextDelta):
                first = time.perf_counter() - began
    return first, time.perf_counter() - began


async def new_chats(bench_: Bench, url: str, model: str, count: int) -> list[str]:
    """Make fresh chats, whose model is behind the person's own key."""
    rt, owner_id = bench_.rt, bench_.owner_id
    await keys.set_key(rt, owner_id, "custom", "sk-bench", base_url=url)
    workspace = await workspaces.create_workspace(rt, owner_id, "bench")
    made = [
        await chats.create_chat(rt, owner_id, workspace.id, model=f"custom/{model}")
        for _ in range(count)
    ]
    return [chat.id for chat in made]


async def latency(bench_: Bench, url: str, rounds: int, proxy_python: str) -> None:
    """Print what is added to the first token and to the whole answer."""
    direct, routed = bench_.direct("short", url), bench_.routed("short", url)
    fresh_chats = iter(await new_chats(bench_, url, "short", rounds + 3))
    ways = {
        "direct": streamed(direct),
        "routed": streamed(routed),
        "run": lambda: run_engine(bench_, next(fresh_chats)),
    }
    async with AsyncExitStack() as stack:
        proxy = await stack.enter_async_context(litellm_proxy(proxy_python, url))
        if proxy:
            ways["litellm"] = streamed(bench_.direct("short", proxy))
        found = await interleaved(rounds, ways)
        pieces = {"direct": whole(direct), "routed": whole(routed)}
        if proxy:
            pieces["litellm"] = whole(bench_.direct("short", proxy))
        in_one = await interleaved(rounds, pieces)
    base_first, base_end = found["direct"]
    for name in list(found)[1:]:
        bar = None if name == "litellm" else 2.5
        note = f"direct {base_first:.3f}"
        show(f"{name}: added to the first token", found[name][0] - base_first, "ms", bar=bar, note=note)  # fmt: skip
        note = f"direct {base_end:.3f}"
        show(f"{name}: added to the end, streamed", found[name][1] - base_end, "ms", note=note)
    for name in list(in_one)[1:]:
        base = in_one["direct"][1]
        bar = None if name == "litellm" else 2.0
        show(f"{name}: added to an answer in one piece", in_one[name][1] - base, "ms", bar=bar, note=f"direct {base:.3f}")  # fmt: skip
    if not proxy:
        print("(litellm proxy: not installed)")


async def cpu(bench_: Bench, url: str, rounds: int) -> None:
    """Print the CPU of a request and of a streamed token."""
    for title, name, each, unit, bar in (
        ("CPU a request", "short", 1, "µs", None),
        ("CPU a token, one burst", f"burst-{BURST}", BURST, "µs", 40.0),
    ):
        count = max(5, rounds // 4) if each > 1 else rounds
        ways = {"direct": bench_.direct(name, url), "routed": bench_.routed(name, url)}
        found: dict[str, list[float]] = {way: [] for way in ways}
        for number in range(count + 2):
            for way, client in ways.items():
                before = time.process_time()
                await times(client, ask(question()))
                if number >= 2:
                    found[way].append((time.process_time() - before) / each)
        base, ours = (percentile(found[way], 0.5) * 1e6 for way in ("direct", "routed"))
        show(f"{title}, routed", ours, unit, bar=bar, note=f"direct {base:.1f}, ratio {ours / base:.2f}")  # fmt: skip
    paced = await new_chats(bench_, url, "paced-250", 20)
    direct = bench_.direct("paced-250", url)
    before = time.process_time()
    await asyncio.gather(*(times(direct, ask(question())) for _ in paced))
    base = (time.process_time() - before) / (250 * len(paced)) * 1e6
    before = time.process_time()
    await asyncio.gather(*(run_engine(bench_, chat) for chat in paced))
    ours = (time.process_time() - before) / (250 * len(paced)) * 1e6
    show("CPU a token, 20 runs of 50 tokens/s, log stored", ours, "µs", bar=200.0, note=f"direct {base:.1f}")  # fmt: skip


async def cached(bench_: Bench, url: str, rounds: int) -> None:
    """Print how long an answer takes that is given again."""
    client = bench_.routed("short", url)
    request = ask(question())
    await times(client, request)
    found = [(await times(client, request))[1] for _ in range(rounds * 10)]
    show("cached answer, p50", median_ms(found), "ms", bar=1.0)
    show("cached answer, p95", percentile(found, 0.95) * 1e3, "ms")


async def taxes(bench_: Bench, url: str, other_url: str, rounds: int) -> None:
    """Print what a refusal before the answer, and a race, cost in time."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        dead_url = f"http://127.0.0.1:{unused.getsockname()[1]}/v1"
    healthy, other = bench_.candidate("short", url), bench_.candidate("short", other_url)
    refused, dead = bench_.candidate("refused", other_url), bench_.candidate("short", dead_url)
    found = await interleaved(
        rounds,
        {
            "alone": lambda: times(bench_.along(healthy), ask(question())),
            "503": lambda: times(bench_.along(refused, healthy), ask(question())),
            "dead": lambda: times(bench_.along(dead, healthy), ask(question())),
            "race": lambda: times(bench_.along(healthy, other, racing=True), ask(question())),
        },
    )
    alone = found["alone"][0]
    for way, title, bar in (
        ("503", "failover tax: the first answers 503", 50.0),
        ("dead", "failover tax: the first refuses the connection", 50.0),
        ("race", "race tax", 2.0),
    ):
        show(title, found[way][0] - alone, "ms", bar=bar, note=f"alone {alone:.3f}")


async def money(bench_: Bench, rounds: int) -> None:
    """Print what setting money aside and settling cost, with two budgets in place."""
    rt, scope = bench_.rt, bench_.scope
    record = make_record(scope.owner_id, model="custom/short")
    reserving: list[float] = []
    settling: list[float] = []
    for _ in range(rounds * 10):
        began = time.perf_counter()
        hold = await rt.meter.reserve(scope, "custom/short", ask("Hello there, who are you?"))
        between = time.perf_counter()
        await hold.settle(record)
        reserving.append(between - began)
        settling.append(time.perf_counter() - between)
    show("reserve, p50", median_ms(reserving), "ms")
    show("settle until the row is stored, p50", median_ms(settling), "ms")
    before, began = time.process_time(), time.perf_counter()

    async def one() -> None:
        hold = await rt.meter.reserve(scope, "custom/short", ask("Hello"))
        await hold.settle(record)

    for _ in range(20):
        await asyncio.gather(*(one() for _ in range(50)))
    cpu_us, a_second = (time.process_time() - before) * 1e3, 1000 / (time.perf_counter() - began)
    show("CPU of reserve and settle, 50 at once", cpu_us, "µs", note=f"{a_second:.0f}/s")


async def measure(options: argparse.Namespace) -> None:
    """Run the parts that are wanted."""
    share = ("--fault-share", "0.2")
    print(
        f"(load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores: what others do is in every figure)"
    )
    async with bench() as opened:
        with model_server() as url, model_server() as other:
            parts: dict[str, Callable[[], Awaitable[None]]] = {
                "latency": lambda: latency(opened, url, options.rounds, options.proxy_python),
                "cpu": lambda: cpu(opened, url, options.rounds),
                "cached": lambda: cached(opened, url, options.rounds),
                "taxes": lambda: taxes(opened, url, other, options.rounds),
                "money": lambda: money(opened, options.rounds),
                "streams": lambda: streams(opened, url),
                "soak": lambda: soak(opened, url, options.soak),
            }
            for name, part in parts.items():
                if name in options.only:
                    await part()
        if "faults" in options.only:
            with ExitStack() as stack:
                servers = [model_server(*share, "--seed", seed) for seed in ("1", "2", "3")]
                urls = [stack.enter_context(server) for server in servers]
                await faults(opened, urls, options.faults)
    print(f"(this process: {rss_mb():.0f} MB)")


if __name__ == "__main__":
    parts = ("latency", "cpu", "cached", "taxes", "money", "streams", "soak", "faults")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--faults", type=int, default=10_000)
    parser.add_argument("--soak", type=int, default=50_000)
    parser.add_argument("--only", nargs="+", choices=parts, default=parts)
    parser.add_argument("--proxy-python", default=sys.executable)
    logging.basicConfig(level=logging.ERROR)  # refusals are meant
    asyncio.run(measure(parser.parse_args()))
