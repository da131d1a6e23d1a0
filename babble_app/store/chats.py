"""Chats, the files they see, and their messages."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import ScalarSelect, bindparam, delete, func, update
from sqlmodel import col, select

from babble_app.errors import NotFoundError
from babble_app.schemas.chats import Chat, Message
from babble_app.store.prepared import Prepared
from babble_app.store.runs import ACTIVE
from babble_app.store.tables.chats import ChatFileRow, ChatRow, MessageRow
from babble_app.store.tables.runs import RunRow
from babble_app.store.tables.workspaces import FileRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlmodel.ext.asyncio.session import AsyncSession

    from babble_app.store.writer import Operation

_NONE = "There is no such chat."
_NAME = Prepared(
    update(ChatRow)
    .where(
        col(ChatRow.id) == bindparam("of_chat"),
        col(ChatRow.owner_id) == bindparam("of_owner"),
        col(ChatRow.title) == "",
        ~col(ChatRow.titled_by_person),
    )
    # A rename that was begun before must not overwrite, or be overwritten, unseen.
    .values(title=bindparam("new_title"), version=ChatRow.version + 1)
)
"""Made once, as a chat's first message waits for it."""


async def get_chat(db: AsyncSession, owner_id: str, chat_id: str, *, lock: bool = False) -> ChatRow:
    """Return the owner's chat, locked against other changes if wanted; raises NotFoundError."""
    statement = select(ChatRow).where(ChatRow.id == chat_id, ChatRow.owner_id == owner_id)
    if lock:
        statement = statement.with_for_update()
    row = (await db.exec(statement)).one_or_none()
    if row is None:
        raise NotFoundError(_NONE)
    return row


async def list_chats(
    db: AsyncSession, owner_id: str, *, workspace_id: str | None = None, chat_id: str | None = None
) -> list[Chat]:
    """Return the owner's chats of a workspace, the last edited first, without visitors' ones; or just the one."""
    statement = (
        select(ChatRow, _active_run())
        .where(ChatRow.owner_id == owner_id)
        .order_by(col(ChatRow.updated_at).desc(), col(ChatRow.id))
    )
    if workspace_id is not None:
        statement = statement.where(
            ChatRow.workspace_id == workspace_id, col(ChatRow.app_id).is_(None)
        )
    if chat_id is not None:
        statement = statement.where(ChatRow.id == chat_id)
    found = (await db.exec(statement)).all()
    files = await _files_of(db, owner_id, workspace_id=workspace_id, chat_id=chat_id)
    hidden = {"owner_id", "titled_by_person", "version", "app_id"}
    return [
        Chat.model_validate(
            {
                **row.model_dump(exclude=hidden),
                "file_ids": tuple(files[row.id]),
                "active_run_id": run_id,
            }
        )
        for row, run_id in found
    ]


async def set_files(
    db: AsyncSession, owner_id: str, chat: ChatRow, file_ids: Sequence[str]
) -> None:
    """Let the chat see exactly these files of its workspace; raises NotFoundError for any other."""
    wanted = set(file_ids)
    statement = select(FileRow.id).where(
        FileRow.owner_id == owner_id,
        FileRow.workspace_id == chat.workspace_id,
        col(FileRow.id).in_(wanted),
    )
    if set((await db.exec(statement)).all()) != wanted:
        message = "There is no such file in this workspace."
        raise NotFoundError(message)
    await db.exec(delete(ChatFileRow).where(col(ChatFileRow.chat_id) == chat.id))
    db.add_all(ChatFileRow(chat_id=chat.id, file_id=file_id) for file_id in wanted)


async def count_files(db: AsyncSession, owner_id: str, chat_id: str) -> int:
    """Return how many files the owner's chat sees."""
    statement = (
        select(func.count())
        .select_from(ChatFileRow)
        .join(FileRow, col(FileRow.id) == ChatFileRow.file_id)
        .where(FileRow.owner_id == owner_id, ChatFileRow.chat_id == chat_id)
    )
    return (await db.exec(statement)).one()


