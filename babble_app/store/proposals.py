"""Proposals: changes of agents that wait for a person, or waited."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import update
from sqlmodel import col, select

from babble_app.errors import NotFoundError
from babble_app.schemas.agents import Diff, Proposal, ProposalOutcome, ProposalStatus
from babble_app.store.agents import unpacked
from babble_app.store.tables.agents import VersionRow
from babble_app.store.tables.base import now
from babble_app.store.tables.proposals import ProposalRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlmodel.ext.asyncio.session import AsyncSession

    from babble_app.store.tables.agents import AgentRow


async def get_proposal(db: AsyncSession, owner_id: str, proposal_id: str) -> ProposalRow:
    """Return the owner's proposal; raises NotFoundError."""
    statement = select(ProposalRow).where(
        ProposalRow.id == proposal_id, ProposalRow.owner_id == owner_id
    )
    row = (await db.exec(statement)).one_or_none()
    if row is None:
        message = "There is no such proposal."
        raise NotFoundError(message)
    return row


async def find_pending(db: AsyncSession, owner_id: str, agent_id: str) -> ProposalRow | None:
    """Return the proposal of the owner's agent that waits for a word, or None."""
    statement = select(ProposalRow).where(
        ProposalRow.agent_id == agent_id,
        ProposalRow.owner_id == owner_id,
        ProposalRow.status == "pending",
    )
    return (await db.exec(statement)).one_or_none()


async def list_proposals(db: AsyncSession, owner_id: str, agent_id: str) -> Sequence[ProposalRow]:
    """Return all proposals of the owner's agent, the oldest first."""
    statement = (
        select(ProposalRow)
        .where(ProposalRow.agent_id == agent_id, ProposalRow.owner_id == owner_id)
        .order_by(col(ProposalRow.created_at), col(ProposalRow.id))
    )
    return (await db.exec(statement)).all()


async def get_decision(db: AsyncSession, owner_id: str, proposal_id: str) -> tuple[str, str | None]:
    """Return the state of the owner's proposal as it is now, and the version that was made of it."""
    statement = select(ProposalRow.status, ProposalRow.version_id).where(
        ProposalRow.id == proposal_id, ProposalRow.owner_id == owner_id
    )
    return (await db.exec(statement)).one()


async def decide(
    db: AsyncSession,
    owner_id: str,
    proposal_id: str,
    status: ProposalStatus,
    *,
    version_id: str | None = None,
) -> bool:
    """Give the owner's proposal its end; False when it had one already."""
    statement = (
        update(ProposalRow)
        .where(
            col(ProposalRow.id) == proposal_id,
            col(ProposalRow.owner_id) == owner_id,
            col(ProposalRow.status) == "pending",
        )
        .values(status=status, version_id=version_id, decided_at=now())
    )
    return (await db.exec(statement)).rowcount == 1


def proposal_shape(row: ProposalRow, agent: AgentRow, parent: VersionRow, diff: Diff) -> Proposal:
    """Return the row as its owner sees it, with what it changes of `parent`."""
    plain = row.model_dump(exclude={"owner_id", "text_zlib", "added", "removed"})
    seen = {
        "parent_number": parent.number,
        "head_id": agent.head_version_id,
        "stale": row.status == "pending" and agent.head_version_id != row.parent_id,
        "text": unpacked(row.text_zlib),
        "diff": diff,
    }
    return Proposal.model_validate({**plain, **seen})


async def list_outcomes(db: AsyncSession, owner_id: str, agent_id: str) -> list[ProposalOutcome]:
    """Return the ends of the proposals of the owner's agent, the oldest first."""
    statement = (
        select(ProposalRow.id, ProposalRow.status, ProposalRow.version_id, VersionRow.number)
        .outerjoin(VersionRow, col(VersionRow.id) == ProposalRow.version_id)
        .where(ProposalRow.agent_id == agent_id, ProposalRow.owner_id == owner_id)
        .order_by(col(ProposalRow.created_at), col(ProposalRow.id))
    )
    return [
        ProposalOutcome.model_validate(
            {"id": one, "status": status, "version_id": version_id, "number": number}
        )
        for one, status, version_id, number in (await db.exec(statement)).all()
    ]
