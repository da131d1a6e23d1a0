"""Workspaces: the caller's places for files, chats and agents."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, status
from pydantic import Field

from babble_app.api._bodies import Id, Name, Text, example
from babble_app.api._identity import Me, Rt
from babble_app.schemas.base import Schema
from babble_app.schemas.workspaces import Workspace
from babble_app.services import workspaces

router = APIRouter(prefix="/api/workspaces", tags=["workspaces"])


class WorkspaceBody(Schema):
    """A workspace's name."""

    model_config = example(name="Bike shop")

    name: Name


class WorkspaceChangeBody(Schema):
    """What to change; parts left out stay."""

    model_config = example(allowed_hosts=["api.example.com"])

    name: Name | None = None
    allowed_hosts: Annotated[list[Text], Field(max_length=100)] | None = None
    """All hosts that live runs of its agents may call, such as `api.example.com` or `*.example.com`."""


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
async def update_workspace(
    rt: Rt, me: Me, workspace_id: Id, body: WorkspaceChangeBody
) -> Workspace:
    """Rename a workspace, or choose the hosts that live runs of its agents may call."""
    return await workspaces.update_workspace(
        rt, me.id, workspace_id, name=body.name, allowed_hosts=body.allowed_hosts
    )


@router.delete("/{workspace_id}", status_code=status.HTTP_204_NO_CONTENT)
async def delete_workspace(rt: Rt, me: Me, workspace_id: Id) -> None:
    """Delete a workspace with its files, chats and agents. There is no way back."""
    await workspaces.delete_workspace(rt, me.id, workspace_id)
