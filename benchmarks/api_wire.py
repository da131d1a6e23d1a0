"""A client that costs little: HTTP/1.1 written by hand, so that its work does not hide ours.

One process sends and takes the times; what it takes itself stands beside the figures.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import orjson

if TYPE_CHECKING:
    from collections.abc import Callable

    Seen = Callable[[bytes], None]
    """Told each piece of a body as it comes."""

_END = b"0\r\n\r\n"


@dataclass
class Answer:
    """What came back."""

    status: int = 0
    body: bytearray = field(default_factory=bytearray)
    """With the lengths of its chunks between, where it came in some."""
    seconds: float = 0.0

    def json(self) -> Any:
        """Return a body that came in one piece."""
        return orjson.loads(self.body)


@dataclass(frozen=True)
class Call:
    """A request that is sent again and again with other bodies."""

    url: str
    token: str = ""
    method: str = "POST"

    def written(self, body: dict[str, Any] | None) -> bytes:
        """Return the request as it goes over the wire."""
        parts, document = urlsplit(self.url), orjson.dumps(body) if body is not None else b""
        lines = [
            f"{self.method} {parts.path}{'?' if parts.query else ''}{parts.query} HTTP/1.1",
            f"Host: {parts.netloc}",
        ]
        if self.token:
            lines.append(f"Authorization: Bearer {self.token}")
        if body is not None:
            lines += ["Content-Type: application/json", f"Content-Length: {len(document)}"]
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + document


class Connection(asyncio.Protocol):
    """One connection that is kept, with one request on it at a time."""

    def __init__(self) -> None:
        self._out: asyncio.Transport
        self._head = b""
        self._left: int | None = None
        self._answer = Answer()
        self._done: asyncio.Future[Answer] | None = None
        self._seen: Seen | None = None

    @classmethod
    async def open(cls, call: Call, address: str = "") -> Connection:
        """Connect to where the call goes, from one of this machine's addresses if it matters who comes."""
        parts, loop = urlsplit(call.url), asyncio.get_running_loop()
        host, port = parts.hostname or "", parts.port or 80
        from_ = (address, 0) if address else None
        _, connection = await loop.create_connection(cls, host, port, local_addr=from_)
        return connection

    async def send(
        self,
        call: Call,
        body: dict[str, Any] | None,
        *,
        status: int = 200,
        seen: Seen | None = None,
    ) -> Answer:
        """Send a request, and return its answer when it is whole; another status is an error."""
        self._head, self._left, self._answer, self._seen = b"", None, Answer(), seen
        self._done = done = asyncio.get_running_loop().create_future()
        began = time.perf_counter()
        self._out.write(call.written(body))
        answer = await done
        answer.seconds = time.perf_counter() - began
        if answer.status != status:
            raise RuntimeError(f"{call.url} answered {answer.status}: {bytes(answer.body[:400])}")
        return answer

    @property
    def is_open(self) -> bool:
        """Whether neither side has hung up."""
        return not self._out.is_closing()

    @property
    def is_busy(self) -> bool:
        """Whether an answer is being waited for."""
        return self._done is not None and not self._done.done()

    def close(self) -> None:
        """Hang up."""
        self._out.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep what is written to."""
        assert isinstance(transport, asyncio.Transport)
        self._out = transport

    def data_received(self, data: bytes) -> None:
        """Take a piece of the answer."""
        if not self._answer.status:
            self._head += data
            head, end, data = self._head.partition(b"\r\n\r\n")
            if not end:
                return
            self._answer.status = int(head[9:12])
            length = head.lower().partition(b"\r\ncontent-length:")[2].split(b"\r\n")[0]
            self._left = int(length) if length else None
        self._answer.body += data
        if self._seen is not None and data:
            self._seen(data)
        whole = len(self._answer.body) == self._left if self._left is not None else False
        is_whole = whole or (self._left is None and self._answer.body.endswith(_END))
        if is_whole and self._done is not None and not self._done.done():
            self._done.set_result(self._answer)

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell who waits."""
        if self._done is not None and not self._done.done():
            self._done.set_exception(exc or ConnectionError("the server hung up"))
