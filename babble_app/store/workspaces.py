"""Workspaces."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import ScalarSelect, delete, func
from sqlmodel import col, select

from babble_app.errors import NotFoundError
from babble_app.schemas.workspaces import Workspace
from babble_app.store.tables.agents import AgentRow
from babble_app.store.tables.chats import ChatRow
from babble_app.store.tables.workspaces import FileRow, WorkspaceRow

if TYPE_CHECKING:
    from sqlmodel.ext.asyncio.session import AsyncSession

_NONE = "There is no such workspace."


async def get_workspace(
    db: AsyncSession, owner_id: str, workspace_id: str, *, lock: bool = False
) -> WorkspaceRow:
    """Return the owner's workspace, locked against other changes if wanted; raises NotFoundError."""
    statement = select(WorkspaceRow).where(
        WorkspaceRow.id == workspace_id, WorkspaceRow.owner_id == owner_id
    )
    if lock:
        statement = statement.with_for_update()
    row = (await db.exec(statement)).one_or_none()
    if row is None:
        raise NotFoundError(_NONE)
    return row


async def list_workspaces(
    db: AsyncSession, owner_id: str, workspace_id: str | None = None
) -> list[Workspace]:
    """Return the owner's workspaces with what is in them, the last edited first; or just the one."""
    statement = (
        select(WorkspaceRow, _count(FileRow), _count(ChatRow), _count(AgentRow))
        .where(WorkspaceRow.owner_id == owner_id)
        .order_by(col(WorkspaceRow.updated_at).desc(), col(WorkspaceRow.id))
    )
    if workspace_id is not None:
        statement = statement.where(WorkspaceRow.id == workspace_id)
    sizes = await _sizes(db, owner_id)
    return [
        Workspace.model_validate(
            {
                **row.model_dump(exclude={"owner_id", "version"}),
                "file_count": files,
                "chat_count": chats,
                "agent_count": agents,
                "size_bytes": sizes.get(row.id, 0),
            }
        )
        for row, files, chats, agents in (await db.exec(statement)).all()
    ]


async def delete_workspace(db: AsyncSession, owner_id: str, workspace_id: str) -> None:
    """Delete the owner's workspace and all in it; raises NotFoundError."""
    statement = delete(WorkspaceRow).where(
        col(WorkspaceRow.id) == workspace_id, col(WorkspaceRow.owner_id) == owner_id
    )
    if (await db.exec(statement)).rowcount == 0:
        raise NotFoundError(_NONE)


def _count(table: type[FileRow | ChatRow | AgentRow]) -> ScalarSelect[Any]:
    return (
        select(func.count())
        .where(col(table.workspace_id) == WorkspaceRow.id)
        .correlate(WorkspaceRow)
        .scalar_subquery()
    )


async def _sizes(db: AsyncSession, owner_id: str) -> dict[str, int]:
    """Return how many bytes the files of each of the owner's workspaces have together."""
    statement = (
        select(FileRow.workspace_id, func.sum(FileRow.size_bytes))
        .where(FileRow.owner_id == owner_id)
        .group_by(FileRow.workspace_id)
    )
    return {workspace_id: int(size) for workspace_id, size in (await db.exec(statement)).all()}
