"""Reading uploads as they arrive."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from starlette.requests import Request

from babble_app.api._multipart import MAX_FILES, read_files
from babble_app.errors import ValidationFailedError

if TYPE_CHECKING:
    from collections.abc import Sequence

KIND = "multipart/form-data; boundary=XX"


def make_request(pieces: Sequence[bytes], kind: str = KIND) -> Request:
    waiting = [
        {"type": "http.request", "body": piece, "more_body": number < len(pieces) - 1}
        for number, piece in enumerate(pieces)
    ]

    async def receive() -> Any:
        return waiting.pop(0)

    headers = [(b"content-type", kind.encode())]
    return Request({"type": "http", "headers": headers}, receive)


def make_part(name: str, data: bytes, field: str = "file") -> bytes:
    head = f'--XX\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\n\r\n'
    return head.encode() + data + b"\r\n"


END = b"--XX--\r\n"


async def read(request: Request) -> list[tuple[str, bytes]]:
    return [
        (part.name, b"".join([chunk async for chunk in part.chunks]))
        async for part in read_files(request)
    ]


@pytest.mark.parametrize("size", [1, 3, 7, 64, 10_000])
async def test_files_are_whole_however_their_bytes_are_cut(size: int):
    body = make_part("a.txt", b"one\r\n--X") + make_part("ü.bin", bytes(range(256))) + END
    pieces = [body[at : at + size] for at in range(0, len(body), size)]

    files = await read(make_request(pieces))

    assert files == [("a.txt", b"one\r\n--X"), ("ü.bin", bytes(range(256)))]


async def test_what_a_reader_leaves_of_a_file_is_passed_over():
    body = make_part("a.txt", b"a" * 100) + make_part("b.txt", b"b") + END
    pieces = [body[at : at + 10] for at in range(0, len(body), 10)]

    names = [part.name async for part in read_files(make_request(pieces))]

    assert names == ["a.txt", "b.txt"]


async def test_an_empty_file_is_a_file():
    assert await read(make_request([make_part("a.txt", b"") + END])) == [("a.txt", b"")]


@pytest.mark.parametrize(
    ("body", "kind", "words"),
    [
        (END, KIND, "at least one file"),
        (make_part("a.txt", b"x"), KIND, "cut off"),
        (make_part("a.txt", b"x")[:-5], KIND, "cut off"),
        (b"", KIND, "cut off"),
        (b"rubbish", KIND, "cannot be read"),
        (make_part("a.txt", b"x") + END, "application/json", "multipart/form-data"),
        (make_part("a.txt", b"x") + END, "multipart/form-data", "multipart/form-data"),
        (
            make_part("a.txt", b"x") + END,
            "multipart/form-data; boundary=" + "b" * 300,
            "multipart/form-data",
        ),
        (make_part("a.txt", b"x", field="owner_id") + END, KIND, "no part 'owner_id'"),
        (make_part("", b"x") + END, KIND, "needs a name"),
        (make_part("a.txt", b"x") * (MAX_FILES + 1) + END, KIND, f"At most {MAX_FILES}"),
        (b"--XX\r\n" + b"X-Long: " + b"a" * 70_000, KIND, "cannot be read"),
    ],
)
async def test_a_body_that_is_no_upload_is_refused_in_words(body: bytes, kind: str, words: str):
    with pytest.raises(ValidationFailedError, match=words):
        await read(make_request([body], kind))
