"""Personal keys of the API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, delete, update
from sqlmodel import col, func, select

from babble_app.errors import NotFoundError
from babble_app.schemas.accounts import ApiKey
from babble_app.store.prepared import Prepared
from babble_app.store.tables.accounts import UserRow
from babble_app.store.tables.api_keys import ApiKeyRow
from babble_app.store.tables.base import now

if TYPE_CHECKING:
    from sqlmodel.ext.asyncio.session import AsyncSession

    from babble_app.store.writer import Operation

_TOUCH = Prepared(
    update(ApiKeyRow)
    .where(col(ApiKeyRow.id) == bindparam("of_key"))
    .values(last_used_at=bindparam("at"))
)


async def list_keys(db: AsyncSession, owner_id: str) -> list[ApiKey]:
    """Return the owner's keys, the newest first."""
    statement = (
        select(ApiKeyRow)
        .where(ApiKeyRow.owner_id == owner_id)
        .order_by(col(ApiKeyRow.created_at).desc(), col(ApiKeyRow.id))
    )
    return [key_shape(row) for row in (await db.exec(statement)).all()]


async def count_keys(db: AsyncSession, owner_id: str) -> int:
    """Return how many keys the owner has."""
    statement = select(func.count()).where(ApiKeyRow.owner_id == owner_id)
    return (await db.exec(statement)).one()


async def find_by_hash(db: AsyncSession, key_hash: str) -> tuple[ApiKeyRow, UserRow] | None:
    """Return the key and whose it is, whatever its state."""
    statement = (
        select(ApiKeyRow, UserRow)
        .join(UserRow, col(UserRow.id) == ApiKeyRow.owner_id)
        .where(ApiKeyRow.key_hash == key_hash)
    )
    return (await db.exec(statement)).one_or_none()


async def delete_key(db: AsyncSession, owner_id: str, key_id: str) -> None:
    """Delete the owner's key; raises NotFoundError."""
    statement = delete(ApiKeyRow).where(
        col(ApiKeyRow.id) == key_id, col(ApiKeyRow.owner_id) == owner_id
    )
    if (await db.exec(statement)).rowcount == 0:
        raise NotFoundError("There is no such key.")


def touch_key(key_id: str) -> Operation:
    """Note that the key was used."""
    return _TOUCH, [{"of_key": key_id, "at": now()}]


def key_shape(row: ApiKeyRow) -> ApiKey:
    """Return the row as its owner sees it."""
    return ApiKey.model_validate(row.model_dump(exclude={"owner_id", "key_hash"}))
