"""The same program with the same answers gives the same run: in every process, from every pause."""

import json
import os
import random
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from babble_app.based.parser import parse
from babble_app.based.runner import Execution
from tests.unit.based.agents import AGENTS, answer

ROOT = Path(__file__).parents[3]
CHILD = """
import json, sys
from datetime import UTC, datetime
from babble_app.based.parser import parse
from babble_app.based.runner import Execution

runs = []
for code, log, seed in json.load(sys.stdin):
    run = Execution(parse(code), log, seed=seed, now=lambda: datetime(2026, 5, 5, tzinfo=UTC))
    runs.append([[e.model_dump(mode="json") for e in run.events], run.status, repr(run.pending), run.variables])
print(json.dumps(runs))
"""
ORDERS = """
words = {"pear", "apple", "fig", "plum", None, 3.5, (1, "a")}
print(words, sorted(map(str, words)), list(words | {"kiwi"}), words - {"fig"}, frozenset("hello"))
print({w: 1 for w in words}, hash("a"), hash(("a", 1)), [*{"b", "a"}], "".join({"x", "y"}), words.pop())
class A:
    pass
print([type(x).__name__ for x in {A(), "a", 1}], {"a": 1}.keys() | {"b", "c"}, list({"q", "r"} ^ {"r", "s"}))
import random, uuid
from collections import Counter
print(random.choice(list({"a", "b", "c"})), uuid.uuid4(), random.sample(sorted({"a", "b"}), 2), Counter({"x", "y", "z"}))
"""


NOON = datetime(2026, 5, 5, tzinfo=UTC)


def play(code: str, seed: int) -> Execution:
    dice = random.Random(seed)  # noqa: S311 -- repeatable on purpose
    execution = Execution(parse(code), seed=seed)
    while execution.pending is not None and execution.status == "waiting":
        execution.send(answer(execution.pending, dice))
    return execution


def shown(execution: Execution) -> list[object]:
    events = [event.model_dump(mode="json") for event in execution.events]
    return [events, execution.status, repr(execution.pending), execution.variables]


def elsewhere(runs: list[tuple[str, list[dict[str, object]], int]], hash_seed: str) -> list[object]:
    """What the runs are in another process."""
    child = subprocess.run(
        [sys.executable, "-c", CHILD],
        input=json.dumps(runs),
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        timeout=60,
    )
    return json.loads(child.stdout)


def test_other_processes_go_on_from_every_pause_with_the_same_run() -> None:
    runs = []
    for seed, code in enumerate([*AGENTS, *AGENTS]):
        log = play(code, seed).log
        runs += [
            (code, log[:step], seed)
            for step in range(len(log) + 1)
            if step % 3 == 0 or step == len(log)
        ]
    runs.append((ORDERS, [], 7))

    first, second = elsewhere(runs, "1"), elsewhere(runs, "2")

    assert first == second
    for (code, log, seed), there in zip(runs, first, strict=True):
        assert there == shown(Execution(parse(code), log, seed=seed, now=lambda: NOON))


@pytest.mark.parametrize("code", AGENTS)
def test_thirty_replays_are_identical(code: str) -> None:
    for seed in range(30):
        run = play(code, seed)

        again = Execution(parse(code), json.loads(json.dumps(run.log)), seed=seed)

        assert shown(again) == shown(run)
        assert again.log == run.log


def test_time_goes_on_while_a_program_sleeps_and_nobody_waits() -> None:
    code = (
        "import time, asyncio\nfrom datetime import datetime, date\na = time.time()\nd = datetime.now()\ntime.sleep(3600 * 20)\n"
        "await asyncio.sleep(0.5)\nprint(time.time() - a, datetime.now() - d, date.today(), time.monotonic() - a)\n"
    )

    execution = Execution(parse(code), now=lambda: datetime(2026, 1, 1, 12, tzinfo=UTC))

    assert execution.events[-2].text == "72000.5 20:00:00.500000 2026-01-02 72000.5"
    later = Execution(parse(code), execution.log, now=lambda: datetime(2030, 1, 1, tzinfo=UTC))
    assert later.events == execution.events
    assert [e.data["args"] for e in execution.events if e.name == "sleep"] == [
        {"seconds": timedelta(hours=20).total_seconds()}, {"seconds": 0.5},
    ]  # fmt: skip


def test_a_time_without_a_zone_does_not_depend_on_the_server(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    code = (
        "from datetime import datetime, date\nx = datetime(2026, 1, 1)\n"
        "print(x.timestamp(), datetime.fromtimestamp(0), date.fromtimestamp(0), x.astimezone().isoformat())\n"
    )

    assert Execution(parse(code)).events[-2].text == (
        "1767225600.0 1970-01-01 00:00:00 1970-01-01 2026-01-01T00:00:00+00:00"
    )
