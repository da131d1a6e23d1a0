"""What an app's owner does with visitors' conversations: finds, reads and erases them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from babble_app.errors import NotFoundError, ValidationFailedError
from babble_app.schemas.conversations import Conversation, ConversationPage
from babble_app.services.visit_people import NO_CONVERSATION, find_visit
from babble_app.services.visit_removal import delete_visits
from babble_app.store import apps as app_rows
from babble_app.store import chats as chat_rows
from babble_app.store import visit_desk as rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from babble_app.schemas.conversations import ConversationFilter
    from babble_app.services.runtime import Runtime

MAX_LISTED = 100
MAX_MESSAGES = 200


async def list_conversations(
    rt: Runtime,
    owner_id: str,
    app_id: str,
    wanted: ConversationFilter,
    *,
    limit: int = 30,
    after: str = "",
) -> ConversationPage:
    """Return conversations in which a visitor has said something, the last touched first.

    Args:
        rt: The runtime.
        owner_id: Whose app it is.
        app_id: Of which app.
        wanted: Which are meant.
        limit: How many at most.
        after: What an earlier page calls its `next`.

    Raises:
        NotFoundError: there is no such app.
        ValidationFailedError: `after` comes from no page.
    """
    limit = min(max(limit, 1), MAX_LISTED)
    place = _place(after) if after else None
    async with rt.database.reading() as db:
        await app_rows.get_app(db, owner_id, app_id)
    found = await rt.database.fetch(
        rows.list_conversations, owner_id, app_id, wanted, limit=limit + 1, after=place
    )
    shown = found[:limit]
    more = f"{shown[-1].updated_at.isoformat()} {shown[-1].id}" if len(found) > limit else ""
    return ConversationPage(items=tuple(shown), next=more)


async def get_conversation(
    rt: Runtime,
    owner_id: str,
    app_id: str,
    conversation_id: str,
    *,
    limit: int = 50,
    before: str | None = None,
) -> Conversation:
    """Return the conversation with its newest messages, or those that precede the message `before`."""
    limit = min(max(limit, 1), MAX_MESSAGES)
    about = await rt.database.fetch(rows.find_conversation, owner_id, app_id, conversation_id)
    if about is None:
        raise NotFoundError(NO_CONVERSATION)
    async with rt.database.reading() as db:
        position = None
        if before is not None:
            message = await chat_rows.get_message(db, owner_id, before)
            if message.chat_id != conversation_id:
                raise NotFoundError("There is no such message in this conversation.")
            position = message.position
        found = await rows.list_messages(
            db, owner_id, conversation_id, limit=limit + 1, before=position
        )
    return Conversation(about=about, messages=tuple(found[-limit:]), has_earlier=len(found) > limit)


async def list_versions(rt: Runtime, owner_id: str, app_id: str) -> list[int]:
    """Return the numbers of the versions that the app's visitors have talked to, the newest first."""
    async with rt.database.reading() as db:
        await app_rows.get_app(db, owner_id, app_id)
        return await rows.list_versions(db, owner_id, app_id)


async def count_waiting(rt: Runtime, owner_id: str) -> dict[str, int]:
    """Return in how many conversations of each of the person's apps a visitor waits for a person; apps without are left out."""
    async with rt.database.reading() as db:
        return await rows.count_waiting(db, owner_id)


async def delete_conversations(
    rt: Runtime, owner_id: str, app_id: str, conversation_ids: Sequence[str]
) -> None:
    """Erase conversations with all that was said in them; answers in the making are stopped.

    Raises:
        NotFoundError: one of them is none of the app's; then none is erased.
    """
    async with rt.database.reading() as db:
        await app_rows.get_app(db, owner_id, app_id)
        for conversation_id in conversation_ids:
            await find_visit(db, owner_id, app_id, conversation_id)
    await delete_visits(rt, owner_id, conversation_ids)
    rt.visit_feed.tell(app_id, *conversation_ids)


def _place(after: str) -> tuple[datetime, str]:
    at, _, last_id = after.partition(" ")
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None or not last_id or "\0" in last_id:
        message = "Send as `after` what the page before calls `next`."
        raise ValidationFailedError(message, field="after")
    return moment, last_id
