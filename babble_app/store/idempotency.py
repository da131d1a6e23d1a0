"""Answers to requests that came with an Idempotency-Key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, delete, insert
from sqlmodel import col, select

from babble_app.store.prepared import Prepared
from babble_app.store.tables.base import now
from babble_app.store.tables.idempotency import IdempotencyKeyRow

if TYPE_CHECKING:
    from datetime import datetime

    from sqlmodel.ext.asyncio.session import AsyncSession

    from babble_app.store.writer import Operation

_INSERT = Prepared(insert(IdempotencyKeyRow))
_FORGET_OLD = Prepared(
    delete(IdempotencyKeyRow).where(
        col(IdempotencyKeyRow.owner_id) == bindparam("of_owner"),
        col(IdempotencyKeyRow.key) == bindparam("of_key"),
        col(IdempotencyKeyRow.created_at) <= bindparam("made_after"),
    )
)


async def find_answer(
    db: AsyncSession, owner_id: str, key: str, made_after: datetime
) -> IdempotencyKeyRow | None:
    """Return what the owner's request with this key was answered, unless that is too long ago."""
    statement = select(IdempotencyKeyRow).where(
        IdempotencyKeyRow.owner_id == owner_id,
        IdempotencyKeyRow.key == key,
        IdempotencyKeyRow.created_at > made_after,
    )
    return (await db.exec(statement)).one_or_none()


def add_answer(
    owner_id: str, key: str, *, fingerprint: str, answer: str, made_after: datetime
) -> list[Operation]:
    """Store an answer in place of one that is too old; two answers with one key are an IntegrityError."""
    too_old = {"of_owner": owner_id, "of_key": key, "made_after": made_after}
    added = {
        "owner_id": owner_id,
        "key": key,
        "fingerprint": fingerprint,
        "answer": answer,
        "created_at": now(),
    }
    return [(_FORGET_OLD, [too_old]), (_INSERT, [added])]


async def delete_answer(db: AsyncSession, owner_id: str, key: str, answer: str) -> None:
    """Free the owner's key, unless it has been answered anew meanwhile."""
    statement = delete(IdempotencyKeyRow).where(
        col(IdempotencyKeyRow.owner_id) == owner_id,
        col(IdempotencyKeyRow.key) == key,
        col(IdempotencyKeyRow.answer) == answer,
    )
    await db.exec(statement)


async def delete_old_answers(db: AsyncSession, made_until: datetime) -> None:
    """Delete everybody's answers that are too old."""
    await db.exec(delete(IdempotencyKeyRow).where(col(IdempotencyKeyRow.created_at) <= made_until))
