"""The real server with the built pages, people with accounts, and Chromium pages that must stay clean."""

from __future__ import annotations

import itertools
import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from playwright.sync_api import expect, sync_playwright

from babble_app.schemas.accounts import LOGIN_COOKIE
from tests.find_chromium import find

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, BrowserContext, Page

    from tests.browser.host_pages import HostSite

ROOT = Path(__file__).parent.parent.parent
PASSWORD = "a plain long sentence 7"
BUILD_SECONDS = 300
CHROMIUM_ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
# What Reflex and Chromium say whenever a page is left, and Chromium of each answer from 400 on (see `refused`).
EXPECTED_MESSAGES = (
    "Disconnect websocket on page navigation",
    "WebSocket is closed before the connection is established",
    "Failed to load resource",
)
# Long enough for a machine that runs everything at once; what is there sooner is seen sooner.
expect.set_options(timeout=20_000)
ACT_WITHIN_MS = 30_000
# The pages' own elements answer from when React has taken them over; a page without a script of ours is ready as it is.
ALIVE = """() => {
  if (!document.querySelector('script[type="module"]')) return true;
  const ours = document.querySelectorAll("body *");
  return [...ours].some((element) => Object.keys(element).some((key) => key.startsWith("__reactProps")));
}"""
_counter = itertools.count(1)


@dataclass
class Server:
    """A server that answers at `url`; its log is in `log`."""

    url: str
    log: Path
    process: subprocess.Popen[bytes]

    def client(self, **headers: str) -> httpx.Client:
        """Open a client with an address of its own, so that limits by address do not meet."""
        number = next(_counter)
        address = f"10.1.{number // 250}.{number % 250}"
        headers = {"Origin": self.url, "X-Forwarded-For": address, **headers}
        return httpx.Client(base_url=self.url, headers=headers, timeout=60)


@dataclass
class Person:
    """Somebody with an account, and the cookie of a login."""

    email: str
    id: str
    cookie: str
    client: httpx.Client

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Make something through the API."""
        response = self.client.post(path, json=body)
        response.raise_for_status()
        return response.json()


@dataclass
class Watch:
    """What a page's console and network had to say."""

    problems: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    """Answers from 400 on; a test that provokes some empties the list."""


@contextmanager
def running_server(
    folder: Path, *, options: tuple[str, ...] = (), **variables: str
) -> Iterator[Server]:
    """Start the server as `make run` does, with data of its own, until the block is left."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = folder / "server.log"
    environment = {
        **{name: value for name, value in os.environ.items() if not name.endswith("_API_KEY")},
        "BABBLE_DATA_DIR": str(folder / "data"),
        "BABBLE_TRUSTED_PROXIES": "127.0.0.1",
        "HF_TOKEN": "",
        "BABBLE_DEMO_PACE": "240",
        # Nobody listens there: a key stored in a test is tried on this machine only.
        "OPENAI_BASE_URL": "http://127.0.0.1:9/v1",
        **variables,
    }
    command = [sys.executable, "-m", "babble_app", "run", "--port", str(port), *options]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT
        )
    server = Server(f"http://localhost:{port}", log, process)
    try:
        _wait_until_ready(server)
        yield server
    finally:
        process.terminate()
        process.wait(30)


def _wait_until_ready(server: Server) -> None:
    deadline = time.monotonic() + BUILD_SECONDS
    while time.monotonic() < deadline:
        if server.process.poll() is not None:
            pytest.fail(f"the server ended:\n{server.log.read_text()[-4000:]}")
        try:
            if httpx.get(f"{server.url}/health/ready", timeout=5).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    pytest.fail(f"the server was not ready in {BUILD_SECONDS} s:\n{server.log.read_text()[-4000:]}")


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for all browser tests; each makes people of its own."""
    with running_server(tmp_path_factory.mktemp("server")) as started:
        yield started


@pytest.fixture
def make_person(server: Server) -> Iterator[Callable[[], Person]]:
    """Register people."""
    clients: list[httpx.Client] = []

    def make() -> Person:
        client = server.client()
        clients.append(client)
        email = f"person{next(_counter)}.{os.getpid()}@example.com"
        form = {"email": email, "password": PASSWORD, "name": "Ada"}
        answer = client.post("/auth/register", data=form)
        assert answer.status_code == 303, answer.text
        cookie = client.cookies[LOGIN_COOKIE]
        me = client.get("/api/auth/me").raise_for_status().json()
        return Person(email, me["id"], cookie, client)

    yield make
    for client in clients:
        client.close()


