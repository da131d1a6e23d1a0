"""Starting: a second start builds nothing, `--dev` begins anew when a file changes, and an end leaves nothing behind."""

from __future__ import annotations

import os
import resource
import socket
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.browser.conftest import ROOT, running_server

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.browser.conftest import Server

pytestmark = pytest.mark.browser
SOURCE = ROOT / "babble_app" / "services" / "names.py"


def test_a_second_start_builds_nothing_says_where_to_click_and_takes_thousands_of_connections(
    server: Server, tmp_path: Path
) -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(4096, most), most))
    with running_server(tmp_path) as second, ExitStack() as silent:
        told = second.log.read_text()
        address = second.url.removeprefix("http://").split(":")
        for _ in range(1_100):
            silent.enter_context(socket.create_connection((address[0], int(address[1]))))
        assert httpx.get(f"{second.url}/health/live", timeout=20).status_code == 200

    assert "Building" not in told
    assert "Babble is ready: http://localhost:" in told


def test_dev_begins_anew_when_a_file_changes_and_ends_with_its_server(
    server: Server, tmp_path: Path
) -> None:
    with running_server(tmp_path, options=("--dev",)) as developing:
        _until(lambda: _uptime(developing) > 1)

        os.utime(SOURCE)

        _until(lambda: developing.log.read_text().count("Babble is ready") == 2)
        assert httpx.get(f"{developing.url}/health").status_code == 200
        port = int(developing.url.rpartition(":")[2])

    with socket.socket() as free:
        assert free.connect_ex(("127.0.0.1", port)) != 0


def _uptime(server: Server) -> float:
    return httpx.get(f"{server.url}/health").json()["uptime_s"]


def _until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.1)
