"""Turns that are found again by what was said: plain columns, read by `Database.fetch`, written by the batching writer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import String, bindparam, exists, insert, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from babble_app.store.prepared import Prepared
from babble_app.store.tables.agents import VersionRow
from babble_app.store.tables.base import now
from babble_app.store.tables.chats import MessageRow
from babble_app.store.tables.recalled import RecalledTurnRow
from babble_app.store.tables.runs import RunRow
from babble_app.store.tables.visits import VisitRow

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from babble_app.store.writer import Operation

_OWNER = bindparam("owner_id", type_=String)
_APP = bindparam("app_id", type_=String)
_OF_TURN, _later = aliased(RunRow), aliased(RunRow)
_went_on = exists().where(
    col(_later.chat_id) == RecalledTurnRow.chat_id,
    col(_later.created_at) > _OF_TURN.created_at,
    or_(*(col(_later.status) == status for status in ("queued", "running", "done"))),
)
_TURNS = (
    select(
        col(RecalledTurnRow.digest),
        col(RecalledTurnRow.chat_id),
        col(RecalledTurnRow.run_id),
        col(RecalledTurnRow.log_size),
        col(VisitRow.visitor),
        col(VisitRow.channel),
        col(VisitRow.version_id),
        col(VersionRow.number),
        col(VisitRow.log),
        ~_went_on,
    )
    .join(VisitRow, col(VisitRow.chat_id) == RecalledTurnRow.chat_id)
    .join(_OF_TURN, col(_OF_TURN.id) == RecalledTurnRow.run_id)
    .outerjoin(VersionRow, col(VersionRow.id) == VisitRow.version_id)
    .where(col(RecalledTurnRow.owner_id) == _OWNER, col(RecalledTurnRow.app_id) == _APP)
    .order_by(col(RecalledTurnRow.created_at).desc())
    .limit(20)
)
_BY_DIGEST = Prepared(
    _TURNS.where(col(RecalledTurnRow.digest) == bindparam("digest", type_=String))
)
_BY_RUN = Prepared(_TURNS.where(col(RecalledTurnRow.run_id) == bindparam("run_id", type_=String)))
_answer = aliased(MessageRow)
_SAID = Prepared(
    select(col(MessageRow.role), col(MessageRow.text))
    .join(_answer, col(_answer.chat_id) == MessageRow.chat_id)
    .where(
        col(MessageRow.owner_id) == _OWNER,
        col(_answer.run_id) == bindparam("run_id", type_=String),
        col(_answer.role) == "assistant",
        col(MessageRow.position) <= _answer.position,
    )
    .order_by(col(MessageRow.position))
)
_INSERT = Prepared(insert(RecalledTurnRow))


class RecalledTurn(NamedTuple):
    """A turn that was found again, in its conversation as it is now."""

    digest: str
    chat_id: str
    run_id: str
    log_size: int
    visitor: str
    channel: str
    version_id: str | None
    version_number: int | None
    log: list[dict[str, Any]]
    is_last: bool
    """Whether the conversation has not gone on from there, and is not about to."""


def list_turns(db: Connection, owner_id: str, app_id: str, digest: str) -> list[RecalledTurn]:
    """Return the turns of the owner's app up to which the same was said, the newest first, for `Database.fetch`."""
    values = {"owner_id": owner_id, "app_id": app_id, "digest": digest}
    return [RecalledTurn(*row) for row in _BY_DIGEST.rows(db, values)]


def find_turn(db: Connection, owner_id: str, app_id: str, run_id: str) -> RecalledTurn | None:
    """Return the turn of the owner's app that the run answered, for `Database.fetch`."""
    values = {"owner_id": owner_id, "app_id": app_id, "run_id": run_id}
    row = _BY_RUN.one(db, values)
    return RecalledTurn(*row) if row else None


def list_said(db: Connection, owner_id: str, run_id: str) -> list[tuple[str, str]]:
    """Return role and text of all messages up to the answer of the owner's run, for `Database.fetch`."""
    rows = _SAID.rows(db, {"owner_id": owner_id, "run_id": run_id})
    return [(role, text) for role, text in rows]


def add_turn(
    digest: str, owner_id: str, app_id: str, *, chat_id: str, run_id: str, log_size: int
) -> Operation:
    """Let the turn be found by what was said."""
    row = {
        "digest": digest, "owner_id": owner_id, "app_id": app_id, "chat_id": chat_id, "run_id": run_id,
        "log_size": log_size, "created_at": now(),
    }  # fmt: skip
    return _INSERT, [row]
