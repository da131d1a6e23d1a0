"""Runs every check in order and stops at the first that fails; `--quick` leaves out the slow tests."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

BIN = Path(sys.executable).parent
STATIC = (
    ("format", [BIN / "ruff", "format", "--check", "--quiet", "."]),
    ("lint", [BIN / "ruff", "check", "--quiet", "."]),
    ("types", [BIN / "pyright", "--warnings"]),
    ("import contracts", [BIN / "lint-imports", "--no-logo"]),
)
QUICK_TESTS = ("unit tests", [sys.executable, "-m", "pytest", "tests/unit"])
ALL_TESTS = ("tests", [sys.executable, "-m", "pytest", "-rs", "--durations=10"])


def main() -> int:
    """Return the exit code of the first check that fails, or 0."""
    tests = QUICK_TESTS if "--quick" in sys.argv else ALL_TESTS
    for name, command in (*STATIC, tests):
        started = time.monotonic()
        print(f"== {name}", flush=True)
        code = subprocess.run([str(part) for part in command], check=False).returncode
        print(
            f"   {name}: {'ok' if code == 0 else f'failed ({code})'}, {time.monotonic() - started:.0f} s",
            flush=True,
        )
        if code:
            return code
    return 0


if __name__ == "__main__":
    sys.exit(main())
