"""What visitors asked and what came of it, to be looked through for what was not answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import Label, and_, func, select
from sqlmodel import col

from babble_app.store.tables.chats import MessageRow
from babble_app.store.tables.runs import RunRow
from babble_app.store.tables.visits import FeedbackRow, VisitRow

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.engine import Connection


class Said(NamedTuple):
    """A message of a visitor's conversation."""

    chat_id: str
    visit_status: str
    """Where the agent's program stands now."""
    id: str
    role: str
    text: str
    status: str
    question_id: str | None
    """Which question the message's run answers; None: a person wrote it."""
    rating: str | None
    at: datetime
    position: int


_COLUMNS: list[Label[Any]] = [
    col(MessageRow.chat_id).label("chat_id"),
    col(VisitRow.status).label("visit_status"),
    col(MessageRow.id).label("id"),
    col(MessageRow.role).label("role"),
    col(MessageRow.status).label("status"),
    col(RunRow.question_id).label("question_id"),
    col(FeedbackRow.rating).label("rating"),
    col(MessageRow.created_at).label("at"),
    col(MessageRow.position).label("position"),
]


def list_said(
    db: Connection, owner_id: str, app_id: str, *, since: datetime, limit: int, max_chars: int
) -> list[Said]:
    """Return the newest messages of the owner's app's visitors, staging left out, for `Database.fetch`.

    They are in the order in which they were said, conversations are kept together, and texts cut at `max_chars`.
    """
    cut = func.substr(MessageRow.text, 1, max_chars).label("text")
    statement = (
        select(*_COLUMNS, cut)
        .select_from(MessageRow)
        .join(VisitRow, col(VisitRow.chat_id) == MessageRow.chat_id)
        .outerjoin(
            RunRow, and_(col(RunRow.id) == MessageRow.run_id, col(RunRow.owner_id) == owner_id)
        )
        .outerjoin(FeedbackRow, col(FeedbackRow.message_id) == MessageRow.id)
        .where(
            col(VisitRow.owner_id) == owner_id,
            col(VisitRow.app_id) == app_id,
            col(VisitRow.channel) == "production",
            col(MessageRow.created_at) >= since,
        )
        .order_by(col(MessageRow.created_at).desc(), col(MessageRow.position).desc())
        .limit(limit)
    )
    found = [Said(**row) for row in db.execute(statement).mappings()]
    return sorted(found, key=lambda one: (one.chat_id, one.position))
