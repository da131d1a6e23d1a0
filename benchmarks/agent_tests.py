"""Replaying an agent's tests on a new version: how long its card waits for them (the bar: 20 tests in 3 s).

    .venv/bin/python benchmarks/agent_tests.py [--tests 20] [--turns 20] [--lines 300]

Builds a front desk with nested conversations of so many lines, records conversations of so many turns, and replays them on a changed
program: the tests alone (parsing, running, judging), and the whole service with SQLite (reading, a thread, storing), against a single
test; and how late the event loop was meanwhile.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from babble_app.based.parser import parse  # noqa: E402
from babble_app.based.recording import Recorded  # noqa: E402
from babble_app.schemas.agent_tests import TestSpec  # noqa: E402
from babble_app.schemas.events import VersionProposed  # noqa: E402
from babble_app.services import accounts, agent_tests, agents, test_replays, test_runs, workspaces  # noqa: E402
from babble_app.services.runtime import running  # noqa: E402
from babble_app.settings import Settings  # noqa: E402

if TYPE_CHECKING:
    from babble_app.services.runtime import Runtime

BAR_SECONDS = 3.0
DESK = """\
    until "the caller wants service {n}":
        details = res.ask(question="What of service {n}?", example={{"what": "x", "count": 1}})
        total = 0
        for item in range(details["count"]):
            total = total + item * {n}
        extract("service_{n}", total)
        say(f"Service {n}: {{details['what']}}, {{total}}.")
        return
"""


def make_program(lines: int) -> str:
    """Return a program of about so many lines."""
    services = "".join(DESK.format(n=n) for n in range(max(1, (lines - 8) // 8)))
    return (
        'say("Welcome.")\nloop:\n    talk("You are the front desk.", False)\nuntil "the caller is known":\n    loop:\n'
        f'        res = talk("Find out which service they want.", False)\n{services}'
        'until "the caller leaves":\n    say("Goodbye!")\n'
    )


def make_log(turns: int, services: int, seed: int) -> list[dict[str, Any]]:
    """Return a conversation's answers, another one for each seed."""
    log: list[dict[str, Any]] = [
        {"kind": "user", "text": "I am Ada"},
        {"kind": "talk", "exit": "the_caller_is_known", "arguments": {}},
    ]
    for turn in range(turns - 1):
        n = (seed * 7 + turn * 3) % services
        log += [
            {"kind": "user", "text": f"service {n} please"},
            {"kind": "talk", "exit": f"the_caller_wants_service_{n}", "arguments": {}},
            {"kind": "ask", "value": {"what": f"thing {turn}", "count": 20}},
        ]
    return log


async def measure(rt: Runtime, text: str, specs: list[TestSpec]) -> dict[str, float]:
    """Save the tests, then replay them on new versions; return medians in milliseconds."""
    user = await accounts.create_user(
        rt, email="ada@example.com", password="a plain long sentence 7"
    )
    workspace = await workspaces.create_workspace(rt, user.id, "Bench")
    proposal = VersionProposed(kind="create", program=text, name="Desk", summary="x")
    version = await agents.create_agent(
        rt, user.id, workspace.id, proposal=proposal, request="x", model="demo/based"
    )
    agent = version.agent_id
    for number, spec in enumerate(specs):
        await agent_tests.add_test(
            rt, user.id, agent, name=f"Test {number}", kind="replay", spec=spec
        )
    found: dict[str, list[float]] = {"one": [], "service": [], "late": [], "idle": []}
    for round_number in range(5):
        changed = text.replace("Welcome.", "Welcome. ").replace("Goodbye!", f"Bye {round_number}!")
        start = time.perf_counter()
        test_replays.replay_all(changed, specs[:1])
        found["one"].append(time.perf_counter() - start)
        watch = asyncio.create_task(worst_delay())
        await asyncio.sleep(1)
        watch.cancel()
        found["idle"].append(await watch)
        watch = asyncio.create_task(worst_delay())
        start = time.perf_counter()
        report = await test_runs.run_replays(rt, user.id, agent, text=changed)
        found["service"].append(time.perf_counter() - start)
        watch.cancel()
        found["late"].append(await watch)
        assert report.badge.total == len(specs), report.summary
        assert report.badge.failed == len(specs), report.summary
    return {name: statistics.median(values) * 1000 for name, values in found.items()}


async def worst_delay() -> float:
    """Return by how much the event loop was late at the worst, until cancelled."""
    worst, step = 0.0, 0.005
    try:
        while True:
            start = time.perf_counter()
            await asyncio.sleep(step)
            worst = max(worst, time.perf_counter() - start - step)
    except asyncio.CancelledError:
        return worst


def main() -> int:
    """Print the figures; end with 1 when the bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tests", type=int, default=20)
    parser.add_argument("--turns", type=int, default=20)
    parser.add_argument("--lines", type=int, default=300)
    options = parser.parse_args()
    text = make_program(options.lines)
    program = parse(text)
    services = max(1, (options.lines - 8) // 8)
    specs: list[TestSpec] = []
    for seed in range(options.tests):
        recorded = Recorded(program, make_log(options.turns, services, seed))
        specs.append(TestSpec(turns=tuple(recorded.turns), recording=recorded.recording))

    async def work() -> dict[str, float]:
        with tempfile.TemporaryDirectory() as folder:
            settings = Settings(_env_file=None, BABBLE_DATA_DIR=folder, DATABASE_URL="")  # type: ignore[call-arg]
            async with running(settings) as rt:
                return await measure(rt, text, specs)

    found = asyncio.run(work())
    lines = text.count("\n")
    print(f"{options.tests} replays of {options.turns} turns on a new version of {lines} lines:")
    print(
        f"  all, with the database   {found['service']:8.1f} ms   bar {BAR_SECONDS * 1000:.0f} ms"
    )
    print(
        f"  one, alone               {found['one']:8.1f} ms   ratio {found['service'] / found['one']:.1f}"
    )
    print(
        f"  event loop late by       {found['late']:8.1f} ms at the worst, without replays {found['idle']:.1f} ms"
    )
    return 0 if found["service"] <= BAR_SECONDS * 1000 else 1


if __name__ == "__main__":
    sys.exit(main())
