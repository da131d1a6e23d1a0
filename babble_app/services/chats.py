"""Chats of a workspace: their names, their models, the files they see, their messages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from babble_app.errors import NotFoundError, ValidationFailedError
from babble_app.services import profiles
from babble_app.services.names import clean_model, clean_name, is_unprintable
from babble_app.services.removal import stop_runs
from babble_app.store import agents as agent_rows
from babble_app.store import chats as rows
from babble_app.store import workspaces as workspace_rows
from babble_app.store.tables.base import now
from babble_app.store.tables.chats import ChatRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from babble_app.schemas.chats import Chat, Message
    from babble_app.services.runtime import Runtime
    from babble_app.store.writer import Operation

MAX_TITLE_CHARS = 60
"""Of a title taken from the first message."""
MAX_CHAT_FILES = 100
MAX_MESSAGES = 200
_MARKUP = re.compile(r"[#*_`>~|\[\]]+")


async def create_chat(
    rt: Runtime,
    owner_id: str,
    workspace_id: str,
    *,
    title: str = "",
    model: str = "",
    profile: str = "",
    review_changes: bool = False,
) -> Chat:
    """Begin a chat; without a title it gets one from its first message."""
    if profile:
        await profiles.get_profile(rt, owner_id, profile)
    row = ChatRow(
        owner_id=owner_id,
        workspace_id=workspace_id,
        title=clean_name(title, what="title", field="title") if title.strip() else "",
        titled_by_person=bool(title.strip()),
        model=clean_model(model),
        profile=profile,
        review_changes=review_changes,
    )
    async with rt.database.unit_of_work() as db:
        await workspace_rows.get_workspace(db, owner_id, workspace_id)
        db.add(row)
    return await get_chat(rt, owner_id, row.id)


async def list_chats(rt: Runtime, owner_id: str, workspace_id: str) -> list[Chat]:
    """Return the workspace's chats, the last edited first."""
    async with rt.database.reading() as db:
        await workspace_rows.get_workspace(db, owner_id, workspace_id)
        return await rows.list_chats(db, owner_id, workspace_id=workspace_id)


async def get_chat(rt: Runtime, owner_id: str, chat_id: str) -> Chat:
    """Return the chat."""
    async with rt.database.reading() as db:
        found = await rows.list_chats(db, owner_id, chat_id=chat_id)
    if not found:
        raise NotFoundError("There is no such chat.")
    return found[0]


async def update_chat(
    rt: Runtime,
    owner_id: str,
    chat_id: str,
    *,
    title: str | None = None,
    model: str | None = None,
    profile: str | None = None,
    agent_id: str | None = None,
    review_changes: bool | None = None,
) -> Chat:
    """Change what is given of the chat; an empty model, profile or agent takes the choice back."""
    if profile:
        await profiles.get_profile(rt, owner_id, profile)
    async with rt.database.unit_of_work() as db:
        row = await rows.get_chat(db, owner_id, chat_id, lock=True)
        if title is not None:
            row.title = clean_name(title, what="title", field="title")
            row.titled_by_person = True
        if model is not None:
            row.model = clean_model(model)
        if profile is not None:
            row.profile = profile
        if agent_id is not None:
            row.agent_id = agent_id or None
            if agent_id:
                await agent_rows.get_agent(db, owner_id, agent_id, workspace_id=row.workspace_id)
        if review_changes is not None:
            row.review_changes = review_changes
        row.updated_at = now()
    return await get_chat(rt, owner_id, chat_id)


async def delete_chat(rt: Runtime, owner_id: str, chat_id: str) -> None:
    """Delete the chat with its messages; a run of it is stopped."""
    await get_chat(rt, owner_id, chat_id)
    await stop_runs(rt, owner_id, chat_id=chat_id)
    async with rt.database.unit_of_work() as db:
        await rows.delete_chat(db, owner_id, chat_id)


async def clear_chat(rt: Runtime, owner_id: str, chat_id: str) -> None:
    """Delete the chat's messages and runs, and keep the chat; a run of it is stopped."""
    await get_chat(rt, owner_id, chat_id)
    await stop_runs(rt, owner_id, chat_id=chat_id)
    async with rt.database.unit_of_work() as db:
        await rows.clear_chat(db, owner_id, chat_id)


async def choose_files(rt: Runtime, owner_id: str, chat_id: str, file_ids: Sequence[str]) -> Chat:
    """Let the chat's models see exactly these files of its workspace."""
    if len(set(file_ids)) > MAX_CHAT_FILES:
        message = f"A chat sees at most {MAX_CHAT_FILES} files."
        raise ValidationFailedError(message, field="file_ids")
    async with rt.database.unit_of_work() as db:
        row = await rows.get_chat(db, owner_id, chat_id, lock=True)
        await rows.set_files(db, owner_id, row, file_ids)
        row.updated_at = now()
    return await get_chat(rt, owner_id, chat_id)


async def list_messages(
    rt: Runtime, owner_id: str, chat_id: str, *, limit: int = 50, before: str | None = None
) -> list[Message]:
    """Return the chat's newest messages, oldest first; `before` is the message that those returned precede."""
    async with rt.database.reading() as db:
        await rows.get_chat(db, owner_id, chat_id)
        position = None
        if before is not None:
            message = await rows.get_message(db, owner_id, before)
            if message.chat_id != chat_id:
                raise NotFoundError("There is no such message in this chat.")
            position = message.position
        return await rows.list_messages(
            db, owner_id, chat_id, limit=min(max(limit, 1), MAX_MESSAGES), before=position
        )


async def get_message(rt: Runtime, owner_id: str, message_id: str) -> Message:
    """Return the message."""
    async with rt.database.reading() as db:
        return rows.message_shape(await rows.get_message(db, owner_id, message_id))


def naming(owner_id: str, chat_id: str, text: str) -> list[Operation]:
    """Return what names the chat after its first message, unless it has a name; stored together with the message."""
    title = _title_from(text)
    return [rows.name_chat(owner_id, chat_id, title)] if title else []


def _title_from(text: str) -> str:
    """Return the beginning of the text, cut after a word, without markup."""
    plain = "".join(" " if is_unprintable(char) else char for char in text[:2000])
    words = _MARKUP.sub(" ", plain).split()
    title = " ".join(words)
    if len(title) <= MAX_TITLE_CHARS:
        return title
    cut = title[: MAX_TITLE_CHARS - 1]
    if " " in cut[MAX_TITLE_CHARS // 2 :]:
        cut = cut.rpartition(" ")[0]
    return cut.rstrip(" ,.;:-") + "…"
