"""Second start to `/health`, and what the chat page weighs.

    .venv/bin/python benchmarks/start.py [--starts 5]

Needs a finished build (`make run` once). The baseline of a start is an empty Python process that imports Reflex alone.
"""

from __future__ import annotations

import argparse
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.find_chromium import find  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Response

PASSWORD = "a plain long sentence 7"


@contextmanager
def server(folder: str) -> Iterator[tuple[str, float]]:
    """Start Babble as `make run` does; yield its address and the seconds until `/health` answered."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {"BABBLE_DATA_DIR": folder, "DATABASE_URL": ""}
    began = time.perf_counter()
    command = [sys.executable, "-m", "babble_app", "run", "--port", str(port)]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    try:
        url = f"http://127.0.0.1:{port}"
        while True:
            try:
                if httpx.get(f"{url}/health").status_code == 200:
                    break
            except httpx.TransportError:
                time.sleep(0.02)
        yield url, time.perf_counter() - began
    finally:
        process.terminate()
        process.wait()


def weigh_chat_page(url: str) -> dict[str, int]:
    """Load a chat in Chromium and return the bytes that came over the wire, by kind."""
    account = {"email": "bench@example.com", "password": PASSWORD}
    token = httpx.post(f"{url}/api/auth/register", json=account).json()["access_token"]
    api = httpx.Client(base_url=url, headers={"Authorization": f"Bearer {token}"})
    workspace = api.post("/api/workspaces", json={"name": "bench"}).json()["id"]
    chat = api.post(f"/api/workspaces/{workspace}/chats", json={}).json()["id"]
    api.close()
    weights: dict[str, int] = {}

    def weigh(response: Response) -> None:
        kind = response.request.resource_type
        weights[kind] = weights.get(kind, 0) + response.request.sizes()["responseBodySize"]

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find(), args=["--no-sandbox", "--disable-gpu"]
        )
        login = browser.new_page()
        login.goto(f"{url}/login/")
        login.fill("input[name=email]", account["email"])
        login.fill("input[name=password]", account["password"])
        login.press("input[name=password]", "Enter")
        login.wait_for_url(f"{url}/")
        state = login.context.storage_state()
        page = browser.new_context(storage_state=state).new_page()
        page.on("response", weigh)
        page.goto(f"{url}/chat/{chat}")
        page.wait_for_load_state("networkidle")
        page.close()
        browser.close()
    return weights


def main(starts: int) -> None:
    """Print the medians."""
    imports = []
    for _ in range(starts):
        began = time.perf_counter()
        subprocess.run([sys.executable, "-c", "import reflex; reflex.App"], check=True)
        imports.append(time.perf_counter() - began)
    with tempfile.TemporaryDirectory() as folder:
        times = []
        for _ in range(starts):
            with server(folder) as (_, seconds):
                times.append(seconds)
        ours, baseline = statistics.median(times), statistics.median(imports)
        print(
            f"second start to /health   {ours:6.2f} s   import reflex {baseline:6.2f} s   ratio {ours / baseline:5.2f}"
        )
        with server(folder) as (url, _):
            weights = weigh_chat_page(url)
    for kind, size in sorted(weights.items(), key=lambda item: -item[1]):
        print(f"chat page, {kind:12} {size / 1024:8.1f} KiB over the wire (gz)")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--starts", type=int, default=5)
    main(parser.parse_args().starts)
