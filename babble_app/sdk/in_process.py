"""A brain in this process: httpx speaks to the server's own application, without a socket.

The server is found by name and only when it is first spoken to, so importing this library imports nothing of it.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import importlib
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import httpx

from babble_app.sdk.errors import UnreachableError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Coroutine, Iterator, MutableMapping
    from pathlib import Path

T = TypeVar("T")

_OPENER = ("babble_app.local", "open_brain")
_PIECES_AHEAD = 64
_LEAVE_SECONDS = 5.0


class LocalBrain(Protocol):
    """What the server's side gives: an ASGI application in a loop of its own, and an app's token."""

    app: Any
    loop: asyncio.AbstractEventLoop

    def token(self) -> str:
        """Return what the app is called by; may block."""
        ...

    def close(self) -> None:
        """Give it back."""
        ...


class InProcess(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Opens the brain at the first request, and hands requests to its loop."""

    def __init__(self, app_type: str, data_dir: str | Path | None, owner: str) -> None:
        self._wanted = {"app_type": app_type, "data_dir": data_dir, "owner": owner}
        self._lock = threading.Lock()
        self._brain: LocalBrain | None = None

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer for the client that blocks."""
        request.read()
        exchange = self._begin(request)
        exchange.wait(exchange.begin())
        return exchange.response()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer for the client with an event loop, which need not be the brain's."""
        await request.aread()
        exchange = await asyncio.to_thread(self._begin, request)
        await exchange.wait_async(exchange.begin())
        return exchange.response()

    def close(self) -> None:
        """Give the brain back."""
        with self._lock:
            brain, self._brain = self._brain, None
        if brain is not None:
            brain.close()

    async def aclose(self) -> None:
        """Give the brain back."""
        await asyncio.to_thread(self.close)

    def _begin(self, request: httpx.Request) -> _Exchange:
        with self._lock:
            brain: LocalBrain = self._brain or _find_opener()(**self._wanted)
            self._brain = brain
            return _Exchange(brain, request, brain.token())


def _find_opener() -> Any:
    module, name = _OPENER
    try:
        return getattr(importlib.import_module(module), name)
    except ModuleNotFoundError as error:
        message = "There is no Babble server in this Python. Name one: base_url='https://...'."
        raise UnreachableError(message, retryable=False) from error


class _Exchange:
    """One request within the brain's loop, and its answer piece by piece."""

    def __init__(self, brain: LocalBrain, request: httpx.Request, token: str) -> None:
        self._brain = brain
        self._request = request
        self._token = token
        timeout: dict[str, float | None] = request.extensions.get("timeout", {})
        self._seconds = timeout.get("read")
        self._pieces: asyncio.Queue[bytes] = asyncio.Queue(_PIECES_AHEAD)
        self._begun = asyncio.Event()
        self._left = asyncio.Event()
        self._asked = False
        self._status = 500
        self._headers: list[tuple[bytes, bytes]] = []
        self._serving: asyncio.Task[None] | None = None

    def wait(self, work: Coroutine[Any, Any, T]) -> T:
        """Carry out `work` in the brain's loop, and block meanwhile."""
        future = asyncio.run_coroutine_threadsafe(work, self._brain.loop)
        try:
            return future.result(self._seconds)
        except concurrent.futures.TimeoutError as error:
            future.cancel()
            raise httpx.ReadTimeout("", request=self._request) from error

    async def wait_async(self, work: Coroutine[Any, Any, T]) -> T:
        """Carry out `work` in the brain's loop."""
        future = asyncio.run_coroutine_threadsafe(work, self._brain.loop)
        try:
            async with asyncio.timeout(self._seconds):
                return await asyncio.wrap_future(future)
        except TimeoutError as error:
            raise httpx.ReadTimeout("", request=self._request) from error

    def response(self) -> httpx.Response:
        """Return the answer whose head has come."""
        return httpx.Response(
            self._status, headers=self._headers, stream=_Body(self), request=self._request
        )

    async def begin(self) -> None:
        """Hand the request over, and wait for the head of the answer."""
        self._serving = asyncio.create_task(self._serve())
        await self._begun.wait()

    async def read(self) -> bytes:
        """Return the next piece; empty at the end."""
        return await self._pieces.get()

    async def leave(self) -> None:
        """Tell the application that nobody reads on, as a closed connection would."""
        self._left.set()
        if self._serving is None:
            return
        while not self._pieces.empty():
            self._pieces.get_nowait()
        await asyncio.wait({self._serving}, timeout=_LEAVE_SECONDS)
        self._serving.cancel()
        with suppress(asyncio.CancelledError):
            await self._serving

    async def _serve(self) -> None:
        try:
            await self._brain.app(self._scope(), self._receive, self._send)
        finally:
            self._begun.set()
            await self._put(b"")

    async def _receive(self) -> dict[str, Any]:
        if not self._asked:
            self._asked = True
            return {"type": "http.request", "body": self._request.content, "more_body": False}
        await self._left.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self._status = message["status"]
            self._headers = list(message.get("headers", ()))
            self._begun.set()
        elif piece := message.get("body"):
            await self._put(piece)

    async def _put(self, piece: bytes) -> None:
        if not self._left.is_set():
            await self._pieces.put(piece)

    def _scope(self) -> dict[str, Any]:
        url = self._request.url
        return {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": self._request.method,
            "scheme": url.scheme,
            "path": url.path,
            "raw_path": url.raw_path.partition(b"?")[0],
            "query_string": url.query,
            "root_path": "",
            "headers": [(name.lower(), value) for name, value in self._headers_sent()],
            "client": ("127.0.0.1", 0),
            "server": (url.host, url.port or 80),
        }

    def _headers_sent(self) -> list[tuple[bytes, bytes]]:
        token = (b"authorization", f"Bearer {self._token}".encode())
        return [*self._request.headers.raw, token]


class _Body(httpx.SyncByteStream, httpx.AsyncByteStream):
    def __init__(self, exchange: _Exchange) -> None:
        self._exchange = exchange

    def __iter__(self) -> Iterator[bytes]:
        while piece := self._exchange.wait(self._exchange.read()):
            yield piece

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while piece := await self._exchange.wait_async(self._exchange.read()):
            yield piece

    def close(self) -> None:
        self._exchange.wait(self._exchange.leave())

    async def aclose(self) -> None:
        await self._exchange.wait_async(self._exchange.leave())
