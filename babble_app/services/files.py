"""Files of a workspace: taken in with limits, read in the background, given back as they came."""

from __future__ import annotations

import asyncio
import unicodedata
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from babble_app.errors import NotFoundError, QuotaExceededError, ValidationFailedError
from babble_app.retrieval.extraction import extract
from babble_app.retrieval.file_types import HEAD_BYTES, classify
from babble_app.schemas.workspaces import FileText
from babble_app.services import limits
from babble_app.services.names import is_unprintable
from babble_app.services.removal import removing
from babble_app.store import files as rows
from babble_app.store import workspaces as workspace_rows
from babble_app.store.tables.base import now
from babble_app.store.tables.chats import ChatFileRow
from babble_app.store.tables.workspaces import FileRow

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator
    from pathlib import Path

    from sqlmodel.ext.asyncio.session import AsyncSession

    from babble_app.schemas.workspaces import File
    from babble_app.services.runtime import Runtime

MAX_NAME_CHARS = 200
VISITORS_PART = 2
"""Visitors' files take at most the workspace's quota divided by this: there is always room for the owner's."""
_MEGABYTE = 1024 * 1024


async def add_file(
    rt: Runtime,
    owner_id: str,
    workspace_id: str,
    *,
    name: str,
    chunks: AsyncIterator[bytes],
    session_id: str | None = None,
) -> File:
    """Store a file and begin to read it; a second file of the same name becomes "name (2)".

    One that a visitor gives to a conversation, `session_id`, is chosen there, and not among the workspace's own.

    Raises:
        UnsupportedFileError: name or content are of no accepted type; the rest is then not read.
        FileTooLargeError: it is larger than BABBLE_MAX_UPLOAD_MB.
        QuotaExceededError: the workspace has no room for it.
        ValidationFailedError: it is empty, or its name cannot be used.
    """
    # Visitors must not use up what their host may upload.
    await limits.hit(rt, "upload", owner_id if session_id is None else f"visitors of {owner_id}")
    async with rt.database.reading() as db:
        await workspace_rows.get_workspace(db, owner_id, workspace_id)
    name = display_name(name)
    head = await _first_bytes(chunks)
    kind, media_type = classify(name, head[:HEAD_BYTES])
    return await _store(
        rt,
        FileRow(
            owner_id=owner_id,
            workspace_id=workspace_id,
            session_id=session_id,
            name=name,
            kind=kind,
            media_type=media_type,
            size_bytes=0,
            sha256="",
        ),
        _joined(head, chunks),
        rt.settings.max_upload_bytes,
    )


async def add_made_file(
    rt: Runtime, owner_id: str, workspace_id: str, *, name: str, media_type: str, data: bytes
) -> File:
    """Store a picture or a video that a model made; its size is capped where it is made.

    Raises:
        QuotaExceededError: the workspace has no room for it.
    """
    is_video = media_type.startswith("video/")
    row = FileRow(
        owner_id=owner_id,
        workspace_id=workspace_id,
        name=display_name(name),
        kind="video" if is_video else "image",
        media_type=media_type,
        size_bytes=0,
        sha256="",
        # Nothing is read from a video.
        status="ready" if is_video else "reading",
    )
    return await _store(rt, row, _in_one(data), len(data))


async def _store(rt: Runtime, row: FileRow, whole: AsyncIterator[bytes], max_bytes: int) -> File:
    owner_id, workspace_id = row.owner_id, row.workspace_id
    async with (
        rt.blobs.receive(whole, max_bytes=max_bytes) as draft,
        rt.blobs.changing,
        rt.database.unit_of_work() as db,
    ):
        workspace = await workspace_rows.get_workspace(db, owner_id, workspace_id, lock=True)
        await _check_room(rt, db, row, draft.size_bytes)
        taken = await rows.list_names(db, owner_id, workspace_id, row.session_id)
        row.name = _free_name(row.name, taken)
        row.size_bytes, row.sha256 = draft.size_bytes, draft.sha256
        workspace.updated_at = now()
        db.add(row)
        await db.flush()
        if row.session_id is not None:
            db.add(ChatFileRow(chat_id=row.session_id, file_id=row.id))
            await db.flush()
        await rt.blobs.keep(draft)
    if row.status == "reading":
        _start_reading(rt, row)
    return rows.file_shape(row)


async def list_files(rt: Runtime, owner_id: str, workspace_id: str) -> list[File]:
    """Return the workspace's files by name."""
    async with rt.database.reading() as db:
        await workspace_rows.get_workspace(db, owner_id, workspace_id)
        return [rows.file_shape(row) for row in await rows.list_files(db, owner_id, workspace_id)]


async def get_file(rt: Runtime, owner_id: str, file_id: str) -> File:
    """Return what is known about the file."""
    async with rt.database.reading() as db:
        return rows.file_shape(await rows.get_file(db, owner_id, file_id))


