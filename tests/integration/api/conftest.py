"""A real server on a free port, and people who call it."""

from __future__ import annotations

import asyncio
import itertools
import socket
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from granian.constants import Interfaces
from granian.server.embed import Server as Granian

from babble_app.api.app import create_api, plain_routes
from babble_app.api.middleware.fast_lane import FastLane
from babble_app.api.middleware.stack import wrap
from babble_app.services import accounts
from babble_app.services.runtime import Runtime, running
from tests.conftest import make_settings as plain_settings

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterator
    from pathlib import Path

    from babble_app.schemas.accounts import User
    from babble_app.settings import Settings

PASSWORD = "a plain long sentence 7"
_counter = itertools.count(1)


@dataclass
class LiveServer:
    """A server that answers, and its runtime for what cannot be reached over HTTP."""

    url: str
    runtime: Runtime
    loop: asyncio.AbstractEventLoop

    def call(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Carry out `work` in the server's loop."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(60)

    def client(self, **headers: str) -> httpx.Client:
        """Open a client with an address of its own, so that limits by address do not meet."""
        address = f"10.{next(_counter) // 250 % 250}.{next(_counter) % 250}.7"
        return httpx.Client(
            base_url=self.url, headers={"X-Forwarded-For": address, **headers}, timeout=60
        )


@dataclass
class Person:
    """An account with a client that is logged in."""

    user: User
    client: httpx.Client
    token: str


@contextmanager
def serve(settings: Settings) -> Iterator[LiveServer]:
    """Serve the API with all layers around it until the block is left."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    opened: list[LiveServer] = []
    ready = threading.Event()
    holder: dict[str, Any] = {}

    async def main() -> None:
        async with running(settings) as runtime:
            api = create_api(lambda: runtime)
            app = wrap(FastLane(api, api, plain_routes()), settings)
            holder["server"] = Granian(
                app, "127.0.0.1", port, interface=Interfaces.ASGI, log_enabled=False
            )
            loop = asyncio.get_running_loop()
            opened.append(LiveServer(f"http://127.0.0.1:{port}", runtime, loop))
            ready.set()
            await holder["server"].serve()

    thread = threading.Thread(target=lambda: asyncio.run(main()))
    thread.start()
    try:
        assert ready.wait(60), "the server did not start"
        with httpx.Client(transport=httpx.HTTPTransport(retries=20)) as client:
            client.get(f"{opened[0].url}/health/live")
        yield opened[0]
    finally:
        if opened:
            opened[0].loop.call_soon_threadsafe(holder["server"].stop)
        thread.join(30)


def make_settings(folder: Path, **environment: str) -> Settings:
    """Configure a server that takes its callers' word for their address."""
    defaults = {
        "BABBLE_TRUSTED_PROXIES": "127.0.0.1",
        "BABBLE_DEFAULT_MODEL": "demo/based",
        "BABBLE_MAX_UPLOAD_MB": "2",
    }
    return plain_settings(folder, **{**defaults, **environment})


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """The server of all tests that need no special settings."""
    with serve(make_settings(tmp_path_factory.mktemp("data"), BABBLE_DEMO_PACE="120")) as live:
        yield live


def make_person(server: LiveServer, role: Any = "member") -> Person:
    """Make an account without the registration's limits."""
    email = f"person{next(_counter)}@example.com"
    user = server.call(accounts.create_user(server.runtime, email, PASSWORD, role))
    token = server.call(accounts.make_access_token(server.runtime, user)).access_token
    return Person(user, server.client(Authorization=f"Bearer {token}"), token)


@pytest.fixture
def person(server: LiveServer) -> Iterator[Person]:
    """Somebody with a fresh account."""
    made = make_person(server)
    with made.client:
        yield made


@pytest.fixture
def other(server: LiveServer) -> Iterator[Person]:
    """Somebody else."""
    made = make_person(server)
    with made.client:
        yield made


@pytest.fixture
def anybody(server: LiveServer) -> Iterator[httpx.Client]:
    """A client without a credential."""
    with server.client() as client:
        yield client
