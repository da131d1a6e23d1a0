"""A model server that costs little: OpenAI's wire written by hand, so that its work does not hide ours.

    .venv/bin/python benchmarks/brain_servers.py [--fault-share 0.2] [--seed 1]

The model's name says what is answered: `short` (two words), `burst-500` (so many tokens at once), `paced-250` (so many, 50 a
second, each of which is the time when it was sent), `refused` (503), `echo` (words that only the right question gets, and
figures of usage that follow from it). A share of the echoes goes wrong, in all ways in turn.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import random
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

TOKENS_PER_SECOND = 50
FAULTS = ("503", "429", "reset", "html", "empty", "garbage", "cut", "close", "error")
"""Refused, dropped, a lie with status 200; and in the middle: dropped, ended without an end, an error event."""
_END = b"data: [DONE]\n\n"
_STREAM = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
)


def echo_of(question: str) -> list[str]:
    """Return the pieces of the only right answer."""
    digest = hashlib.blake2b(question.encode(), digest_size=8).hexdigest()
    return [f"{digest}-{number} " for number in range(3 + int(digest[0], 16) % 6)]


def echo_usage(question: str) -> tuple[int, int]:
    """Return the tokens in and out that the right answer is billed with."""
    return 10 + len(question) % 50, len(echo_of(question))


@contextmanager
def model_server(*arguments: str) -> Generator[str]:
    """Run the server in a process of its own; yield its base address."""
    command = [sys.executable, __file__, *arguments]
    server = subprocess.Popen(command, cwd=Path(__file__).parent, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    try:
        yield server.stdout.readline().split()[-1] + "/v1"
    finally:
        server.terminate()
        server.wait()
        server.stdout.close()


def _chunk(choice: dict[str, Any], **fields: Any) -> bytes:
    document = {"id": "c", "object": "chat.completion.chunk", "model": "bench", **fields}
    if choice:
        document["choices"] = [{"index": 0, "finish_reason": None, **choice}]
    return b"data: " + orjson.dumps(document) + b"\n\n"


def _text(text: str) -> bytes:
    return _chunk({"delta": {"content": text}})


def _ending(usage: tuple[int, int]) -> bytes:
    counted = {"prompt_tokens": usage[0], "completion_tokens": usage[1]}
    stop = _chunk({"delta": {}, "finish_reason": "stop"})
    return stop + _chunk({}, choices=[], usage=counted) + _END


class Faults:
    """Decides which answers go wrong, and how."""

    def __init__(self, share: float, seed: int) -> None:
        self._share = share
        self._dice = random.Random(seed)  # noqa: S311 - repeatable on purpose
        self._given = 0

    def next(self) -> str:
        """Return the fault of the next answer; empty for none."""
        if self._dice.random() >= self._share:
            return ""
        self._given += 1
        return FAULTS[self._given % len(FAULTS)]


class Connection(asyncio.Protocol):
    """One connection, and the answer that is being written to it."""

    def __init__(self, faults: Faults) -> None:
        self._faults = faults
        self._loop = asyncio.get_running_loop()
        self._buffer = b""
        self._out: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep what is written to."""
        assert isinstance(transport, asyncio.Transport)
        self._out = transport

    def data_received(self, data: bytes) -> None:
        """Answer each request that is whole."""
        self._buffer += data
        while b"\r\n\r\n" in self._buffer:
            head, _, rest = self._buffer.partition(b"\r\n\r\n")
            size = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0] or 0)
            if len(rest) < size:
                return
            self._buffer = rest[size:]
            if not size:  # the LiteLLM proxy asks for a list of models, which there is none of
                self._refuse(404)
                continue
            self._answer(orjson.loads(rest[:size]))

    def _answer(self, body: dict[str, Any]) -> None:
        name, _, count = body["model"].partition("-")
        question: str = body["messages"][-1]["content"]
        streamed = bool(body.get("stream"))
        match name:
            case "refused":
                self._refuse(503)
            case "paced":
                self._begin()
                self._tick(time.monotonic(), 0, int(count))
            case "burst":
                words = [f"word{number} " for number in range(int(count))]
                self._whole(words, (5, len(words)), streamed=streamed)
            case "echo":
                self._echo(question, streamed=streamed)
            case _:
                self._whole(["Hello ", "there."], (5, 2), streamed=streamed)

    def _echo(self, question: str, *, streamed: bool) -> None:
        pieces, fault = echo_of(question), self._faults.next()
        if not streamed and fault in {"garbage", "cut", "close", "error"}:
            fault = "reset"
        match fault:
            case "":
                self._whole(pieces, echo_usage(question), streamed=streamed)
            case "503" | "429":
                self._refuse(int(fault))
            case "reset":
                self._out.abort()
            case "html":
                page = b"<html>Welcome</html>"
                self._respond(200, b"text/html", page)
            case "empty":
                self._whole([], (0, 0), streamed=streamed)
            case _:
                self._begin()
                self._break(fault, pieces)

    def _break(self, fault: str, pieces: Sequence[str]) -> None:
        if fault == "garbage":
            self._write(b"data: {]\n\n")
        else:
            self._write(b"".join(map(_text, pieces[:2])))
        if fault == "error":
            self._write(b'data: {"error": {"message": "overloaded"}}\n\n')
        if fault == "close":
            self._finish(b"")
        else:
            self._loop.call_later(0.002, self._out.close)

    def _whole(self, pieces: Sequence[str], usage: tuple[int, int], *, streamed: bool) -> None:
        if streamed:
            self._out.write(_STREAM)
            self._finish(b"".join(map(_text, pieces)) + _ending(usage))
            return
        message = {"role": "assistant", "content": "".join(pieces)}
        document = {
            "id": "c",
            "model": "bench",
            "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": usage[0], "completion_tokens": usage[1]},
        }
        self._respond(200, b"application/json", orjson.dumps(document))

    def _tick(self, began: float, sent: int, count: int) -> None:
        if self._out.is_closing():
            return
        if sent == count:
            self._finish(_ending((5, count)))
            return
        self._write(_text(f"{time.monotonic_ns()} "))
        due = began + (sent + 1) / TOKENS_PER_SECOND
        self._loop.call_at(due, self._tick, began, sent + 1, count)

    def _refuse(self, status: int) -> None:
        self._respond(status, b"application/json", b'{"error": {"message": "not now"}}')

    def _respond(self, status: int, kind: bytes, body: bytes) -> None:
        self._out.write(
            b"HTTP/1.1 %d x\r\nContent-Type: %b\r\nContent-Length: %d\r\n\r\n%b"
            % (status, kind, len(body), body)
        )

    def _begin(self) -> None:
        self._out.write(_STREAM)

    def _write(self, data: bytes) -> None:
        self._out.write(b"%x\r\n%b\r\n" % (len(data), data))

    def _finish(self, data: bytes) -> None:
        if data:
            self._write(data)
        self._out.write(b"0\r\n\r\n")


async def _serve(options: argparse.Namespace) -> None:
    faults = Faults(options.fault_share, options.seed)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(faults), "127.0.0.1", 0, backlog=1000)
    sys.stdout.write(f"listening on http://127.0.0.1:{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fault-share", type=float, default=0.0)
    parser.add_argument("--seed", type=int, default=1)
    asyncio.run(_serve(parser.parse_args()))
