"""Runs every check; `--quick` leaves out the slow tests. The long ones run side by side, and counts come at the end.

What is printed of a check comes in one piece, when it is done.
"""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

BIN = Path(sys.executable).parent
PYTEST = [sys.executable, "-m", "pytest", "-rsR", "--durations=5"]


@dataclass(frozen=True)
class Check:
    """A command that must end with 0."""

    name: str
    command: tuple[str | Path, ...]


SHORT = (
    Check("format", (BIN / "ruff", "format", "--check", "--quiet", ".")),
    Check("lint", (BIN / "ruff", "check", "--quiet", ".")),
    Check("import contracts", (BIN / "lint-imports", "--no-logo")),
)
TYPES = Check("types", (BIN / "pyright", "--warnings"))
QUICK = ((TYPES,), (Check("unit tests", (*PYTEST, "tests/unit")),))
BROWSER = [*PYTEST, "--reruns", "1"]
"""On a machine that runs five rows at once a page can be late for once; who fails twice fails, and who needed it is named."""
SECOND = tuple(
    f"tests/browser/test_{name}.py"
    for name in (
        "handler_matrix",
        "sockets",
        "canaries",
        "wrong_inputs",
        "three_agents",
        "starting",
    )
)
API = ("tests/integration/api", "tests/integration/sdk")
ALL = (
    (Check("browser tests", (*BROWSER, "tests/browser", *(f"--ignore={one}" for one in SECOND))),),
    (Check("integration tests of the API", (*PYTEST, *API)),),
    (
        Check(
            "integration tests of services",
            (*PYTEST, "tests/integration", *(f"--ignore={one}" for one in API)),
        ),
    ),
    (Check("unit tests", (*PYTEST, "tests/unit")),),
    (TYPES, Check("browser tests of handlers, sockets and whole stories", (*BROWSER, *SECOND))),
)
"""Each row is run in its order, the rows side by side; browser tests wait a lot, so five rows fit two processors."""


def main() -> int:
    """Return 0 when every check passed."""
    for check in SHORT:
        if not _run(check)[0]:
            return 1
    passed = True
    counts: Counter[str] = Counter()
    with ThreadPoolExecutor(max_workers=len(ALL)) as side_by_side:
        rows = QUICK if "--quick" in sys.argv else ALL
        for done in as_completed([side_by_side.submit(_run_in_turn, row) for row in rows]):
            for ok, output in done.result():
                passed = passed and ok
                counts.update(_counts(output))
    if counts["rerun"]:
        print(f"{counts['rerun']} passed only when they were run again: see R above")
    print(", ".join(f"{counts[word]} {word}" for word in ("passed", "failed", "skipped")))
    return 0 if passed else 1


def _run_in_turn(row: Sequence[Check]) -> list[tuple[bool, str]]:
    return [_run(check) for check in row]


def _run(check: Check) -> tuple[bool, str]:
    started = time.monotonic()
    command = [str(part) for part in check.command]
    done = subprocess.run(
        command, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    ok, seconds = done.returncode == 0, time.monotonic() - started
    outcome = "ok" if ok else f"failed ({done.returncode})"
    print(f"== {check.name}: {outcome}, {seconds:.0f} s\n{done.stdout.rstrip()}", flush=True)
    return ok, done.stdout


def _counts(output: str) -> dict[str, int]:
    """Read pytest's closing line; an error counts as a failure."""
    closing = re.findall(r"^(?:=+ )?((?:\d+ \w+(?:, )?)+) in [\d.]+s", output, re.MULTILINE)
    found = re.findall(r"(\d+) (passed|failed|skipped|error|rerun)", closing[-1]) if closing else []
    return {("failed" if word == "error" else word): int(number) for number, word in found}


if __name__ == "__main__":
    sys.exit(main())
