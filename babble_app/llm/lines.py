"""Cuts a byte stream into lines: the part that SSE and NDJSON share, and the hot path of every answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from babble_app.llm import failures

if TYPE_CHECKING:
    from collections.abc import Iterator

    from babble_app.llm.target import Target

_SSE_FIELDS = (b":", b"event:", b"id:", b"retry:")


class Lines:
    """Collects bytes and gives back whole lines."""

    def __init__(self, target: Target, max_bytes: int) -> None:
        self._target = target
        self._max_bytes = max_bytes
        self._rest = b""

    def feed(self, data: bytes) -> list[bytes]:
        """Add what one read brought; return the lines that are now complete, without their ends.

        Raises:
            ModelAnswerInvalidError: a line grows past the limit.
        """
        lines = (self._rest + data).split(b"\n")
        self._rest = lines.pop()
        if len(self._rest) > self._max_bytes:
            raise failures.too_long(self._target, self._max_bytes)
        return lines

    def end(self) -> list[bytes]:
        """Return the last line where the stream ended without a line end."""
        rest, self._rest = self._rest, b""
        return [rest] if rest else []


def sse_data(target: Target, lines: list[bytes]) -> Iterator[bytes]:
    """Yield the payloads of server-sent events' `data:` lines.

    Servers of OpenAI's wire put one JSON document on one line, so lines are not gathered into events.

    Raises:
        ModelAnswerInvalidError: a line is no field of an event stream.
    """
    for line in lines:
        if line.startswith(b"data:"):
            yield line[5:].strip()
        elif (text := line.strip()) and not text.startswith(_SSE_FIELDS):
            raise failures.garbled(target)
