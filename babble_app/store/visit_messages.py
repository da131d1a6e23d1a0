"""Messages of visitors' conversations with what was thought of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_
from sqlmodel import col, select

from babble_app.schemas.visits import ReplyCitation, VisitMessage
from babble_app.store.tables.base import now
from babble_app.store.tables.chats import MessageRow
from babble_app.store.tables.visits import FeedbackRow

if TYPE_CHECKING:
    from sqlmodel.ext.asyncio.session import AsyncSession

NO_MESSAGE = "There is no such message."


async def list_messages(
    db: AsyncSession, owner_id: str, chat_id: str, *, limit: int, before: int | None = None
) -> list[VisitMessage]:
    """Return the newest messages of the owner's conversation, oldest first, or those that precede the position `before`."""
    statement = (
        select(MessageRow, FeedbackRow)
        .outerjoin(
            FeedbackRow,
            and_(
                col(FeedbackRow.message_id) == MessageRow.id, col(FeedbackRow.owner_id) == owner_id
            ),
        )
        .where(MessageRow.owner_id == owner_id, MessageRow.chat_id == chat_id)
        .order_by(col(MessageRow.position).desc())
        .limit(limit)
    )
    if before is not None:
        statement = statement.where(MessageRow.position < before)
    return [_shape(message, found) for message, found in reversed((await db.exec(statement)).all())]


async def set_feedback(
    db: AsyncSession,
    owner_id: str,
    app_id: str,
    chat_id: str,
    message_id: str,
    *,
    rating: str,
    comment: str,
) -> None:
    """Store what the visitor thinks of a message of the owner's conversation."""
    statement = select(FeedbackRow).where(
        FeedbackRow.message_id == message_id, FeedbackRow.owner_id == owner_id
    )
    row = (await db.exec(statement.with_for_update())).one_or_none()
    row = row or FeedbackRow(
        message_id=message_id, owner_id=owner_id, app_id=app_id, chat_id=chat_id, rating=rating
    )
    row.rating, row.comment, row.created_at = rating, comment, now()
    db.add(row)


def _shape(row: MessageRow, found: FeedbackRow | None) -> VisitMessage:
    # Only what citations of apps have: the others' ids are the workspace's.
    citations = [
        {name: value for name, value in one.items() if name in ReplyCitation.model_fields}
        for one in row.details.get("citations", ())
    ]
    return VisitMessage.model_validate(
        {
            "id": row.id,
            "role": row.role,
            "text": row.text,
            "status": row.status,
            "human": row.details.get("human", ""),
            "citations": citations,
            "rating": found.rating if found else None,
            "comment": found.comment if found else "",
            "created_at": row.created_at,
        }
    )
