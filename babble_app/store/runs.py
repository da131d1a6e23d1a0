"""Runs and their events: reads, and the operations that the batching writer carries out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, insert, update
from sqlmodel import col, select

from babble_app.errors import NotFoundError
from babble_app.schemas.chats import Run, RunProblem
from babble_app.schemas.events import NumberedEvent, run_event_adapter
from babble_app.store.prepared import Prepared
from babble_app.store.tables.base import now
from babble_app.store.tables.chats import ChatRow, MessageRow
from babble_app.store.tables.runs import RunEventRow, RunRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlmodel.ext.asyncio.session import AsyncSession

    from babble_app.store.writer import Operation

ACTIVE = ("queued", "running")

# Made once: building a statement costs more than carrying it out on SQLite, and the writer puts neighbours with the
# same statement into one execution.
_INSERT_EVENTS = Prepared(insert(RunEventRow))
_INSERT_RUN = Prepared(insert(RunRow))
_INSERT_MESSAGE = Prepared(
    insert(MessageRow).values(
        position=select(func.coalesce(func.max(MessageRow.position), 0) + 1)
        .where(MessageRow.chat_id == bindparam("of_chat"))
        .scalar_subquery()
    )
)
_MARK_RUNNING = Prepared(
    update(RunRow)
    .where(col(RunRow.id) == bindparam("of_run"))
    .values(status="running", started_at=bindparam("started_at"))
)
_MARK_ENDED = Prepared(
    update(RunRow)
    .where(col(RunRow.id) == bindparam("of_run"))
    .values({name: bindparam(name) for name in ("status", "answer_id", "problem", "ended_at")})
)
_TOUCH = Prepared(
    update(ChatRow)
    .where(col(ChatRow.id) == bindparam("of_chat"))
    .values(updated_at=bindparam("updated_at"))
)


async def get_run(db: AsyncSession, owner_id: str, run_id: str) -> RunRow:
    """Return the owner's run; raises NotFoundError."""
    statement = select(RunRow).where(RunRow.id == run_id, RunRow.owner_id == owner_id)
    row = (await db.exec(statement)).one_or_none()
    if row is None:
        message = "There is no such run."
        raise NotFoundError(message)
    return row


async def list_active(db: AsyncSession, owner_id: str, chat_id: str) -> Sequence[RunRow]:
    """Return the chat's queued and running runs, the oldest first."""
    statement = (
        select(RunRow)
        .where(
            RunRow.owner_id == owner_id, RunRow.chat_id == chat_id, col(RunRow.status).in_(ACTIVE)
        )
        .order_by(col(RunRow.created_at))
    )
    return (await db.exec(statement)).all()


async def list_active_ids(
    db: AsyncSession,
    owner_id: str,
    *,
    workspace_id: str | None = None,
    chat_id: str | None = None,
    app_id: str | None = None,
) -> list[str]:
    """Return the owner's queued and running runs: of the chat, of the workspace, of the app's visitors, or all."""
    statement = select(RunRow.id).where(RunRow.owner_id == owner_id, col(RunRow.status).in_(ACTIVE))
    if chat_id is not None:
        statement = statement.where(RunRow.chat_id == chat_id)
    if workspace_id is not None:
        statement = statement.join(ChatRow, col(ChatRow.id) == RunRow.chat_id).where(
            ChatRow.workspace_id == workspace_id
        )
    if app_id is not None:
        statement = statement.join(ChatRow, col(ChatRow.id) == RunRow.chat_id).where(
            ChatRow.app_id == app_id
        )
    return list((await db.exec(statement)).all())


async def list_left_open(db: AsyncSession) -> Sequence[RunRow]:
    """Return every owner's runs that have no end; only the recovery at start asks this."""
    statement = (
        select(RunRow).where(col(RunRow.status).in_(ACTIVE)).order_by(col(RunRow.created_at))
    )
    return (await db.exec(statement)).all()


async def list_events(
    db: AsyncSession, owner_id: str, run_id: str, after: int
) -> list[NumberedEvent]:
    """Return the events of the owner's run that are numbered above `after`, in order."""
    statement = (
        select(RunEventRow)
        .join(RunRow, col(RunRow.id) == RunEventRow.run_id)
        .where(RunRow.owner_id == owner_id, RunEventRow.run_id == run_id, RunEventRow.seq > after)
        .order_by(col(RunEventRow.seq))
    )
    rows = (await db.exec(statement)).all()
    return [
        NumberedEvent(seq=row.seq, at=row.at, event=run_event_adapter.validate_json(row.payload))
        for row in rows
    ]


def run_shape(row: RunRow) -> Run:
    """Return the row as others see it."""
    return Run.model_validate(
        {
            **row.model_dump(exclude={"owner_id", "problem"}),
            "problem": RunProblem.model_validate(row.problem) if row.problem else None,
        }
    )


def add_run(
    run_id: str,
    owner_id: str,
    chat_id: str,
    *,
    question_id: str,
    model: str,
    mode: str,
) -> list[Operation]:
    """Store a queued run and move the chat's last edit."""
    run = {
        "id": run_id,
        "owner_id": owner_id,
        "chat_id": chat_id,
        "question_id": question_id,
        "status": "queued",
        "mode": mode,
        "model": model,
        "created_at": now(),
    }
    return [(_INSERT_RUN, [run]), _touch(chat_id)]


def add_message(
    message_id: str,
    owner_id: str,
    chat_id: str,
    *,
    run_id: str | None,
    role: str,
    text: str,
    status: str = "done",
    model: str = "",
    details: dict[str, Any] | None = None,
) -> Operation:
    """Store a message at the end of its chat; without a run it is a person's answer to a visitor."""
    message = {
        "id": message_id,
        "owner_id": owner_id,
        "chat_id": chat_id,
        "of_chat": chat_id,
        "run_id": run_id,
        "role": role,
        "text": text,
        "status": status,
        "model": model,
        "details": details or {},
        "created_at": now(),
    }
    return _INSERT_MESSAGE, [message]


def add_events(run_id: str, events: Sequence[NumberedEvent]) -> Operation:
    """Store events of a run."""
    rows = [
        {
            "run_id": run_id,
            "seq": item.seq,
            "type": item.event.type,
            "payload": item.event.model_dump_json(),
            "at": item.at,
        }
        for item in events
    ]
    return _INSERT_EVENTS, rows


def mark_running(run_id: str) -> Operation:
    """Note that the run left the queue."""
    return _MARK_RUNNING, [{"of_run": run_id, "started_at": now()}]


def mark_ended(
    run_id: str, chat_id: str, *, status: str, answer_id: str | None, problem: RunProblem | None
) -> list[Operation]:
    """Note how the run ended and move the chat's last edit."""
    end = {
        "of_run": run_id,
        "status": status,
        "answer_id": answer_id,
        "problem": problem.model_dump(mode="json") if problem else None,
        "ended_at": now(),
    }
    return [(_MARK_ENDED, [end]), _touch(chat_id)]


def _touch(chat_id: str) -> Operation:
    return _TOUCH, [{"of_chat": chat_id, "updated_at": now()}]
