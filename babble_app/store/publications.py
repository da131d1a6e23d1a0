"""Publications: which version of an agent was live, and when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.orm import aliased
from sqlmodel import col, select

from babble_app.schemas.agents import Publication
from babble_app.store.tables.agents import VersionRow
from babble_app.store.tables.publications import PublicationRow

if TYPE_CHECKING:
    from sqlmodel.ext.asyncio.session import AsyncSession


async def list_publications(db: AsyncSession, owner_id: str, agent_id: str) -> list[Publication]:
    """Return the moves of the live pointer of the owner's agent, the newest first."""
    version, previous = aliased(VersionRow), aliased(VersionRow)
    statement = (
        select(PublicationRow, version.number, previous.number)
        .join(version, col(version.id) == PublicationRow.version_id)
        .outerjoin(previous, col(previous.id) == PublicationRow.previous_version_id)
        .where(PublicationRow.agent_id == agent_id, PublicationRow.owner_id == owner_id)
        .order_by(col(PublicationRow.number).desc())
    )
    return [
        Publication.model_validate(
            {
                **row.model_dump(exclude={"owner_id"}),
                "version_number": number,
                "previous_number": previous_number,
            }
        )
        for row, number, previous_number in (await db.exec(statement)).all()
    ]
