"""Visitors' conversations: reads, and the operations that the batching writer carries out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import (
    String,
    bindparam,
    delete,
    insert,
    update,
)
from sqlalchemy import select as select_columns
from sqlmodel import col, select

from babble_app.errors import NotFoundError
from babble_app.schemas.visits import Visit
from babble_app.store.prepared import Prepared
from babble_app.store.tables.agents import VersionRow
from babble_app.store.tables.base import now
from babble_app.store.tables.chats import ChatRow
from babble_app.store.tables.runs import RunRow
from babble_app.store.tables.visits import FeedbackRow, VisitRow

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.engine import Connection
    from sqlmodel.ext.asyncio.session import AsyncSession

    from babble_app.store.writer import Operation

NEW = "new"
"""The status of a conversation whose program has not run yet; its log may be empty when it has, too."""
NO_SESSION = "There is no such session. Leave `session_id` out to begin one."
_OWNER = bindparam("owner_id", type_=String)
_APP = bindparam("app_id", type_=String)

# Made once: building a statement costs more than carrying it out on SQLite.
_INSERT_CHAT = Prepared(insert(ChatRow))
_INSERT_VISIT = Prepared(insert(VisitRow))
_MOVE = Prepared(
    update(VisitRow)
    .where(col(VisitRow.chat_id) == bindparam("of_chat"))
    .values(
        log=bindparam("log"),
        status=bindparam("status"),
        updated_at=bindparam("updated_at"),
        human_asked=bindparam("asks_human"),
    )
)
_TOUCH = Prepared(
    update(VisitRow)
    .where(col(VisitRow.chat_id) == bindparam("of_chat"))
    .values(updated_at=bindparam("updated_at"))
)
_STANDING = (
    select_columns(
        col(VisitRow.chat_id),
        col(VisitRow.visitor),
        col(VisitRow.channel),
        col(VisitRow.version_id),
        col(VisitRow.log),
        col(VisitRow.status),
        col(VisitRow.human),
        col(VersionRow.number),
        col(ChatRow.title),
    )
    .join(ChatRow, col(ChatRow.id) == VisitRow.chat_id)
    .outerjoin(VersionRow, col(VersionRow.id) == VisitRow.version_id)
    .where(col(VisitRow.owner_id) == _OWNER, col(VisitRow.app_id) == _APP)
)
_BY_CHAT = Prepared(_STANDING.where(col(VisitRow.chat_id) == bindparam("chat_id", type_=String)))
_BY_RUN = Prepared(
    _STANDING.join(RunRow, col(RunRow.chat_id) == VisitRow.chat_id).where(
        col(RunRow.id) == bindparam("run_id", type_=String)
    )
)
_PROGRAM = Prepared(
    select_columns(col(VersionRow.number), col(VersionRow.text_zlib)).where(
        col(VersionRow.id) == bindparam("version_id", type_=String),
        col(VersionRow.owner_id) == _OWNER,
    )
)


class Standing(NamedTuple):
    """Where a visitor's conversation stands."""

    chat_id: str
    visitor: str
    channel: str
    version_id: str | None
    log: list[dict[str, Any]]
    status: str
    human: str
    version_number: int | None
    title: str = ""


def get_standing(db: Connection, owner_id: str, app_id: str, chat_id: str) -> Standing:
    """Return where the conversation of the owner's app stands, for `Database.fetch`; raises NotFoundError."""
    values = {"owner_id": owner_id, "app_id": app_id, "chat_id": chat_id}
    row = _BY_CHAT.one(db, values)
    if row is None:
        raise NotFoundError(NO_SESSION)
    return Standing(*row)


def get_standing_of_run(db: Connection, owner_id: str, app_id: str, run_id: str) -> Standing:
    """Return where the conversation stands that the run belongs to, for `Database.fetch`; raises NotFoundError."""
    values = {"owner_id": owner_id, "app_id": app_id, "run_id": run_id}
    row = _BY_RUN.one(db, values)
    if row is None:
        raise NotFoundError("There is no such answer.")
    return Standing(*row)


def get_program(db: Connection, owner_id: str, version_id: str) -> tuple[int, bytes]:
    """Return the number and the compressed text of the owner's version, for `Database.fetch`; raises NotFoundError."""
    values = {"owner_id": owner_id, "version_id": version_id}
    row = _PROGRAM.one(db, values)
    if row is None:
        raise NotFoundError("There is no such version.")
    return row[0], row[1]


async def get_visit(
    db: AsyncSession, owner_id: str, chat_id: str, *, lock: bool = False
) -> VisitRow:
    """Return the visitor's conversation with one of the owner's apps; raises NotFoundError."""
    statement = select(VisitRow).where(VisitRow.chat_id == chat_id, VisitRow.owner_id == owner_id)
    if lock:
        statement = statement.with_for_update()
    row = (await db.exec(statement)).one_or_none()
    if row is None:
        raise NotFoundError(NO_SESSION)
    return row


