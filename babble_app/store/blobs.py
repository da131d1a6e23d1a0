"""The files' contents, kept once for each SHA-256 beside the database, readable by the server's own user only."""

from __future__ import annotations

import asyncio
import errno
import hashlib
import os
import tempfile
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from babble_app.errors import DiskFullError, FileTooLargeError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Callable, Generator

_MEGABYTE = 1024 * 1024


class Draft:
    """Contents that have arrived but are not kept yet."""

    def __init__(self, path: Path, sha256: str, size_bytes: int) -> None:
        """Describe the temporary file at `path`."""
        self.path = path
        self.sha256 = sha256
        self.size_bytes = size_bytes


class Blobs:
    """A folder of contents named by their SHA-256."""

    def __init__(self, folder: Path) -> None:
        """Nothing is made before the first contents arrive."""
        self._folder = folder
        self.changing = asyncio.Lock()
        """Held around "keep and store the row" and "remove the row and then the contents": else one could undo the other."""

    @asynccontextmanager
    async def receive(
        self, chunks: AsyncIterator[bytes], *, max_bytes: int
    ) -> AsyncGenerator[Draft]:
        """Write the chunks to a temporary file; it is gone on leaving unless `keep` was called.

        Raises:
            FileTooLargeError: more than `max_bytes` came; the rest is not read.
            DiskFullError: there is no room.
        """
        path = await asyncio.to_thread(self._new_file)
        try:
            with _disk_full():
                yield await self._write(path, chunks, max_bytes)
        finally:
            path.unlink(missing_ok=True)

    async def keep(self, draft: Draft) -> None:
        """Put the contents in their place; they survive a crash from here on."""
        with _disk_full():
            await asyncio.to_thread(self._keep, draft)

    def path(self, sha256: str) -> Path:
        """Return where the contents are, whether or not they exist."""
        return self._folder / sha256[:2] / sha256

    def delete(self, sha256: str) -> None:
        """Remove the contents; the caller has made sure that nothing refers to them."""
        self.path(sha256).unlink(missing_ok=True)

    def tidy(self) -> set[str]:
        """Remove what interrupted uploads have left, and return the SHA-256 of everything that is kept."""
        for path in self._folder.glob("receiving-*"):
            path.unlink(missing_ok=True)
        return {path.name for path in self._folder.glob("??/*")}

    def _new_file(self) -> Path:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, name = tempfile.mkstemp(prefix="receiving-", dir=self._folder)
        os.close(handle)
        return Path(name)

    async def _write(self, path: Path, chunks: AsyncIterator[bytes], max_bytes: int) -> Draft:
        digest = hashlib.sha256()
        size = 0
        with path.open("wb", buffering=0) as file:
            async for chunk in chunks:
                size += len(chunk)
                if size > max_bytes:
                    message = f"The file is larger than {max_bytes // _MEGABYTE} MB, the most this server takes."
                    raise FileTooLargeError(message)
                await asyncio.to_thread(_append, file.fileno(), chunk, digest.update)
            await asyncio.to_thread(os.fsync, file.fileno())
        return Draft(path, digest.hexdigest(), size)

    def _keep(self, draft: Draft) -> None:
        target = self.path(draft.sha256)
        target.parent.mkdir(exist_ok=True, mode=0o700)
        draft.path.replace(target)
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _append(handle: int, chunk: bytes, update: Callable[[bytes], None]) -> None:
    update(chunk)
    rest = memoryview(chunk)
    while rest:
        rest = rest[os.write(handle, rest) :]


@contextmanager
def _disk_full() -> Generator[None]:
    try:
        yield
    except OSError as error:
        if error.errno not in {errno.ENOSPC, errno.EDQUOT}:
            raise
        message = "The server's disk is full: the file was not stored. Reading still works."
        raise DiskFullError(message) from error
