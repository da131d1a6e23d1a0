"""Accounts and logins."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import bindparam, delete, func, or_, update
from sqlalchemy import select as select_columns
from sqlmodel import col, select

from babble_app.errors import NotFoundError
from babble_app.schemas.accounts import Login, User
from babble_app.store.prepared import Prepared
from babble_app.store.tables.accounts import LoginRow, UserRow
from babble_app.store.tables.base import now

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.engine import Connection
    from sqlmodel.ext.asyncio.session import AsyncSession

LOCAL_EMAIL = "local@babble.invalid"
"""Of the account that belongs to the programs of this computer (services/local_owner.py): nobody's, and no one can log in to it."""
_NONE = "There is no such account."
_MODELS = Prepared(
    select_columns(col(UserRow.default_model), col(UserRow.fallback_models)).where(
        col(UserRow.id) == bindparam("owner_id")
    )
)
"""Made once, as every message waits for it."""


class ChosenModels(NamedTuple):
    """What answers a person where nobody chose a model for it."""

    default: str
    """Empty: not chosen either."""
    fallbacks: list[str]


def get_models(db: Connection, owner_id: str) -> ChosenModels:
    """Return the models that the person chose, for `Database.fetch`; raises NotFoundError."""
    found = _MODELS.one(db, {"owner_id": owner_id})
    if found is None:
        raise NotFoundError(_NONE)
    return ChosenModels(*found)


async def get_user(db: AsyncSession, owner_id: str, *, lock: bool = False) -> UserRow:
    """Return the account, locked against other changes if wanted; raises NotFoundError."""
    row = await find_user(db, owner_id, lock=lock)
    if row is None:
        raise NotFoundError(_NONE)
    return row


async def find_user(db: AsyncSession, owner_id: str, *, lock: bool = False) -> UserRow | None:
    """Return the account, or None."""
    statement = select(UserRow).where(UserRow.id == owner_id)
    if lock:
        statement = statement.with_for_update()
    return (await db.exec(statement)).one_or_none()


async def find_user_by_email(db: AsyncSession, email: str) -> UserRow | None:
    """Return the account with this address (in lower case), or None."""
    return (await db.exec(select(UserRow).where(UserRow.email == email))).one_or_none()


async def count_users(db: AsyncSession) -> int:
    """Return how many people have an account."""
    people = col(UserRow.email) != LOCAL_EMAIL
    return (await db.exec(select(func.count()).select_from(UserRow).where(people))).one()


async def list_users(db: AsyncSession) -> Sequence[UserRow]:
    """Return all accounts, the oldest first; for administrators."""
    return (await db.exec(select(UserRow).order_by(col(UserRow.created_at)))).all()


async def delete_user(db: AsyncSession, owner_id: str) -> None:
    """Delete the account; everything it owns goes with it."""
    await db.exec(delete(UserRow).where(col(UserRow.id) == owner_id))


async def find_login(db: AsyncSession, token_hash: str) -> tuple[LoginRow, UserRow] | None:
    """Return the login with this token and its account, or None."""
    statement = (
        select(LoginRow, UserRow)
        .join(UserRow, col(UserRow.id) == LoginRow.user_id)
        .where(LoginRow.token_hash == token_hash)
    )
    return (await db.exec(statement)).one_or_none()


async def list_logins(db: AsyncSession, owner_id: str, seen_after: datetime) -> Sequence[LoginRow]:
    """Return the account's logins that are still good, the last used first."""
    statement = (
        select(LoginRow)
        .where(
            LoginRow.user_id == owner_id,
            LoginRow.last_seen_at > seen_after,
            LoginRow.expires_at > now(),
        )
        .order_by(col(LoginRow.last_seen_at).desc())
    )
    return (await db.exec(statement)).all()


async def list_all_logins(db: AsyncSession, owner_id: str) -> Sequence[LoginRow]:
    """Return the account's logins, also those that have ended by themselves."""
    return (await db.exec(select(LoginRow).where(LoginRow.user_id == owner_id))).all()


async def touch_login(db: AsyncSession, login_id: str, before: datetime) -> None:
    """Note that the login was used, unless that was noted since `before`."""
    await db.exec(
        update(LoginRow)
        .where(col(LoginRow.id) == login_id, col(LoginRow.last_seen_at) < before)
        .values(last_seen_at=now())
    )


async def delete_login(db: AsyncSession, owner_id: str, login_id: str) -> None:
    """Delete the account's login; raises NotFoundError."""
    statement = delete(LoginRow).where(
        col(LoginRow.id) == login_id, col(LoginRow.user_id) == owner_id
    )
    if (await db.exec(statement)).rowcount == 0:
        message = "There is no such login."
        raise NotFoundError(message)


async def delete_login_by_token(db: AsyncSession, token_hash: str) -> None:
    """Delete the login with this token, if there is one."""
    await db.exec(delete(LoginRow).where(col(LoginRow.token_hash) == token_hash))


async def delete_logins(db: AsyncSession, owner_id: str, *, but_token_hash: str = "") -> None:
    """Delete all logins of the account but one."""
    await db.exec(
        delete(LoginRow).where(
            col(LoginRow.user_id) == owner_id, col(LoginRow.token_hash) != but_token_hash
        )
    )


async def delete_old_logins(db: AsyncSession, seen_before: datetime) -> None:
    """Delete everybody's logins that have ended by themselves."""
    await db.exec(
        delete(LoginRow).where(
            or_(col(LoginRow.last_seen_at) < seen_before, col(LoginRow.expires_at) < now())
        )
    )


def user_shape(row: UserRow) -> User:
    """Return the row as its owner sees it."""
    hidden = {"password_hash", "suspended_at", "tokens_valid_after", "version"}
    return User.model_validate(
        {**row.model_dump(exclude=hidden), "suspended": row.suspended_at is not None}
    )


def login_shape(row: LoginRow) -> Login:
    """Return the row without its token."""
    return Login.model_validate(row.model_dump(exclude={"token_hash"}))
