"""Visitors' conversations as files: one JSON object a conversation, or a table with one line a message; written as they are read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from babble_app.schemas.conversations import Conversation
from babble_app.services import visit_desk
from babble_app.services.csv_text import csv_lines, harmless
from babble_app.store import visit_desk as rows

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from babble_app.schemas.conversations import ConversationFilter, ConversationMessage
    from babble_app.services.runtime import Runtime

MOST_MESSAGES = 10_000
"""Of one conversation."""
CSV_COLUMNS = (
    "conversation_id", "visitor", "channel", "version", "message_id", "at", "who", "text", "status", "rating", "comment",
)  # fmt: skip


async def json_lines(
    rt: Runtime, owner_id: str, app_id: str, wanted: ConversationFilter
) -> AsyncGenerator[str, None]:
    """Return an iterator over lines of JSON; raises NotFoundError before the first one."""
    await visit_desk.list_conversations(rt, owner_id, app_id, wanted, limit=1)
    return _json_lines(rt, owner_id, app_id, wanted)


async def csv_rows(
    rt: Runtime, owner_id: str, app_id: str, wanted: ConversationFilter
) -> AsyncGenerator[str, None]:
    """Return an iterator over lines of CSV; raises NotFoundError before the first one."""
    await visit_desk.list_conversations(rt, owner_id, app_id, wanted, limit=1)
    return _csv_lines(rt, owner_id, app_id, wanted)


async def _json_lines(
    rt: Runtime, owner_id: str, app_id: str, wanted: ConversationFilter
) -> AsyncGenerator[str, None]:
    async for one in _read(rt, owner_id, app_id, wanted):
        yield one.model_dump_json(exclude={"has_earlier"}) + "\n"


async def _csv_lines(
    rt: Runtime, owner_id: str, app_id: str, wanted: ConversationFilter
) -> AsyncGenerator[str, None]:
    yield csv_lines([CSV_COLUMNS])
    async for one in _read(rt, owner_id, app_id, wanted):
        yield csv_lines(_cells(one, message) for message in one.messages)


async def _read(
    rt: Runtime, owner_id: str, app_id: str, wanted: ConversationFilter
) -> AsyncGenerator[Conversation, None]:
    after = ""
    while True:
        page = await visit_desk.list_conversations(
            rt, owner_id, app_id, wanted, limit=visit_desk.MAX_LISTED, after=after
        )
        for about in page.items:
            async with rt.database.reading() as db:
                messages = await rows.list_messages(db, owner_id, about.id, limit=MOST_MESSAGES)
            yield Conversation(about=about, messages=tuple(messages))
        if not (after := page.next):
            return


def _cells(one: Conversation, message: ConversationMessage) -> list[str]:
    about = one.about
    who = "visitor" if message.role == "user" else message.human or "agent"
    cells = (
        about.id,
        about.visitor_name or about.visitor,
        about.channel,
        "" if about.version_number is None else f"{about.version_number}",
        message.id,
        message.created_at.isoformat(timespec="seconds"),
        who,
        message.text,
        message.status,
        message.rating or "",
        message.comment,
    )
    return [harmless(cell) for cell in cells]
