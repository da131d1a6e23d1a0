"""Agents and their versions."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import and_, delete
from sqlalchemy import select as select_columns
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from babble_app.errors import ConflictError, NotFoundError
from babble_app.schemas.agents import Agent, Version, VersionSummary
from babble_app.store.tables.agents import AgentRow, VersionLabelRow, VersionRow
from babble_app.store.tables.base import now
from babble_app.store.tables.proposals import ProposalRow

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection
    from sqlmodel.ext.asyncio.session import AsyncSession

_NO_AGENT = "There is no such agent."
_NO_VERSION = "There is no such version."
_STALE = "The agent was changed meanwhile. Compare your text with the newest version."
_SUMMARY_COLUMNS = tuple(
    getattr(VersionRow, name)
    for name in VersionSummary.model_fields
    if name in VersionRow.model_fields
)


class NamedAgent(NamedTuple):
    """An agent that was asked for by its name, and perhaps a version of it by its number."""

    id: str
    live_version_id: str | None
    head_version_id: str | None
    version_id: str | None


async def get_agent(
    db: AsyncSession,
    owner_id: str,
    agent_id: str,
    *,
    workspace_id: str | None = None,
    lock: bool = False,
) -> AgentRow:
    """Return the owner's agent (of the workspace), locked against changes if wanted; raises NotFoundError."""
    statement = select(AgentRow).where(AgentRow.id == agent_id, AgentRow.owner_id == owner_id)
    if workspace_id is not None:
        statement = statement.where(AgentRow.workspace_id == workspace_id)
    if lock:
        statement = statement.with_for_update()
    row = (await db.exec(statement)).one_or_none()
    if row is None:
        raise NotFoundError(_NO_AGENT)
    return row


async def list_agents(
    db: AsyncSession, owner_id: str, *, workspace_id: str | None = None, agent_id: str | None = None
) -> list[Agent]:
    """Return the owner's agents of a workspace, the last edited first; or just the one."""
    head, live = aliased(VersionRow), aliased(VersionRow)
    pending = and_(col(ProposalRow.agent_id) == AgentRow.id, col(ProposalRow.status) == "pending")
    statement = (
        select(AgentRow, head.number, live.number, ProposalRow.id)
        .join(head, col(head.id) == AgentRow.head_version_id)
        .outerjoin(live, col(live.id) == AgentRow.live_version_id)
        .outerjoin(ProposalRow, pending)
        .where(AgentRow.owner_id == owner_id)
        .order_by(col(AgentRow.updated_at).desc(), col(AgentRow.id))
    )
    if workspace_id is not None:
        statement = statement.where(AgentRow.workspace_id == workspace_id)
    if agent_id is not None:
        statement = statement.where(AgentRow.id == agent_id)
    return [
        Agent.model_validate(
            {
                **row.model_dump(exclude={"owner_id", "version"}),
                "head_number": head_number,
                "live_number": live_number,
                "proposal_id": proposal_id,
            }
        )
        for row, head_number, live_number, proposal_id in (await db.exec(statement)).all()
    ]


def find_named(
    db: Connection, owner_id: str, workspace_id: str, slug: str, number: int | None = None
) -> NamedAgent:
    """Return the agent of the owner's workspace (and its version of that number), for `Database.fetch`; raises NotFoundError."""
    of_number = and_(col(VersionRow.agent_id) == AgentRow.id, col(VersionRow.number) == number)
    statement = (
        select_columns(
            col(AgentRow.id),
            col(AgentRow.live_version_id),
            col(AgentRow.head_version_id),
            col(VersionRow.id),
        )
        .outerjoin(VersionRow, of_number)
        .where(
            col(AgentRow.owner_id) == owner_id,
            col(AgentRow.workspace_id) == workspace_id,
            col(AgentRow.slug) == slug,
        )
    )
    row = db.execute(statement).one_or_none()
    found = NamedAgent(*row) if row else None
    if found is None or (number is not None and found.version_id is None):
        raise NotFoundError(_NO_AGENT)
    return found


async def list_slugs(db: AsyncSession, owner_id: str, workspace_id: str) -> set[str]:
    """Return the slugs that the workspace's agents have."""
    statement = select(AgentRow.slug).where(
        AgentRow.owner_id == owner_id, AgentRow.workspace_id == workspace_id
    )
    return set((await db.exec(statement)).all())


async def delete_agent(db: AsyncSession, owner_id: str, agent_id: str) -> None:
    """Delete the owner's agent with its versions and test conversations; raises NotFoundError."""
    statement = delete(AgentRow).where(
        col(AgentRow.id) == agent_id, col(AgentRow.owner_id) == owner_id
    )
    if (await db.exec(statement)).rowcount == 0:
        raise NotFoundError(_NO_AGENT)


async def get_version(
    db: AsyncSession, owner_id: str, version_id: str, *, agent_id: str | None = None
) -> VersionRow:
    """Return the owner's version (of the agent); raises NotFoundError."""
    statement = select(VersionRow).where(
        VersionRow.id == version_id, VersionRow.owner_id == owner_id
    )
    if agent_id is not None:
        statement = statement.where(VersionRow.agent_id == agent_id)
    row = (await db.exec(statement)).one_or_none()
    if row is None:
        raise NotFoundError(_NO_VERSION)
    return row


async def put_on_top(db: AsyncSession, owner_id: str, version: VersionRow) -> None:
    """Add the version and make it the head of its agent.

    Raises:
        ConflictError: its parent is not the head any more; `head` is.
    """
    agent = await get_agent(db, owner_id, version.agent_id, lock=True)
    if agent.head_version_id != version.parent_id:
        raise ConflictError(_STALE, head=agent.head_version_id)
    db.add(version)
    agent.head_version_id = version.id
    agent.updated_at = now()


async def list_versions(db: AsyncSession, owner_id: str, agent_id: str) -> list[VersionSummary]:
    """Return the agent's versions without their texts, the newest first."""
    statement = (
        select_columns(*_SUMMARY_COLUMNS, col(VersionLabelRow.name), col(VersionLabelRow.note))
        .outerjoin(VersionLabelRow, col(VersionLabelRow.version_id) == VersionRow.id)
        .where(col(VersionRow.agent_id) == agent_id, col(VersionRow.owner_id) == owner_id)
        .order_by(col(VersionRow.number).desc())
    )
    connection = await db.connection()
    found = (await connection.execute(statement)).mappings().all()
    return [
        VersionSummary.model_validate(
            {name: value for name, value in row.items() if value is not None}
        )
        for row in found
    ]


async def find_label(db: AsyncSession, owner_id: str, version_id: str) -> VersionLabelRow | None:
    """Return what the owner calls the version, or None."""
    statement = select(VersionLabelRow).where(
        VersionLabelRow.version_id == version_id, VersionLabelRow.owner_id == owner_id
    )
    return (await db.exec(statement)).one_or_none()


def version_shape(row: VersionRow, label: VersionLabelRow | None = None) -> Version:
    """Return the row with its text, and with what its owner calls it."""
    plain = row.model_dump(exclude={"owner_id", "text_zlib"})
    named = {"name": label.name, "note": label.note} if label else {}
    return Version.model_validate({**plain, **named, "text": unpacked(row.text_zlib)})


def packed(text: str) -> bytes:
    """Return what is stored of a program."""
    return zlib.compress(text.encode("utf-8"), level=9)


def unpacked(text_zlib: bytes) -> str:
    """Return the program, byte for byte."""
    return zlib.decompress(text_zlib).decode("utf-8")
