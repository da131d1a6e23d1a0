"""Measures the checker of the Based language: how fast, how right, how it bears hostile texts.

    python -m benchmarks.checker

Times are CPU time of one thread, the best of several; the ratio is to a bare `ast.parse` of the same text in the same run.
Programs are those of tests/unit/based: a table of wrong ones with the line each mistake is on, and a folder of right ones.
"""

from __future__ import annotations

import ast
import gc
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parent.parent))

from babble_app.based.checker import check
from tests.unit.based.cases import CASES
from tests.unit.based.test_checker import HOSTILE

if TYPE_CHECKING:
    from collections.abc import Callable

PROGRAMS = Path(__file__).parent.parent / "tests" / "unit" / "based" / "programs"
BLOCK = """\
# Takes the orders of a bakery; the prices are in euros.
def price(order, discount=0):
    total = sum(prices.get(item["cake"], 20) * item["count"] for item in order)
    return round(total * (1 - discount), 2)


prices = {"apple": 20, "cherry": 22}
orders = []
loop:
    res = talk(
        "You take cake orders for the bakery. Exits: the customer names a cake; the customer leaves.",
        False,
    )
until "the customer names a cake":
    order = res.ask(question="Which cake, how many?", example={"cake": "apple", "count": 1})
    if not order["count"]:
        return "The number of cakes is missing."
    orders.append(order)
    say(f"{order['count']} x {order['cake']}, noted. Anything else?")
    return
until "the customer leaves":
    extract("total", price(orders))
    say("Goodbye!")
"""
LINES = BLOCK.count("\n")


def measure() -> None:
    """Print all figures."""
    _speed()
    _rightness()
    _hostility()


def _speed() -> None:
    for lines in (100, 1000, 4000):
        code = BLOCK * (lines // LINES) + "x = 1\n" * (lines % LINES)
        python = code.replace("loop:", "if 1:").replace("until ", "if    ")
        ours, bare = (
            _best(lambda code=code: check(code)),
            _best(lambda code=python: ast.parse(code)),
        )
        print(
            f"{lines:>5} lines  {ours * 1000:7.1f} ms   ast.parse {bare * 1000:6.1f} ms   ratio {ours / bare:.1f}"
        )


def _best(act: Callable[[], object]) -> float:
    best = 1e9
    for _ in range(9):
        gc.collect()
        start = time.thread_time()
        act()
        best = min(best, time.thread_time() - start)
    return best


def _rightness() -> None:
    documented = sum(len(one.failing) > 1 and len(one.passing) > 1 for one in CASES.values())
    print(f"codes with two failing and two passing programs: {documented} of {len(CASES)}")
    failing = [(code, *one) for code, case in CASES.items() for one in case.failing]
    found = sum((code, line) in _places(program) for code, program, line in failing)
    print(f"right code on the right line: {found} of {len(failing)} ({found / len(failing):.1%})")
    passing = [one for case in CASES.values() for one in case.passing]
    valid = passing + [path.read_bytes().decode() for path in sorted(PROGRAMS.glob("*.based"))]
    wrong = sum(not check(one).ok for one in valid)
    print(f"right programs with an error: {wrong} of {len(valid)}")


def _places(program: str) -> set[tuple[str, int]]:
    return {(one.code, one.line) for one in check(program).findings}


def _hostility() -> None:
    times = {}
    for name, text in HOSTILE.items():
        start = time.thread_time()
        check(text)
        times[name] = time.thread_time() - start
    slowest = max(times, key=lambda name: times[name])
    print(f"hostile texts: {len(times)}, slowest {times[slowest]:.2f} s ({slowest})")


if __name__ == "__main__":
    measure()
