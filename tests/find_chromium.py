"""Finds Chromium for the browser tests: on PATH, else Debian's package, else Playwright's download."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
PACKAGE_COMMANDS = (
    ["apt-get", "update", "-qq"],
    ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"],
)


def find() -> str | None:
    """Return the path of a Chromium that can be started, None when there is none."""
    for name in NAMES:
        if path := shutil.which(name):
            return path
    return _downloaded()


def _downloaded() -> str | None:
    script = (
        "from playwright.sync_api import sync_playwright as s\n"
        "with s() as p: print(p.chromium.executable_path)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    path = Path(done.stdout.strip() or "/nonexistent")
    return str(path) if path.is_file() else None


def _install_package() -> None:
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in PACKAGE_COMMANDS:
        subprocess.run(command, env=environment, check=False, stdout=subprocess.DEVNULL)


def main() -> None:
    """Make sure that there is one, or say what brings it (the browser tests are then skipped with that reason)."""
    if find():
        return
    print("Chromium is missing; trying Debian's package, then Playwright's download...")
    _install_package()
    if not find():
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)
    if not find():
        print("No Chromium: browser tests will be skipped. `apt-get install chromium` brings one.")


if __name__ == "__main__":
    main()
