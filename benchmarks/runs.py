"""Prints how runs of agents keep their promises (CANVAS.md 5), each figure beside its bar.

Usage: python benchmarks/runs.py
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import random
import resource
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from babble_app.based.parser import parse
from babble_app.based.runner import Execution
from tests.unit.based.agents import AGENTS, answer
from tests.unit.based.attacks import ESCAPES, LIMITS
from tests.unit.based.helpers import error_code
from tests.unit.based.test_differential import SNIPPETS

REPLAYS = 1000


def play(code: str, seed: int) -> Execution:
    """Run a program to its end with answers that the seed decides."""
    dice = random.Random(seed)  # noqa: S311 -- repeatable on purpose
    execution = Execution(parse(code), seed=seed)
    while execution.pending is not None and execution.status == "waiting":
        execution.send(answer(execution.pending, dice))
    return execution


def same(left: Execution, right: Execution) -> bool:
    """Whether two runs stand at the same place and came there in the same way."""
    return (left.events, left.status, left.pending, left.log, left.variables) == (
        right.events, right.status, right.pending, right.log, right.variables,
    )  # fmt: skip


def show(name: str, figure: str, bar: str, *, good: bool) -> bool:
    """Print a line."""
    print(f"{'ok  ' if good else 'MISS'} {name:48} {figure:>34}   bar: {bar}")
    return good


def replays() -> bool:
    """Replay runs from their logs as they are stored, JSON texts."""
    identical = 0
    for seed in range(REPLAYS):
        code = AGENTS[seed % len(AGENTS)]
        run = play(code, seed)
        again = Execution(parse(code), json.loads(json.dumps(run.log)), seed=seed)
        identical += same(run, again)
    return show(
        "replays identical",
        f"{identical} of {REPLAYS}",
        "1,000 of 1,000",
        good=identical == REPLAYS,
    )


def resumes() -> bool:
    """Stop at each pause and go on from the log."""
    pauses = wrong = 0
    for seed, code in enumerate(AGENTS * 3):
        whole = play(code, seed)
        for step in range(len(whole.log) + 1):
            pauses += 1
            run = Execution(parse(code), json.loads(json.dumps(whole.log[:step])), seed=seed)
            for entry in whole.log[len(run.log) :]:
                if entry["kind"] != "now":
                    run.send(entry)
            wrong += [e.type for e in run.events] != [e.type for e in whole.events]
    return show("resumed at every pause", f"{pauses - wrong} of {pauses}", "all", good=wrong == 0)


def steps() -> bool:
    """Time one step from answer to answer."""
    times: list[float] = []
    for seed, code in enumerate(AGENTS * 10):
        dice = random.Random(seed)  # noqa: S311 -- repeatable on purpose
        execution = Execution(parse(code), seed=seed)
        while execution.pending is not None and execution.status == "waiting":
            given = answer(execution.pending, dice)
            start = time.process_time()
            execution.send(given)
            times.append((time.process_time() - start) * 1000)
    times.sort()
    middle, most = times[len(times) // 2], times[int(len(times) * 0.99)]
    return show(
        "a step, time of CPU",
        f"median {middle:.2f} ms, p99 {most:.2f} ms",
        "<= 5 ms",
        good=most <= 5,
    )


def replay_tests() -> bool:
    """Time 20 replays of recorded conversations, parsing included."""
    runs = [(code, play(code, n).log, n) for n, code in enumerate((AGENTS * 20)[:20])]
    start = time.perf_counter()
    for code, log, seed in runs:
        Execution(parse(code), log, seed=seed)
    seconds = time.perf_counter() - start
    return show("20 replay tests", f"{seconds:.3f} s", "<= 3 s", good=seconds <= 3)


def against_python() -> bool:
    """Compare with CPython on the same snippets; no bar, it says what the walk costs."""
    start = time.perf_counter()
    for code in SNIPPETS:
        Execution(parse(code))
    ours = time.perf_counter() - start
    start = time.perf_counter()
    with contextlib.redirect_stdout(io.StringIO()):
        for code in SNIPPETS:
            exec(compile(code, "snippet", "exec"), {"__name__": "__main__"})  # noqa: S102 -- the reference
    theirs = time.perf_counter() - start
    figure = f"{ours / len(SNIPPETS) * 1000:.1f} ms each, {ours / theirs:.0f} x CPython"
    return show(f"{len(SNIPPETS)} snippets, parse and run", figure, "none", good=True)


def attack(code: str) -> tuple[str, float, int]:
    """Run a program in a child; return its code, its seconds of CPU, and the KiB that it took."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        start = time.process_time()
        execution = Execution(parse(code))
        seconds = time.process_time() - start
        used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        words = json.dumps([error_code(execution) or execution.status, seconds, used])
        os.write(writing, words.encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        text = pipe.read()
    os.waitpid(child, 0)
    result: tuple[str, float, int] = tuple(json.loads(text)) if text else ("died", 0.0, 0)
    return result


def attacks() -> bool:
    """Run all attack programs; each must end with a code, in time and memory."""
    table = [(name, code, codes) for name, (code, codes) in LIMITS.items()]
    table += [(name, code, "R_ERROR|R_NOT_ALLOWED|R_NAME") for name, code in ESCAPES.items()]
    results: list[tuple[str, str, float, int]] = []
    for name, code, codes in table:
        got, seconds, used = attack(code)
        results.append((name, got if got in codes.split("|") else f"WRONG: {got}", seconds, used))
    wrong = [f"{name}: {got}" for name, got, _, _ in results if got.startswith("WRONG")]
    slowest = max(results, key=lambda r: r[2])
    largest = max(results, key=lambda r: r[3])
    print(*wrong, sep="\n", end="\n" if wrong else "")
    good = show(
        "attack programs ended by a code",
        f"{len(results) - len(wrong)} of {len(results)}",
        "all of >= 60",
        good=not wrong,
    )
    good &= show(
        "the slowest of them", f"{slowest[2]:.2f} s ({slowest[0]})", "<= 2 s", good=slowest[2] <= 2
    )
    size = f"{largest[3] / 1024:.0f} MiB ({largest[0]})"
    return good & show(
        "the largest of them, above the start", size, "<= 150 MiB", good=largest[3] <= 150 * 1024
    )


def main() -> int:
    """Print all figures; the exit code says whether every bar was met."""
    parts = (replays, resumes, steps, replay_tests, against_python, attacks)
    return 1 if [part for part in parts if not part()] else 0


if __name__ == "__main__":
    sys.exit(main())
