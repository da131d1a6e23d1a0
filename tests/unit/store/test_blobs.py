"""Contents of files: kept once by their SHA-256, private, and never half."""

from __future__ import annotations

import errno
import hashlib
import stat
from typing import TYPE_CHECKING

import pytest

from babble_app.errors import DiskFullError, FileTooLargeError
from babble_app.store.blobs import Blobs
from tests.factories import in_chunks

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    return Blobs(tmp_path / "blobs")


async def test_kept_contents_are_found_by_their_hash(blobs: Blobs) -> None:
    content = b"x" * 5000

    async with blobs.receive(in_chunks(content), max_bytes=10_000) as draft:
        await blobs.keep(draft)

    assert draft.sha256 == hashlib.sha256(content).hexdigest()
    assert draft.size_bytes == 5000
    assert blobs.path(draft.sha256).read_bytes() == content
    assert stat.S_IMODE(blobs.path(draft.sha256).stat().st_mode) == 0o600


async def test_contents_that_are_not_kept_leave_nothing(blobs: Blobs, tmp_path: Path) -> None:
    async with blobs.receive(in_chunks(b"abc"), max_bytes=10):
        pass

    assert [path for path in (tmp_path / "blobs").rglob("*") if path.is_file()] == []


async def test_too_much_is_refused_before_all_of_it_came(blobs: Blobs, tmp_path: Path) -> None:
    read = 0

    async def endless():
        nonlocal read
        while True:
            read += 1
            yield b"x" * 1000

    with pytest.raises(FileTooLargeError):
        async with blobs.receive(endless(), max_bytes=5000):
            pass

    assert read <= 6
    assert [path for path in (tmp_path / "blobs").rglob("*") if path.is_file()] == []


async def test_a_full_disk_is_called_so(blobs: Blobs, tmp_path: Path) -> None:
    async def full():
        yield b"begun"
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(DiskFullError):
        async with blobs.receive(full(), max_bytes=5000):
            pass

    assert [path for path in (tmp_path / "blobs").rglob("*") if path.is_file()] == []


async def test_tidying_removes_interrupted_uploads_and_names_what_is_kept(
    blobs: Blobs, tmp_path: Path
) -> None:
    async with blobs.receive(in_chunks(b"abc"), max_bytes=10) as draft:
        await blobs.keep(draft)
    (tmp_path / "blobs" / "receiving-left").write_bytes(b"half")

    kept = blobs.tidy()

    assert kept == {draft.sha256}
    assert not (tmp_path / "blobs" / "receiving-left").exists()
