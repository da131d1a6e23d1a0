"""Task profiles that people made themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam
from sqlalchemy import select as select_columns
from sqlmodel import col, select

from babble_app.errors import NotFoundError
from babble_app.schemas.profiles import Profile
from babble_app.store.prepared import Prepared
from babble_app.store.tables.profiles import ProfileRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.engine import Connection
    from sqlmodel.ext.asyncio.session import AsyncSession

_OUTSIDE_SHAPE = {"owner_id", "version", "created_at", "updated_at"}
_SHAPE = Prepared(
    select_columns(
        *(
            getattr(ProfileRow, name)
            for name in ProfileRow.model_fields
            if name not in _OUTSIDE_SHAPE
        )
    ).where(
        col(ProfileRow.id) == bindparam("profile_id"),
        col(ProfileRow.owner_id) == bindparam("owner_id"),
    )
)
"""Made once, as every message of a chat with such a profile waits for it."""


def find_shape(db: Connection, owner_id: str, profile_id: str) -> Profile | None:
    """Return the owner's profile, or None; for `Database.fetch`."""
    values = {"owner_id": owner_id, "profile_id": profile_id}
    found = _SHAPE.one_named(db, values)
    return Profile.model_validate(found) if found else None


async def get_profile(
    db: AsyncSession, owner_id: str, profile_id: str, *, lock: bool = False
) -> ProfileRow:
    """Return the owner's profile, locked against changes if wanted; raises NotFoundError."""
    statement = select(ProfileRow).where(
        ProfileRow.id == profile_id, ProfileRow.owner_id == owner_id
    )
    if lock:
        statement = statement.with_for_update()
    row = (await db.exec(statement)).one_or_none()
    if row is None:
        message = "There is no such profile."
        raise NotFoundError(message)
    return row


async def list_profiles(db: AsyncSession, owner_id: str) -> Sequence[ProfileRow]:
    """Return the owner's profiles, the oldest first."""
    statement = (
        select(ProfileRow)
        .where(ProfileRow.owner_id == owner_id)
        .order_by(col(ProfileRow.created_at), col(ProfileRow.id))
    )
    return (await db.exec(statement)).all()


def profile_shape(row: ProfileRow) -> Profile:
    """Return the row as its owner sees it."""
    return Profile.model_validate(row.model_dump(exclude=_OUTSIDE_SHAPE))
