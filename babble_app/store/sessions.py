"""Test conversations with agents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlmodel import col, select

from babble_app.errors import NotFoundError
from babble_app.store.tables.sessions import SessionRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlmodel.ext.asyncio.session import AsyncSession


async def get_session(db: AsyncSession, owner_id: str, session_id: str) -> SessionRow:
    """Return the owner's conversation; raises NotFoundError."""
    statement = select(SessionRow).where(
        SessionRow.id == session_id, SessionRow.owner_id == owner_id
    )
    row = (await db.exec(statement)).one_or_none()
    if row is None:
        message = "There is no such test conversation."
        raise NotFoundError(message)
    return row


async def list_sessions(db: AsyncSession, owner_id: str, agent_id: str) -> Sequence[SessionRow]:
    """Return the owner's conversations with the agent, the oldest first."""
    statement = (
        select(SessionRow)
        .where(SessionRow.owner_id == owner_id, SessionRow.agent_id == agent_id)
        .order_by(col(SessionRow.created_at))
    )
    return (await db.exec(statement)).all()


async def find_newest_session(db: AsyncSession, owner_id: str, agent_id: str) -> SessionRow | None:
    """Return the owner's newest conversation with the agent, or None."""
    statement = (
        select(SessionRow)
        .where(SessionRow.owner_id == owner_id, SessionRow.agent_id == agent_id)
        .order_by(col(SessionRow.created_at).desc())
        .limit(1)
    )
    return (await db.exec(statement)).one_or_none()


def add_session(
    db: AsyncSession,
    owner_id: str,
    *,
    agent_id: str,
    version_id: str | None,
    program: str,
    model: str,
    mocks: list[dict[str, Any]],
) -> SessionRow:
    """Add a conversation; the caller fills in where it stands."""
    row = SessionRow(
        owner_id=owner_id,
        agent_id=agent_id,
        version_id=version_id,
        program=program,
        model=model,
        mocks=mocks,
    )
    db.add(row)
    return row