async def list_visits(
    db: AsyncSession,
    owner_id: str,
    app_id: str,
    *,
    limit: int,
    visitor: str | None = None,
    channel: str | None = None,
) -> list[Visit]:
    """Return the conversations of the owner's app (of one visitor), the last touched first."""
    statement = (
        select(VisitRow, ChatRow.title, VersionRow.number)
        .join(ChatRow, col(ChatRow.id) == VisitRow.chat_id)
        .outerjoin(VersionRow, col(VersionRow.id) == VisitRow.version_id)
        .where(VisitRow.owner_id == owner_id, VisitRow.app_id == app_id)
        .order_by(col(VisitRow.updated_at).desc(), col(VisitRow.chat_id))
        .limit(limit)
    )
    if visitor is not None:
        statement = statement.where(VisitRow.visitor == visitor)
    if channel is not None:
        statement = statement.where(VisitRow.channel == channel)
    return [
        visit_shape(row, title=title, number=number)
        for row, title, number in (await db.exec(statement)).all()
    ]


async def list_feedback(db: AsyncSession, owner_id: str, app_id: str) -> list[dict[str, Any]]:
    """Return what visitors of the owner's app think of answers, the newest first, as JSON."""
    statement = (
        select(FeedbackRow)
        .where(FeedbackRow.owner_id == owner_id, FeedbackRow.app_id == app_id)
        .order_by(col(FeedbackRow.created_at).desc(), col(FeedbackRow.message_id))
    )
    hidden = {"owner_id", "app_id"}
    rows = (await db.exec(statement)).all()
    return [row.model_dump(mode="json", exclude=hidden) for row in rows]


async def list_session_ids(
    db: AsyncSession,
    owner_id: str,
    app_id: str,
    *,
    visitor: str | None = None,
    before: datetime | None = None,
) -> list[str]:
    """Return the conversations of the owner's app: all, those of a visitor, those that nobody has touched since `before`."""
    statement = select(VisitRow.chat_id).where(
        VisitRow.owner_id == owner_id, VisitRow.app_id == app_id
    )
    if visitor is not None:
        statement = statement.where(VisitRow.visitor == visitor)
    if before is not None:
        statement = statement.where(VisitRow.updated_at < before)
    return list((await db.exec(statement)).all())


async def reset_visit(db: AsyncSession, owner_id: str, chat_id: str) -> None:
    """Let the owner's conversation begin anew: its program at the top, nobody asked for."""
    row = await get_visit(db, owner_id, chat_id, lock=True)
    row.log, row.status, row.human_asked = [], first_status(row.version_id), False
    row.updated_at = now()


async def delete_visits(db: AsyncSession, owner_id: str, session_ids: Sequence[str]) -> None:
    """Delete conversations of the owner's with visitors, with all that was said in them."""
    statement = delete(ChatRow).where(
        col(ChatRow.owner_id) == owner_id,
        col(ChatRow.app_id).is_not(None),
        col(ChatRow.id).in_(session_ids),
    )
    await db.exec(statement)


def first_status(version_id: str | None) -> str:
    """Return the status of a conversation in which nothing has happened: the plain assistant just waits."""
    return "waiting" if version_id is None else NEW


def visit_shape(row: VisitRow, *, title: str, number: int | None) -> Visit:
    """Return the row as the app's owner sees it."""
    plain = row.model_dump(exclude={"owner_id", "chat_id", "token_id", "log"})
    return Visit.model_validate(
        {**plain, "id": row.chat_id, "title": title, "version_number": number}
    )


def add_visit(
    chat_id: str,
    owner_id: str,
    app_id: str,
    *,
    workspace_id: str,
    profile: str,
    model: str,
    token_id: str,
    visitor: str,
    visitor_name: str,
    channel: str,
    origin: str,
    version_id: str | None,
    log: Sequence[dict[str, Any]] = (),
) -> list[Operation]:
    """Store a conversation that nobody has said anything in, or with what its program goes on from."""
    at = now()
    chat = {
        "id": chat_id, "owner_id": owner_id, "workspace_id": workspace_id, "app_id": app_id, "title": "",
        "titled_by_person": False, "model": model, "profile": profile, "agent_id": None, "review_changes": False,
        "version": 1, "created_at": at, "updated_at": at,
    }  # fmt: skip
    visit: dict[str, Any] = {
        "chat_id": chat_id, "owner_id": owner_id, "app_id": app_id, "token_id": token_id, "visitor": visitor,
        "visitor_name": visitor_name, "channel": channel, "origin": origin, "version_id": version_id, "log": list(log),
        "status": "waiting" if log else first_status(version_id), "human": "", "human_asked": False, "created_at": at,
        "updated_at": at,
    }  # fmt: skip
    return [(_INSERT_CHAT, [chat]), (_INSERT_VISIT, [visit])]


def move_visit(
    chat_id: str, *, log: list[dict[str, Any]], status: str, asks_human: bool
) -> Operation:
    """Note where the program of a conversation stands now."""
    values = {
        "of_chat": chat_id,
        "log": list(log),
        "status": status,
        "asks_human": asks_human,
        "updated_at": now(),
    }
    return _MOVE, [values]


def touch_visit(chat_id: str) -> Operation:
    """Note that something was said."""
    return _TOUCH, [{"of_chat": chat_id, "updated_at": now()}]
