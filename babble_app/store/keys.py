"""Provider keys, encrypted."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import bindparam, delete
from sqlalchemy import select as select_columns
from sqlmodel import col, select

from babble_app.store.tables.keys import ProviderKeyRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.engine import Connection
    from sqlmodel.ext.asyncio.session import AsyncSession


class SealedKey(NamedTuple):
    """A key's columns that opening it takes."""

    id: str
    owner_id: str
    provider: str
    key_id: str
    nonce: bytes
    ciphertext: bytes
    base_url: str


_SEALED = select_columns(*(getattr(ProviderKeyRow, name) for name in SealedKey._fields)).where(
    col(ProviderKeyRow.owner_id) == bindparam("owner_id")
)
"""Made once, as every message waits for it."""


def list_sealed(db: Connection, owner_id: str) -> list[SealedKey]:
    """Return the owner's keys, for `Database.fetch`."""
    return [SealedKey(*row) for row in db.execute(_SEALED, {"owner_id": owner_id})]


async def find_key(db: AsyncSession, owner_id: str, provider: str) -> ProviderKeyRow | None:
    """Return the owner's key for the provider, or None."""
    statement = select(ProviderKeyRow).where(
        ProviderKeyRow.owner_id == owner_id, ProviderKeyRow.provider == provider
    )
    return (await db.exec(statement)).one_or_none()


async def list_keys(db: AsyncSession, owner_id: str) -> Sequence[ProviderKeyRow]:
    """Return the owner's keys."""
    statement = select(ProviderKeyRow).where(ProviderKeyRow.owner_id == owner_id)
    return (await db.exec(statement)).all()


async def delete_key(db: AsyncSession, owner_id: str, provider: str) -> bool:
    """Delete the owner's key for the provider and say whether there was one."""
    statement = delete(ProviderKeyRow).where(
        col(ProviderKeyRow.owner_id) == owner_id, col(ProviderKeyRow.provider) == provider
    )
    return (await db.exec(statement)).rowcount > 0
