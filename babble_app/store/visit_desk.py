"""Visitors' conversations as the app's owner asks for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Label, ScalarSelect, and_, exists, false, func, or_
from sqlalchemy import select as select_columns
from sqlmodel import col, select

from babble_app.schemas.conversations import ConversationMessage, ConversationSummary
from babble_app.schemas.visits import ReplyCitation, Visit
from babble_app.store.chats import message_shape
from babble_app.store.runs import ACTIVE
from babble_app.store.tables.agents import VersionRow
from babble_app.store.tables.chats import ChatRow, MessageRow
from babble_app.store.tables.runs import RunRow
from babble_app.store.tables.visits import FeedbackRow, VisitRow

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.engine import Connection
    from sqlalchemy.orm import Mapped
    from sqlmodel.ext.asyncio.session import AsyncSession

    from babble_app.schemas.conversations import ConversationFilter

_PREVIEW_CHARS = 200


def _newest(column: Mapped[str] | ColumnElement[str]) -> ScalarSelect[str]:
    """Return a column of the conversation's newest message."""
    return (
        select_columns(column)
        .where(col(MessageRow.chat_id) == VisitRow.chat_id)
        .order_by(col(MessageRow.position).desc())
        .limit(1)
        .correlate(VisitRow)
        .scalar_subquery()
    )


