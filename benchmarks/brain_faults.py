"""Many requests through faulty servers, and very many through a healthy one: nothing wrong, nothing lost, nothing kept."""

from __future__ import annotations

import asyncio
import gc
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select
from sqlmodel import col

from babble_app.errors import BabbleError
from babble_app.llm.route import Route
from babble_app.services import models
from babble_app.services.meter import Ledger
from babble_app.store import budgets as budget_rows
from babble_app.store.tables.usage import UsageRow
from benchmarks.brain_servers import echo_of, echo_usage
from benchmarks.brain_setup import INPUT_NANO, OUTPUT_NANO, ask, judge, rss_mb, show

if TYPE_CHECKING:
    from collections.abc import Awaitable, Iterator

    from babble_app.llm.client import ModelClient
    from babble_app.llm.route import Hold
    from babble_app.schemas.calls import CallRecord, CallScope
    from babble_app.schemas.models import ModelRequest
    from benchmarks.brain_setup import Bench

AT_ONCE = 32
MOST_GROWTH = 1.05
"""Of the memory over a soak."""


class CountingLedger(Ledger):
    """Counts what it is asked and told."""

    holds = 0
    settled = 0

    async def reserve(self, scope: CallScope, model: str, request: ModelRequest) -> Hold:
        """Count the hold, and hand out one that counts its end."""
        hold = await super().reserve(scope, model, request)
        self.holds += 1
        return _CountedHold(self, hold)


@dataclass
class _CountedHold:
    ledger: CountingLedger
    hold: Hold

    @property
    def max_output_tokens(self) -> int | None:
        """What the ledger allows."""
        return self.hold.max_output_tokens

    async def settle(self, record: CallRecord) -> None:
        self.ledger.settled += 1
        await self.hold.settle(record)


@dataclass
class Found:
    """What came of the requests."""

    right: int = 0
    wrong: list[str] = field(default_factory=list[str])
    failed: Counter[str] = field(default_factory=Counter[str])
    expected_nano: int = 0
    """Of the right answers, by what their server billed."""


async def faults(bench: Bench, urls: list[str], count: int) -> None:
    """Send `count` requests, every second one streamed, along routes over servers of which each fails now and then."""
    rt = bench.rt
    ledger = rt.meter = CountingLedger(rt.database, rt.writer)
    before = await _sums(bench)
    candidates = [bench.candidate("echo", url) for url in urls]
    found = Found()

    async def one(number: int) -> None:
        at = number % len(candidates)
        route = Route((*candidates[at:], *candidates[:at]), racing=number % 10 == 0)
        client = models.open_route(rt, route, bench.scope, fresh=True)
        await _ask_one(client, f"question {number}", found, streamed=number % 2 == 0)

    began = time.perf_counter()
    await _at_once((one(number) for number in range(count)), AT_ONCE)
    seconds = time.perf_counter() - began
    async with asyncio.timeout(30):
        # Losers of races say goodbye on their own.
        while parting := [task for task in rt.tasks if "race" in task.get_name()]:
            await asyncio.wait(parting)
    await _print_faults(bench, ledger, found, before, count, seconds)


async def _ask_one(client: ModelClient, question: str, found: Found, *, streamed: bool) -> None:
    request = ask(question)
    try:
        if streamed:
            parts = [event async for event in client.stream(request)]
            text = "".join(part.text for part in parts if part.type == "text")
        else:
            text = (await client.complete(request)).text
    except BabbleError as error:
        found.failed[error.code] += 1
        return
    if text != "".join(echo_of(question)):
        found.wrong.append(f"{question}: {text[:80]!r}")
        return
    found.right += 1
    tokens_in, tokens_out = echo_usage(question)
    found.expected_nano += tokens_in * INPUT_NANO + tokens_out * OUTPUT_NANO


async def _print_faults(
    bench: Bench,
    ledger: CountingLedger,
    found: Found,
    before: dict[str, tuple[int, int]],
    count: int,
    seconds: float,
) -> None:
    after = await _sums(bench)
    rows = {
        outcome: (number - before.get(outcome, (0, 0))[0], cost - before.get(outcome, (0, 0))[1])
        for outcome, (number, cost) in after.items()
    }
    calls = sum(number for number, _ in rows.values())
    all_nano = sum(cost for _, cost in after.values())
    caps = await bench.rt.database.fetch(budget_rows.list_all)
    tallies = [ledger.tally(cap) for cap in caps]
    outcomes = ", ".join(f"{name} {number}" for name, (number, _) in sorted(rows.items()))
    failed = ", ".join(f"{code} {number}" for code, number in found.failed.most_common())
    print(
        f"{count} requests in {seconds:.1f} s: {found.right} answered, failed: {failed or 'none'}"
    )
    judge("no wrong answer", holds=not found.wrong, note="; ".join(found.wrong[:3]))
    judge(
        "no lost request",
        holds=found.right + found.failed.total() == count,
        note=f"{found.right} + {found.failed.total()}",
    )
    judge(
        "no lost usage row: rows = holds = settled",
        holds=calls == ledger.holds == ledger.settled,
        note=f"{calls} rows ({outcomes}), {ledger.holds} holds, {ledger.settled} settled",
    )
    judge(
        "no unsettled reserve",
        holds=all(tally.held == 0 for tally in tallies),
        note=f"held {[tally.held for tally in tallies]}",
    )
    judge(
        "right answers cost what was billed, to the nano-dollar",
        holds=rows.get("ok", (0, 0))[1] == found.expected_nano,
        note=f"{rows.get('ok', (0, 0))[1]} = {found.expected_nano}",
    )
    judge(
        "budgets hold what all rows cost, to the nano-dollar",
        holds=all(tally.spent == all_nano for tally in tallies),
        note=f"{[tally.spent for tally in tallies]} = {all_nano}",
    )


async def soak(bench: Bench, url: str, count: int) -> None:
    """Send `count` requests past the cache, and watch the memory."""
    client = bench.routed("echo", url, fresh=True)
    marks: list[float] = []
    step = max(1, count // 10)

    async def one(number: int) -> None:
        await _ask_one(client, f"soak {number}", Found(), streamed=number % 2 == 0)

    began, cpu = time.perf_counter(), time.process_time()
    for start in range(0, count, step):
        await _at_once((one(start + number) for number in range(step)), AT_ONCE)
        gc.collect()
        marks.append(rss_mb())
    seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
    grown = marks[-1] / marks[0]
    shown = " ".join(f"{mark:.1f}" for mark in marks)
    print(
        f"{count} requests in {seconds:.1f} s ({count / seconds:.0f}/s, {cpu / count * 1e6:.0f} µs CPU each); RSS MB: {shown}"
    )
    show(
        "memory after the last tenth / after the first",
        grown,
        "",
        bar=MOST_GROWTH,
        note=f"{marks[0]:.1f} -> {marks[-1]:.1f} MB",
    )


async def _at_once(work: Iterator[Awaitable[None]], width: int) -> None:
    """Run the coroutines, so many at a time, each as soon as there is room."""

    async def worker() -> None:
        for one in work:
            await one

    await asyncio.gather(*(worker() for _ in range(width)))


async def _sums(bench: Bench) -> dict[str, tuple[int, int]]:
    """Return how many rows of each outcome there are, and what they cost."""
    outcome, cost = col(UsageRow.outcome), col(UsageRow.cost_nano)
    statement = select(outcome, func.count(), func.sum(cost)).group_by(outcome)

    def read(db: Any) -> dict[str, tuple[int, int]]:
        return {row[0]: (row[1], int(row[2] or 0)) for row in db.execute(statement)}

    return await bench.rt.database.fetch(read)
