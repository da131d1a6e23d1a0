"""Workspaces: a person's files, chats and agents that belong together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from babble_app.errors import NotFoundError
from babble_app.services.hosts import clean_hosts
from babble_app.services.names import clean_name
from babble_app.services.removal import removing
from babble_app.store import workspaces as rows
from babble_app.store.tables.base import now
from babble_app.store.tables.workspaces import WorkspaceRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from babble_app.schemas.workspaces import Workspace
    from babble_app.services.runtime import Runtime


async def create_workspace(rt: Runtime, owner_id: str, name: str) -> Workspace:
    """Make an empty workspace; several may have the same name."""
    row = WorkspaceRow(owner_id=owner_id, name=clean_name(name))
    async with rt.database.unit_of_work() as db:
        db.add(row)
    return await get_workspace(rt, owner_id, row.id)


async def list_workspaces(rt: Runtime, owner_id: str) -> list[Workspace]:
    """Return the person's workspaces, the last edited first."""
    async with rt.database.reading() as db:
        return await rows.list_workspaces(db, owner_id)


async def get_workspace(rt: Runtime, owner_id: str, workspace_id: str) -> Workspace:
    """Return the workspace with how much is in it."""
    async with rt.database.reading() as db:
        found = await rows.list_workspaces(db, owner_id, workspace_id)
    if not found:
        raise NotFoundError("There is no such workspace.")
    return found[0]


async def update_workspace(
    rt: Runtime,
    owner_id: str,
    workspace_id: str,
    *,
    name: str | None = None,
    allowed_hosts: Sequence[str] | None = None,
) -> Workspace:
    """Change what is given of the workspace; `allowed_hosts` are all that live runs of its agents may call."""
    async with rt.database.unit_of_work() as db:
        row = await rows.get_workspace(db, owner_id, workspace_id, lock=True)
        if name is not None:
            row.name = clean_name(name)
        if allowed_hosts is not None:
            row.allowed_hosts = clean_hosts(allowed_hosts)
        row.updated_at = now()
    return await get_workspace(rt, owner_id, workspace_id)


async def delete_workspace(rt: Runtime, owner_id: str, workspace_id: str) -> None:
    """Delete the workspace with its files, chats and agents."""
    await get_workspace(rt, owner_id, workspace_id)
    async with removing(rt, owner_id, workspace_id=workspace_id) as db:
        await rows.delete_workspace(db, owner_id, workspace_id)
