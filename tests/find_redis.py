"""Finds Redis for the tests that need a real one: on PATH, else Debian's package."""

from __future__ import annotations

import os
import shutil
import subprocess

PACKAGE_COMMANDS = (
    ["apt-get", "update", "-qq"],
    ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "redis-server"],
)


def find() -> str | None:
    """Return the path of a Redis server that can be started, None when there is none."""
    return shutil.which("redis-server")


def _install_package() -> None:
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    # Run level 1: the package starts no service; the tests start their own.
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    for command in PACKAGE_COMMANDS:
        subprocess.run(command, env=environment, check=False, stdout=subprocess.DEVNULL)


def main() -> None:
    """Make sure that there is one, or say what brings it (its tests are then skipped with that reason)."""
    if find():
        return
    print("Redis is missing; trying Debian's package...")
    _install_package()
    if not find():
        print("No Redis: its tests will be skipped. `apt-get install redis-server` brings one.")


if __name__ == "__main__":
    main()
