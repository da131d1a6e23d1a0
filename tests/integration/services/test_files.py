"""Files: taken in with limits, read, given back, deleted with their contents when nobody else has those."""

from __future__ import annotations

import asyncio
import io
from typing import TYPE_CHECKING

import pytest
from PIL import Image
from sqlalchemy import delete, update

from babble_app.errors import (
    FileTooLargeError,
    NotFoundError,
    QuotaExceededError,
    UnsupportedFileError,
    ValidationFailedError,
)
from babble_app.services import files, workspaces
from babble_app.services.runtime import running
from babble_app.store.tables.workspaces import FilePageRow, FileRow
from tests.conftest import make_settings
from tests.factories import in_chunks, make_file, make_workspace
from tests.pdf_files import make_pdf

if TYPE_CHECKING:
    from pathlib import Path

    from babble_app.services.runtime import Runtime


async def test_a_text_file_is_stored_read_and_given_back(rt: Runtime) -> None:
    owner, workspace = await make_workspace(rt)
    content = "Grüße aus dem Laden.\n".encode()

    file = await make_file(rt, owner, workspace.id, name="notes.md", content=content)
    text = await files.get_text(rt, owner, file.id)
    _, path = await files.get_content_path(rt, owner, file.id)

    assert (file.kind, file.media_type, file.status) == ("text", "text/markdown", "ready")
    assert [page.text for page in text.pages] == ["Grüße aus dem Laden.\n"]
    assert path.read_bytes() == content


async def test_a_pdf_is_read_page_by_page(rt: Runtime) -> None:
    owner, workspace = await make_workspace(rt)

    file = await make_file(rt, owner, workspace.id, name="a.pdf", content=make_pdf(["one", "two"]))
    text = await files.get_text(rt, owner, file.id)

    assert (file.kind, file.status, file.page_count) == ("pdf", "ready", 2)
    assert ["one" in text.pages[0].text, "two" in text.pages[1].text] == [True, True]


async def test_a_picture_is_ready_without_text(rt: Runtime) -> None:
    owner, workspace = await make_workspace(rt)
    picture = io.BytesIO()
    Image.new("RGB", (4, 4), "red").save(picture, "PNG")

    file = await make_file(rt, owner, workspace.id, name="a.png", content=picture.getvalue())

    assert (file.kind, file.media_type, file.status) == ("image", "image/png", "ready")


async def test_a_broken_pdf_stays_marked_with_the_reason(rt: Runtime) -> None:
    owner, workspace = await make_workspace(rt)

    file = await make_file(rt, owner, workspace.id, name="a.pdf", content=b"%PDF-1.7 nothing")

    assert file.status == "unreadable"
    assert file.reason
    assert [item.id for item in await files.list_files(rt, owner, workspace.id)] == [file.id]


@pytest.mark.parametrize(
    ("name", "content", "error"),
    [
        ("empty.txt", b"", ValidationFailedError),
        ("prog.exe", b"MZ\0\0", UnsupportedFileError),
        ("noname", b"text", UnsupportedFileError),
        ("fake.png", b"<html>", UnsupportedFileError),
        ("fake.pdf", b"plain text", UnsupportedFileError),
        ("binary.txt", b"\x00\x01\x02", UnsupportedFileError),
    ],
)
async def test_what_is_not_accepted_is_refused_and_leaves_nothing(
    rt: Runtime, name: str, content: bytes, error: type[Exception]
) -> None:
    owner, workspace = await make_workspace(rt)

    with pytest.raises(error):
        await files.add_file(rt, owner, workspace.id, name=name, chunks=in_chunks(content))

    assert await files.list_files(rt, owner, workspace.id) == []
    assert rt.blobs.tidy() == set()


async def test_a_refused_type_is_refused_before_the_rest_is_read(rt: Runtime) -> None:
    owner, workspace = await make_workspace(rt)
    sent = 0

    async def endless():
        nonlocal sent
        while True:
            sent += 1000
            yield b"\0" * 1000

    with pytest.raises(UnsupportedFileError):
        await files.add_file(rt, owner, workspace.id, name="a.txt", chunks=endless())

    assert sent < 10_000


