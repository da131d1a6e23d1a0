"""Provider keys, encrypted."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import bindparam, delete, or_
from sqlalchemy import select as select_columns
from sqlmodel import col, select

from babble_app.errors import NotFoundError
from babble_app.store.prepared import Prepared
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
    workspace_id: str | None
    key_id: str
    nonce: bytes
    ciphertext: bytes
    base_url: str


_SEALED = Prepared(
    select_columns(*(getattr(ProviderKeyRow, name) for name in SealedKey._fields))
    .where(
        col(ProviderKeyRow.owner_id) == bindparam("owner_id"),
        or_(
            col(ProviderKeyRow.workspace_id).is_(None),
            col(ProviderKeyRow.workspace_id) == bindparam("workspace_id"),
        ),
    )
    .order_by(col(ProviderKeyRow.created_at), col(ProviderKeyRow.id))
)
"""Made once, as every message waits for it."""


def list_sealed(db: Connection, owner_id: str, workspace_id: str) -> list[SealedKey]:
    """Return the owner's keys that may be used in the workspace, the oldest first, for `Database.fetch`.

    With an empty `workspace_id`, those of no workspace.
    """
    values = {"owner_id": owner_id, "workspace_id": workspace_id}
    return [SealedKey(*row) for row in _SEALED.rows(db, values)]


def list_providers(db: Connection) -> frozenset[str]:
    """Return which providers anybody has a key for, for `Database.fetch`."""
    statement = select_columns(col(ProviderKeyRow.provider)).distinct()
    return frozenset(db.execute(statement).scalars())


async def get_key(db: AsyncSession, owner_id: str, provider: str, row_id: str) -> ProviderKeyRow:
    """Return the owner's key for the provider; raises NotFoundError."""
    statement = select(ProviderKeyRow).where(
        ProviderKeyRow.id == row_id,
        ProviderKeyRow.owner_id == owner_id,
        ProviderKeyRow.provider == provider,
    )
    row = (await db.exec(statement)).one_or_none()
    if row is None:
        raise NotFoundError("There is no such key.")
    return row


async def list_keys(
    db: AsyncSession, owner_id: str, provider: str | None = None
) -> Sequence[ProviderKeyRow]:
    """Return the owner's keys, the oldest first; or just those for one provider."""
    statement = (
        select(ProviderKeyRow)
        .where(ProviderKeyRow.owner_id == owner_id)
        .order_by(col(ProviderKeyRow.created_at), col(ProviderKeyRow.id))
    )
    if provider is not None:
        statement = statement.where(ProviderKeyRow.provider == provider)
    return (await db.exec(statement)).all()


async def delete_keys(db: AsyncSession, owner_id: str, provider: str) -> bool:
    """Delete the owner's keys for the provider that are of no workspace, and say whether there were any."""
    statement = delete(ProviderKeyRow).where(
        col(ProviderKeyRow.owner_id) == owner_id,
        col(ProviderKeyRow.provider) == provider,
        col(ProviderKeyRow.workspace_id).is_(None),
    )
    return (await db.exec(statement)).rowcount > 0
