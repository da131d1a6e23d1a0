"""Workspaces: the caller's places for files, chats and agents."""

from __future__ import annotations

from fastapi import APIRouter, status

from babble_app.api._bodies import Id, Name, example
from babble_app.api._identity import Me, Rt
from babble_app.schemas.base import Schema
from babble_app.schemas.workspaces import Workspace
from babble_app.services import workspaces

router = APIRouter(prefix="/api/workspaces", tags=["workspaces"])


class WorkspaceBody(Schema):
    """A workspace's name."""

    model_config = example(name="Bike shop")

    name: Name


@router.get("")
async def list_workspaces(rt: Rt, me: Me) -> list[Workspace]:
    """List the caller's workspaces, last edited first."""
    return await workspaces.list_workspaces(rt, me.id)


@router.post("", status_code=status.HTTP_201_CREATED)
async def add_workspace(rt: Rt, me: Me, body: WorkspaceBody) -> Workspace:
    """Create a workspace."""
    return await workspaces.create_workspace(rt, me.id, body.name)


@router.get("/{workspace_id}")
async def get_workspace(rt: Rt, me: Me, workspace_id: Id) -> Workspace:
    """Return a workspace with its counts."""
    return await workspaces.get_workspace(rt, me.id, workspace_id)


@router.patch("/{workspace_id}")
async def rename_workspace(rt: Rt, me: Me, workspace_id: Id, body: WorkspaceBody) -> Workspace:
    """Rename a workspace."""
    return await workspaces.rename_workspace(rt, me.id, workspace_id, body.name)


@router.delete("/{workspace_id}", status_code=status.HTTP_204_NO_CONTENT)
async def delete_workspace(rt: Rt, me: Me, workspace_id: Id) -> None:
    """Delete a workspace with its files, chats and agents. There is no way back."""
    await workspaces.delete_workspace(rt, me.id, workspace_id)
