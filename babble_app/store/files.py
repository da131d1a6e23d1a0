"""Files and the text read from them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, func, update
from sqlmodel import col, select

from babble_app.errors import NotFoundError
from babble_app.schemas.workspaces import File, FilePage
from babble_app.store.tables.workspaces import FilePageRow, FileRow

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlmodel.ext.asyncio.session import AsyncSession

    from babble_app.schemas.workspaces import FileText

_AT_ONCE = 500
"""Below every database's limit of parameters in one statement."""


async def get_file(db: AsyncSession, owner_id: str, file_id: str) -> FileRow:
    """Return the owner's file; raises NotFoundError."""
    statement = select(FileRow).where(FileRow.id == file_id, FileRow.owner_id == owner_id)
    row = (await db.exec(statement)).one_or_none()
    if row is None:
        message = "There is no such file."
        raise NotFoundError(message)
    return row


async def list_files(db: AsyncSession, owner_id: str, workspace_id: str) -> Sequence[FileRow]:
    """Return the workspace's files by name, without those of visitors."""
    statement = (
        select(FileRow)
        .where(
            FileRow.owner_id == owner_id,
            FileRow.workspace_id == workspace_id,
            col(FileRow.session_id).is_(None),
        )
        .order_by(func.lower(FileRow.name), col(FileRow.created_at))
    )
    return (await db.exec(statement)).all()


async def list_unread(db: AsyncSession) -> Sequence[FileRow]:
    """Return every owner's files whose reading was cut off; only the start of the server asks this."""
    return (await db.exec(select(FileRow).where(FileRow.status == "reading"))).all()


async def sum_bytes(
    db: AsyncSession, owner_id: str, workspace_id: str, *, of_visitors: bool = False
) -> int:
    """Return how many bytes the workspace's files, or just those of visitors, have together."""
    statement = select(func.coalesce(func.sum(FileRow.size_bytes), 0)).where(
        FileRow.owner_id == owner_id, FileRow.workspace_id == workspace_id
    )
    if of_visitors:
        statement = statement.where(col(FileRow.session_id).is_not(None))
    return int((await db.exec(statement)).one())


async def list_names(
    db: AsyncSession, owner_id: str, workspace_id: str, session_id: str | None = None
) -> set[str]:
    """Return the names of the workspace's own files, or of those of a visitor's conversation, in lower case."""
    of_session = col(FileRow.session_id)
    statement = select(FileRow.name).where(
        FileRow.owner_id == owner_id,
        FileRow.workspace_id == workspace_id,
        of_session.is_(None) if session_id is None else of_session == session_id,
    )
    return {name.lower() for name in (await db.exec(statement)).all()}


async def list_pages(db: AsyncSession, owner_id: str, file_id: str) -> tuple[FilePage, ...]:
    """Return the text of the owner's file page by page."""
    statement = (
        select(FilePageRow.page, FilePageRow.text)
        .join(FileRow, col(FileRow.id) == FilePageRow.file_id)
        .where(FileRow.owner_id == owner_id, FilePageRow.file_id == file_id)
        .order_by(col(FilePageRow.page))
    )
    return tuple(FilePage(page=page, text=text) for page, text in (await db.exec(statement)).all())


async def set_text(db: AsyncSession, owner_id: str, file_id: str, text: FileText) -> None:
    """Store what could be read of the owner's file, once; a file that is gone or was read before is left alone."""
    statement = (
        update(FileRow)
        .where(
            col(FileRow.id) == file_id,
            col(FileRow.owner_id) == owner_id,
            col(FileRow.status) == "reading",
        )
        .values(status=text.status, reason=text.reason, page_count=len(text.pages))
    )
    if (await db.exec(statement)).rowcount:
        db.add_all(
            FilePageRow(file_id=file_id, page=page.page, text=page.text) for page in text.pages
        )


async def delete_file(db: AsyncSession, owner_id: str, file_id: str) -> None:
    """Delete the owner's file; raises NotFoundError."""
    statement = delete(FileRow).where(col(FileRow.id) == file_id, col(FileRow.owner_id) == owner_id)
    if (await db.exec(statement)).rowcount == 0:
        message = "There is no such file."
        raise NotFoundError(message)


async def delete_session_files(db: AsyncSession, owner_id: str, session_ids: Sequence[str]) -> None:
    """Delete what visitors gave to the owner's conversations."""
    statement = delete(FileRow).where(
        col(FileRow.owner_id) == owner_id, col(FileRow.session_id).in_(session_ids)
    )
    await db.exec(statement)


async def list_contents(
    db: AsyncSession,
    owner_id: str,
    *,
    workspace_id: str | None = None,
    file_id: str | None = None,
    session_ids: Sequence[str] | None = None,
) -> set[str]:
    """Return the SHA-256 of the owner's file, of all of his workspace, of visitors' conversations, or of all that he has."""
    statement = select(FileRow.sha256).where(FileRow.owner_id == owner_id)
    if workspace_id is not None:
        statement = statement.where(FileRow.workspace_id == workspace_id)
    if file_id is not None:
        statement = statement.where(FileRow.id == file_id)
    if session_ids is not None:
        statement = statement.where(col(FileRow.session_id).in_(session_ids))
    return set((await db.exec(statement)).all())


async def used_contents(db: AsyncSession, contents: Iterable[str]) -> set[str]:
    """Return which of the contents some file, of whomever, still has."""
    asked = list(contents)
    used: set[str] = set()
    for at in range(0, len(asked), _AT_ONCE):
        statement = select(FileRow.sha256).where(col(FileRow.sha256).in_(asked[at : at + _AT_ONCE]))
        used.update((await db.exec(statement)).all())
    return used


def file_shape(row: FileRow) -> File:
    """Return the row as its owner sees it."""
    return File.model_validate(row.model_dump(exclude={"owner_id", "session_id"}))