async def get_text(rt: Runtime, owner_id: str, file_id: str) -> FileText:
    """Return what could be read so far of the file."""
    async with rt.database.reading() as db:
        row = await rows.get_file(db, owner_id, file_id)
        pages = await rows.list_pages(db, owner_id, file_id)
    file = rows.file_shape(row)
    return FileText(pages=pages, status=file.status, reason=file.reason)


async def get_content_path(rt: Runtime, owner_id: str, file_id: str) -> tuple[File, Path]:
    """Return the file and where its contents are."""
    file = await get_file(rt, owner_id, file_id)
    path = rt.blobs.path(file.sha256)
    if not await asyncio.to_thread(path.exists):
        raise NotFoundError("The contents of this file are lost; please upload it again.")
    return file, path


async def delete_file(rt: Runtime, owner_id: str, file_id: str) -> None:
    """Delete the file, also from all chats."""
    async with removing(rt, owner_id, file_id=file_id) as db:
        await rows.delete_file(db, owner_id, file_id)


async def wait_until_read(rt: Runtime, owner_id: str, file_id: str) -> File:
    """Return the file when it has been read, or found unreadable."""
    async with rt.database.reading() as db:
        row = await rows.get_file(db, owner_id, file_id)
    if row.status == "reading":
        await asyncio.wait([_start_reading(rt, row)])
    return await get_file(rt, owner_id, file_id)


async def recover(rt: Runtime) -> None:
    """At start: read the files whose reading was cut off, and clear away contents that no file has."""
    async with rt.database.reading() as db:
        for row in await rows.list_unread(db):
            _start_reading(rt, row)
    async with rt.blobs.changing:
        kept = await asyncio.to_thread(rt.blobs.tidy)
        async with rt.database.reading() as db:
            used = await rows.used_contents(db, kept)
        for sha256 in kept - used:
            await asyncio.to_thread(rt.blobs.delete, sha256)


def display_name(name: str) -> str:
    """Return an uploaded file's name without folders and without characters that deceive.

    Raises:
        ValidationFailedError: nothing is left of it, or it is too long.
    """
    name = unicodedata.normalize("NFC", name)
    name = PurePosixPath(name.replace("\\", "/")).name
    name = " ".join("".join(char for char in name if not is_unprintable(char)).split())
    if not name.strip(". "):
        raise ValidationFailedError("The file has no usable name.", field="file")
    if len(name) > MAX_NAME_CHARS:
        message = f"The file's name has {len(name):,} characters; {MAX_NAME_CHARS} is the most."
        raise ValidationFailedError(message, field="file")
    return name


def _free_name(name: str, taken: set[str]) -> str:
    if name.lower() not in taken:
        return name
    path = PurePosixPath(name)
    number = 2
    while f"{path.stem} ({number}){path.suffix}".lower() in taken:
        number += 1
    return f"{path.stem} ({number}){path.suffix}"


async def _check_room(rt: Runtime, db: AsyncSession, row: FileRow, size_bytes: int) -> None:
    quota, whose = rt.settings.workspace_quota_bytes, (row.owner_id, row.workspace_id)
    room = quota - await rows.sum_bytes(db, *whose)
    if row.session_id is not None:
        visitors = quota // VISITORS_PART - await rows.sum_bytes(db, *whose, of_visitors=True)
        if size_bytes > min(room, visitors):
            # How much there is belongs to the owner.
            raise QuotaExceededError("There is no room left for files of visitors here.")
    if size_bytes > room:
        message = (
            f"The workspace holds at most {rt.settings.workspace_quota_mb} MB, and "
            f"{max(0, room) / _MEGABYTE:.1f} MB are free. Delete files that are no longer needed."
        )
        raise QuotaExceededError(message)


async def _first_bytes(chunks: AsyncIterator[bytes]) -> bytes:
    head = bytearray()
    while len(head) < HEAD_BYTES and (chunk := await anext(chunks, None)) is not None:
        head += chunk
    return bytes(head)


async def _in_one(data: bytes) -> AsyncGenerator[bytes]:
    yield data


async def _joined(head: bytes, rest: AsyncIterator[bytes]) -> AsyncGenerator[bytes]:
    yield head
    async for chunk in rest:
        yield chunk


def _start_reading(rt: Runtime, row: FileRow) -> asyncio.Task[None]:
    """Return the task that reads the file, a new one if none does."""
    task = rt.reading.get(row.id)
    if task is None:
        task = rt.start_task(_read(rt, row), f"read {row.id}")
        rt.reading[row.id] = task
        task.add_done_callback(lambda _: rt.reading.pop(row.id, None))
    return task


async def _read(rt: Runtime, row: FileRow) -> None:
    file = rows.file_shape(row)
    text = await extract(rt.blobs.path(file.sha256), file.kind, file.media_type)
    async with rt.database.unit_of_work() as db:
        await rows.set_text(db, row.owner_id, row.id, text)