def _has_message(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(col(MessageRow.chat_id) == VisitRow.chat_id, *conditions)


def _is_rated(rating: str) -> ColumnElement[bool]:
    return exists().where(
        col(FeedbackRow.chat_id) == VisitRow.chat_id, col(FeedbackRow.rating) == rating
    )


_LAST_ROLE = _newest(col(MessageRow.role))
_COUNT = (
    select_columns(func.count())
    .where(col(MessageRow.chat_id) == VisitRow.chat_id)
    .correlate(VisitRow)
    .scalar_subquery()
)
_ANSWERING = exists().where(col(RunRow.chat_id) == VisitRow.chat_id, col(RunRow.status).in_(ACTIVE))
HAS_BEGUN = or_(_has_message(col(MessageRow.role) == "user"), col(VisitRow.human_asked))
"""A page that was only looked at has a conversation, too, with what the program says first."""
_WAITS = or_(
    and_(col(VisitRow.human) == "", col(VisitRow.human_asked)),
    and_(col(VisitRow.human) != "", _LAST_ROLE == "user"),
)
_OF_ROW = [name for name in Visit.model_fields if name in VisitRow.model_fields]
_COLUMNS: list[Label[Any]] = [
    col(VisitRow.chat_id).label("id"),
    *[col(getattr(VisitRow, name)).label(name) for name in _OF_ROW],
    col(ChatRow.title).label("title"),
    col(VersionRow.number).label("version_number"),
    _COUNT.label("messages"),
    func.coalesce(_newest(func.substr(MessageRow.text, 1, _PREVIEW_CHARS)), "").label("last_text"),
    func.coalesce(_LAST_ROLE, "").label("last_role"),
    _is_rated("down").label("rated_down"),
    _ANSWERING.label("answering"),
]
_SUMMARIES = (
    select_columns(*_COLUMNS)
    .select_from(VisitRow)
    .join(ChatRow, col(ChatRow.id) == VisitRow.chat_id)
    .outerjoin(VersionRow, col(VersionRow.id) == VisitRow.version_id)
)


def list_conversations(
    db: Connection,
    owner_id: str,
    app_id: str,
    wanted: ConversationFilter,
    *,
    limit: int,
    after: tuple[datetime, str] | None = None,
) -> list[ConversationSummary]:
    """Return conversations of the owner's app in which a visitor has said something, for `Database.fetch`.

    The last touched comes first; `after` is when the last one of those that are known was touched, and its id.
    """
    statement = (
        _SUMMARIES.where(
            col(VisitRow.owner_id) == owner_id,
            col(VisitRow.app_id) == app_id,
            *_conditions(wanted),
        )
        .order_by(col(VisitRow.updated_at).desc(), col(VisitRow.chat_id))
        .limit(limit)
    )
    if after is not None:
        at, last_id = after
        statement = statement.where(
            or_(
                col(VisitRow.updated_at) < at,
                and_(col(VisitRow.updated_at) == at, col(VisitRow.chat_id) > last_id),
            )
        )
    return [
        ConversationSummary.model_validate(dict(row)) for row in db.execute(statement).mappings()
    ]


def find_conversation(
    db: Connection, owner_id: str, app_id: str, chat_id: str
) -> ConversationSummary | None:
    """Return the conversation of the owner's app, for `Database.fetch`; None if there is none."""
    statement = _SUMMARIES.where(
        col(VisitRow.owner_id) == owner_id,
        col(VisitRow.app_id) == app_id,
        col(VisitRow.chat_id) == chat_id,
    )
    found = db.execute(statement).mappings().one_or_none()
    return None if found is None else ConversationSummary.model_validate(dict(found))


async def list_messages(
    db: AsyncSession, owner_id: str, chat_id: str, *, limit: int, before: int | None = None
) -> list[ConversationMessage]:
    """Return the newest messages of the owner's conversation, oldest first, or those that precede the position `before`."""
    statement = (
        select(MessageRow, FeedbackRow)
        .outerjoin(FeedbackRow, col(FeedbackRow.message_id) == MessageRow.id)
        .where(MessageRow.owner_id == owner_id, MessageRow.chat_id == chat_id)
        .order_by(col(MessageRow.position).desc())
        .limit(limit)
    )
    if before is not None:
        statement = statement.where(MessageRow.position < before)
    return [_message(row, found) for row, found in reversed((await db.exec(statement)).all())]


async def list_versions(db: AsyncSession, owner_id: str, app_id: str) -> list[int]:
    """Return the numbers of the versions that the owner's app's conversations run, the newest first."""
    statement = (
        select(VersionRow.number)
        .join(VisitRow, col(VisitRow.version_id) == VersionRow.id)
        .where(VisitRow.owner_id == owner_id, VisitRow.app_id == app_id)
        .distinct()
        .order_by(col(VersionRow.number).desc())
    )
    return list((await db.exec(statement)).all())


async def count_waiting(db: AsyncSession, owner_id: str) -> dict[str, int]:
    """Return in how many conversations of each of the owner's apps a visitor waits for a person."""
    statement = (
        select(VisitRow.app_id, func.count())
        .where(VisitRow.owner_id == owner_id, _WAITS)
        .group_by(col(VisitRow.app_id))
    )
    return dict((await db.exec(statement)).all())


async def list_from_people(
    db: AsyncSession, owner_id: str, chat_id: str, after: int
) -> list[tuple[int, ConversationMessage]]:
    """Return what people have written in the owner's conversation behind a position, each with its own."""
    statement = (
        select(MessageRow)
        .where(
            MessageRow.owner_id == owner_id,
            MessageRow.chat_id == chat_id,
            MessageRow.role == "assistant",
            col(MessageRow.run_id).is_(None),
            MessageRow.position > after,
        )
        .order_by(col(MessageRow.position))
    )
    return [(row.position, _message(row, None)) for row in (await db.exec(statement)).all()]


async def last_position(db: AsyncSession, owner_id: str, chat_id: str) -> int:
    """Return the position of the newest message of the owner's conversation; 0 when there is none."""
    statement = select(func.coalesce(func.max(MessageRow.position), 0)).where(
        MessageRow.owner_id == owner_id, MessageRow.chat_id == chat_id
    )
    return (await db.exec(statement)).one()


def _conditions(wanted: ConversationFilter) -> Sequence[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [HAS_BEGUN]
    if wanted.channel is not None:
        found.append(col(VisitRow.channel) == wanted.channel)
    if wanted.version is not None:
        found.append(col(VersionRow.number) == wanted.version)
    if wanted.rating is not None:
        found.append(_is_rated(wanted.rating))
    if wanted.waiting:
        found.append(_WAITS)
    if words := wanted.search.strip():
        found.append(_mentions(words))
    return found


def _mentions(words: str) -> ColumnElement[bool]:
    if "\0" in words:  # which PostgreSQL refuses, and no text has
        return false()
    return or_(
        _has_message(col(MessageRow.text).icontains(words, autoescape=True)),
        col(VisitRow.visitor).icontains(words, autoescape=True),
        col(VisitRow.visitor_name).icontains(words, autoescape=True),
    )


def _message(row: MessageRow, found: FeedbackRow | None) -> ConversationMessage:
    message = message_shape(row)
    return ConversationMessage(
        id=message.id,
        role=message.role,
        text=message.text,
        status=message.status,
        human=message.human,
        citations=tuple(
            ReplyCitation.model_validate(one.model_dump(include=set(ReplyCitation.model_fields)))
            for one in message.citations
        ),
        rating="down" if found and found.rating == "down" else "up" if found else None,
        comment=found.comment if found else "",
        model=message.model,
        problem=message.problem.message if message.problem else "",
        tools=message.tools,
        created_at=message.created_at,
    )
