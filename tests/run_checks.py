"""Runs every check, types beside the tests, and stops at the first of the others that fails; `--quick` leaves out the slow tests."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

BIN = Path(sys.executable).parent
FIRST = (
    ("format", [BIN / "ruff", "format", "--check", "--quiet", "."]),
    ("lint", [BIN / "ruff", "check", "--quiet", "."]),
    ("import contracts", [BIN / "lint-imports", "--no-logo"]),
)
TYPES = [BIN / "pyright", "--warnings"]
QUICK_TESTS = ("unit tests", [sys.executable, "-m", "pytest", "tests/unit"])
ALL_TESTS = ("tests", [sys.executable, "-m", "pytest", "-rs", "--durations=10"])


def main() -> int:
    """Return the exit code of the first check that fails, or 0."""
    tests = QUICK_TESTS if "--quick" in sys.argv else ALL_TESTS
    for name, command in FIRST:
        if code := check(name, command):
            return code
    # Pyright takes most of a minute, and the tests wait for servers half of their time: they share the two cores.
    with tempfile.TemporaryFile("w+") as output:
        types = subprocess.Popen(TYPES, stdout=output, stderr=subprocess.STDOUT)
        try:
            code = check(*tests)
            print("== types", flush=True)
            types.wait()
        finally:
            types.kill()
        output.seek(0)
        print(output.read().strip())
    print(f"   types: {outcome(types.returncode)}", flush=True)
    return code or types.returncode


def check(name: str, command: Sequence[str | Path]) -> int:
    """Run one check, say how it went and how long it took, and return its exit code."""
    started = time.monotonic()
    print(f"== {name}", flush=True)
    code = subprocess.run([str(part) for part in command], check=False).returncode
    print(f"   {name}: {outcome(code)}, {time.monotonic() - started:.0f} s", flush=True)
    return code


def outcome(code: int) -> str:
    """Say what an exit code means."""
    return "ok" if code == 0 else f"failed ({code})"


if __name__ == "__main__":
    sys.exit(main())
