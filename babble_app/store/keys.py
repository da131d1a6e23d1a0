"""Provider keys, encrypted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete
from sqlmodel import col, select

from babble_app.store.tables.keys import ProviderKeyRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlmodel.ext.asyncio.session import AsyncSession


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