async def test_size_and_quota_are_kept(tmp_path: Path, database_address: str) -> None:
    settings = make_settings(
        tmp_path,
        DATABASE_URL=database_address,
        BABBLE_MAX_UPLOAD_MB=1,
        BABBLE_WORKSPACE_QUOTA_MB=1,
    )
    async with running(settings) as rt:
        owner, workspace = await make_workspace(rt)
        with pytest.raises(FileTooLargeError, match="larger than 1 MB"):
            await make_file(rt, owner, workspace.id, content=b"x" * (1024 * 1024 + 1))
        await make_file(rt, owner, workspace.id, content=b"x" * 600_000)
        with pytest.raises(QuotaExceededError, match=r"0\.4 MB are free"):
            await make_file(rt, owner, workspace.id, content=b"y" * 600_000)

        assert (await workspaces.get_workspace(rt, owner, workspace.id)).size_bytes == 600_000
        assert len(rt.blobs.tidy()) == 1


async def test_uploads_at_once_cannot_pass_the_quota_together(
    tmp_path: Path, database_address: str
) -> None:
    settings = make_settings(tmp_path, DATABASE_URL=database_address, BABBLE_WORKSPACE_QUOTA_MB=1)
    async with running(settings) as rt:
        owner, workspace = await make_workspace(rt)
        uploads = [
            make_file(rt, owner, workspace.id, content=bytes([65 + n]) * 400_000) for n in range(5)
        ]

        results = await asyncio.gather(*uploads, return_exceptions=True)

        assert sum(isinstance(result, QuotaExceededError) for result in results) == 3
        assert (await workspaces.get_workspace(rt, owner, workspace.id)).size_bytes == 800_000


async def test_a_second_file_of_the_same_name_gets_a_number(rt: Runtime) -> None:
    owner, workspace = await make_workspace(rt)

    names = [(await make_file(rt, owner, workspace.id, name="a.txt")).name for _ in range(3)]

    assert names == ["a.txt", "a (2).txt", "a (3).txt"]


async def test_the_same_contents_are_kept_once_and_until_the_last_file_is_deleted(
    rt: Runtime,
) -> None:
    owner, workspace = await make_workspace(rt)
    stranger, theirs = await make_workspace(rt)
    mine = await make_file(rt, owner, workspace.id)
    other = await make_file(rt, stranger, theirs.id)

    await files.delete_file(rt, owner, mine.id)
    after_first = rt.blobs.path(mine.sha256).exists()
    await files.delete_file(rt, stranger, other.id)

    assert mine.sha256 == other.sha256
    assert after_first
    assert not rt.blobs.path(mine.sha256).exists()


async def test_a_deleted_workspace_takes_its_files_with_it(rt: Runtime) -> None:
    owner, workspace = await make_workspace(rt)
    file = await make_file(rt, owner, workspace.id)

    await workspaces.delete_workspace(rt, owner, workspace.id)

    assert not rt.blobs.path(file.sha256).exists()
    with pytest.raises(NotFoundError):
        await files.get_file(rt, owner, file.id)


async def test_a_file_whose_reading_was_cut_off_is_read_at_the_next_start(rt: Runtime) -> None:
    owner, workspace = await make_workspace(rt)
    file = await make_file(rt, owner, workspace.id)
    async with rt.database.unit_of_work() as db:
        await db.exec(update(FileRow).values(status="reading", page_count=0))
        await db.exec(delete(FilePageRow))

    await files.recover(rt)

    assert (await files.wait_until_read(rt, owner, file.id)).status == "ready"
    assert len((await files.get_text(rt, owner, file.id)).pages) == 1


async def test_the_start_clears_away_contents_that_no_file_has(rt: Runtime) -> None:
    owner, workspace = await make_workspace(rt)
    file = await make_file(rt, owner, workspace.id)
    async with rt.blobs.receive(in_chunks(b"orphan"), max_bytes=100) as draft:
        await rt.blobs.keep(draft)

    await files.recover(rt)

    assert rt.blobs.tidy() == {file.sha256}


async def test_an_upload_that_breaks_off_leaves_nothing(rt: Runtime) -> None:
    owner, workspace = await make_workspace(rt)

    async def broken():
        yield b"some text" * 1000
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await files.add_file(rt, owner, workspace.id, name="a.txt", chunks=broken())

    assert await files.list_files(rt, owner, workspace.id) == []
    assert rt.blobs.tidy() == set()
