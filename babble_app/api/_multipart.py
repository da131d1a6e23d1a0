"""Reads the files of a multipart body one after another as they arrive; nothing is buffered or spooled here."""

from __future__ import annotations

from collections import deque
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from babble_app.errors import ValidationFailedError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator

    from python_multipart.multipart import MultipartCallbacks
    from starlette.requests import Request

MAX_FILES = 20
"""Most files in one request."""
FIELD = "file"
_OVERHEAD_BYTES = 64 * 1024
_MAX_BOUNDARY_BYTES = 70
"""RFC 2046 5.1.1."""


def max_request_bytes(max_upload_bytes: int) -> int:
    """Return the cap of an upload request: each file is held to its own cap where it is stored."""
    return MAX_FILES * max_upload_bytes + _OVERHEAD_BYTES


@dataclass(frozen=True)
class FilePart:
    """A file that is arriving; its chunks must be taken before the next part is asked for."""

    name: str
    chunks: AsyncIterator[bytes]


@dataclass(frozen=True)
class _Token:
    kind: Literal["begin", "data", "end", "finish"]
    data: bytes = b""
    headers: tuple[tuple[bytes, bytes], ...] = ()


async def read_files(request: Request) -> AsyncGenerator[FilePart, None]:
    """Yield the files of the request's body.

    Raises:
        ValidationFailedError: the body is no multipart form, is cut off, or holds something else than files named `file`.
    """
    async with aclosing(_tokens(request)) as tokens:
        count = 0
        async for token in tokens:
            if token.kind == "finish":
                _refuse_if(count == 0, "Send at least one file, in a part named `file`.")
                return
            count += 1
            _refuse_if(count > MAX_FILES, f"At most {MAX_FILES} files can be sent at once.")
            chunks = _chunks(tokens)
            yield FilePart(_file_name(token.headers), chunks)
            async for _ in chunks:
                # What the reader left of this part is passed over.
                pass


async def _chunks(tokens: AsyncGenerator[_Token, None]) -> AsyncGenerator[bytes, None]:
    async for token in tokens:
        if token.kind == "end":
            return
        yield token.data


async def _tokens(request: Request) -> AsyncGenerator[_Token, None]:
    collector = _Collector()
    parser = MultipartParser(_boundary(request), collector.callbacks())
    async with aclosing(request.stream()) as stream:
        async for chunk in stream:
            try:
                parser.write(chunk)
            except FormParserError as error:
                message = "The multipart body cannot be read."
                raise ValidationFailedError(message) from error
            while collector.tokens:
                yield collector.tokens.popleft()
    _refuse_if(not collector.finished, "The multipart body is cut off.")


class _Collector:
    """Turns the parser's callbacks into tokens."""

    def __init__(self) -> None:
        self.tokens: deque[_Token] = deque()
        self.finished = False
        self._headers: list[tuple[bytes, bytes]] = []
        self._name = b""
        self._value = b""

    def callbacks(self) -> MultipartCallbacks:
        return {
            "on_part_begin": self._headers.clear,
            "on_header_field": self._header_name,
            "on_header_value": self._header_value,
            "on_header_end": self._header_end,
            "on_headers_finished": self._headers_finished,
            "on_part_data": self._part_data,
            "on_part_end": self._part_end,
            "on_end": self._end,
        }

    def _header_name(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header_end(self) -> None:
        self._headers.append((self._name.lower(), self._value))
        self._name = self._value = b""

    def _headers_finished(self) -> None:
        self.tokens.append(_Token("begin", headers=tuple(self._headers)))

    def _part_data(self, data: bytes, start: int, end: int) -> None:
        self.tokens.append(_Token("data", data[start:end]))

    def _part_end(self) -> None:
        self.tokens.append(_Token("end"))

    def _end(self) -> None:
        self.finished = True
        self.tokens.append(_Token("finish"))


def _boundary(request: Request) -> bytes:
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    boundary = options.get(b"boundary", b"")
    _refuse_if(
        kind != b"multipart/form-data" or not 0 < len(boundary) <= _MAX_BOUNDARY_BYTES,
        "Send the files as multipart/form-data, each in a part named `file`.",
    )
    return boundary


def _file_name(headers: tuple[tuple[bytes, bytes], ...]) -> str:
    disposition = dict(headers).get(b"content-disposition", b"").decode("latin-1")
    _, options = parse_options_header(disposition)
    field = _decode(options.get(b"name", b""))
    _refuse_if(
        field != FIELD, f"There is no part '{field[:50]}'; files go into parts named `file`."
    )
    name = _decode(options.get(b"filename", b""))
    _refuse_if(not name, "A file needs a name (`filename` in its part's Content-Disposition).")
    # Browsers write these three, and only these, percent-encoded.
    return name.replace("%22", '"').replace("%0D", "").replace("%0A", "")


def _decode(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _refuse_if(wrong: bool, message: str) -> None:
    if wrong:
        raise ValidationFailedError(message, field=FIELD)