@pytest.fixture
def person(make_person: Callable[[], Person]) -> Person:
    """Register somebody."""
    return make_person()


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One Chromium for the package: Playwright's loop must be gone before other packages' async tests."""
    path = find()
    if path is None:
        pytest.skip("no Chromium: `apt-get install chromium` brings one")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=CHROMIUM_ARGUMENTS)
        yield started
        started.close()


@pytest.fixture
def watch() -> Watch:
    """What pages of this test said; it fails at the end if that was an error or a call to somebody else."""
    return Watch()


@pytest.fixture
def open_context(
    browser: Browser, server: Server, watch: Watch
) -> Iterator[Callable[..., BrowserContext]]:
    """Open browser profiles, of a person who is logged in or of nobody."""
    contexts: list[BrowserContext] = []

    def open_for(person: Person | None = None, **options: Any) -> BrowserContext:
        context = browser.new_context(base_url=server.url, **options)
        context.set_default_timeout(ACT_WITHIN_MS)
        contexts.append(context)
        if person is not None:
            log_in(context, server, person)
        context.on("page", lambda page: _watch_page(page, server, watch))
        if options.get("java_script_enabled", True):
            context.on("page", _wait_for_life)
        return context

    yield open_for
    for context in contexts:
        context.close()
    assert watch.problems == []
    assert watch.refused == []


@pytest.fixture
def page(open_context: Callable[..., BrowserContext], person: Person) -> Page:
    """A page of somebody who is logged in."""
    return open_context(person).new_page()


@pytest.fixture
def sockets() -> list[str]:
    """The addresses of the websockets that pages of sites and their frames opened."""
    return []


@pytest.fixture
def visit(
    open_context: Callable[..., BrowserContext], watch: Watch, sockets: list[str]
) -> Iterator[Callable[..., Page]]:
    """Open pages of sites, with a script before everything else; what they load of their own is no foreign request."""
    sites: set[str] = set()

    def open_page(site: HostSite, path: str, script: str = "", **options: Any) -> Page:
        sites.add(f"foreign request: {site.url}")
        page = open_context(**options).new_page()
        page.on("websocket", lambda socket: sockets.append(socket.url))
        page.add_init_script(script)
        page.goto(site.url + path)
        return page

    yield open_page
    watch.problems[:] = [one for one in watch.problems if not one.startswith(tuple(sites))]


def log_in(context: BrowserContext, server: Server, person: Person) -> None:
    """Give the profile the person's login."""
    context.add_cookies(
        [{"name": LOGIN_COOKIE, "value": person.cookie, "url": server.url, "httpOnly": True}]
    )


def _wait_for_life(page: Page) -> None:
    """Let `goto` and `reload` come back when the page's elements answer: a click before that would be lost."""

    def alive(load: Callable[..., Any]) -> Callable[..., Any]:
        def loaded(*arguments: Any, **options: Any) -> Any:
            response = load(*arguments, **options)
            if options.get("wait_until") != "commit":
                page.wait_for_function(ALIVE)
            return response

        return loaded

    page.goto, page.reload = alive(page.goto), alive(page.reload)  # pyright: ignore[reportAttributeAccessIssue]


def _watch_page(page: Page, server: Server, watch: Watch) -> None:
    own = (server.url, server.url.replace("http", "ws", 1), "data:", "blob:")
    page.on("pageerror", lambda error: watch.problems.append(f"page error: {error}"))

    def hear(kind: str, text: str) -> None:
        expected = any(words in text for words in EXPECTED_MESSAGES)
        if kind in {"error", "warning"} and not expected:
            watch.problems.append(f"console {kind}: {text}")

    page.on("console", lambda message: hear(message.type, message.text))
    page.on(
        "request",
        lambda request: (
            None
            if request.url.startswith(own)
            else watch.problems.append(f"foreign request: {request.url}")
        ),
    )
    page.on(
        "response",
        lambda response: (
            watch.refused.append(f"{response.status} {response.url}")
            if response.status >= 400
            else None
        ),
    )