async def forget_profile(db: AsyncSession, owner_id: str, profile_id: str) -> None:
    """Take the profile from the owner's chats that have it."""
    statement = (
        update(ChatRow)
        .where(col(ChatRow.owner_id) == owner_id, col(ChatRow.profile) == profile_id)
        .values(profile="", version=ChatRow.version + 1)
    )
    await db.exec(statement)


def name_chat(owner_id: str, chat_id: str, title: str) -> Operation:
    """Name the owner's chat unless it has a name; for the batching writer."""
    return _NAME, [{"of_chat": chat_id, "of_owner": owner_id, "new_title": title}]


async def delete_chat(db: AsyncSession, owner_id: str, chat_id: str) -> None:
    """Delete the owner's chat with its messages and runs; raises NotFoundError."""
    statement = delete(ChatRow).where(col(ChatRow.id) == chat_id, col(ChatRow.owner_id) == owner_id)
    if (await db.exec(statement)).rowcount == 0:
        raise NotFoundError(_NONE)


async def clear_chat(db: AsyncSession, owner_id: str, chat_id: str) -> None:
    """Delete the messages and runs of the owner's chat; raises NotFoundError."""
    await get_chat(db, owner_id, chat_id, lock=True)
    await db.exec(delete(MessageRow).where(col(MessageRow.chat_id) == chat_id))
    await db.exec(delete(RunRow).where(col(RunRow.chat_id) == chat_id))


async def get_message(db: AsyncSession, owner_id: str, message_id: str) -> MessageRow:
    """Return the owner's message; raises NotFoundError."""
    statement = select(MessageRow).where(
        MessageRow.id == message_id, MessageRow.owner_id == owner_id
    )
    row = (await db.exec(statement)).one_or_none()
    if row is None:
        message = "There is no such message."
        raise NotFoundError(message)
    return row


async def list_messages(
    db: AsyncSession, owner_id: str, chat_id: str, *, limit: int, before: int | None = None
) -> list[Message]:
    """Return the chat's newest messages, oldest first, or those that precede the position `before`."""
    statement = (
        select(MessageRow)
        .where(MessageRow.owner_id == owner_id, MessageRow.chat_id == chat_id)
        .order_by(col(MessageRow.position).desc())
        .limit(limit)
    )
    if before is not None:
        statement = statement.where(MessageRow.position < before)
    return [message_shape(row) for row in reversed((await db.exec(statement)).all())]


def message_shape(row: MessageRow) -> Message:
    """Return the row as its owner sees it."""
    plain = row.model_dump(exclude={"owner_id", "details", "position"})
    return Message.model_validate({**plain, **row.details})


async def _files_of(
    db: AsyncSession, owner_id: str, *, workspace_id: str | None, chat_id: str | None
) -> dict[str, list[str]]:
    statement = (
        select(ChatFileRow.chat_id, ChatFileRow.file_id)
        .join(FileRow, col(FileRow.id) == ChatFileRow.file_id)
        .where(FileRow.owner_id == owner_id)
        .order_by(col(FileRow.created_at), col(FileRow.id))
    )
    if workspace_id is not None:
        statement = statement.where(FileRow.workspace_id == workspace_id)
    if chat_id is not None:
        statement = statement.where(ChatFileRow.chat_id == chat_id)
    files: dict[str, list[str]] = defaultdict(list)
    for chat, file in (await db.exec(statement)).all():
        files[chat].append(file)
    return files


def _active_run() -> ScalarSelect[Any]:
    return (
        select(RunRow.id)
        .where(col(RunRow.chat_id) == ChatRow.id, col(RunRow.status).in_(ACTIVE))
        .order_by(col(RunRow.created_at))
        .limit(1)
        .correlate(ChatRow)
        .scalar_subquery()
    )
