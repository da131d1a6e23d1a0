"""Agents and their versions; nothing of a version ever changes."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, status
from pydantic import Field, StringConstraints

from babble_app.api._bodies import Id, Name, Text, example
from babble_app.api._identity import Me, Rt
from babble_app.schemas.agents import Agent, Diff, Merge, Version, VersionSummary
from babble_app.schemas.base import Schema
from babble_app.services import (
    agents,
    limits,
    versions,
)

router = APIRouter(prefix="/api", tags=["agents"])
ProgramText = Annotated[Text, StringConstraints(min_length=1, max_length=400_000)]


class AgentBody(Schema):
    """What to change; parts left out stay."""

    model_config = example(name="Front desk")

    name: Name | None = None
    gated: bool | None = None
    """Whether a version goes live only when the chosen tests pass."""


class HandEditBody(Schema):
    """A program changed by hand."""

    model_config = example(text='say("Hello!")\n', parent_id="ver_4fzRkP0aYtQ8sLwUe1Gd")

    text: ProgramText
    parent_id: Id
    """The version it was made from; when another came in between the answer is 409 with that one as `head`."""
    summary: Annotated[Text, StringConstraints(max_length=500)] = ""


class RevertBody(Schema):
    """The version to go back to."""

    model_config = example(version_id="ver_4fzRkP0aYtQ8sLwUe1Gd")

    version_id: Id


class ImportBody(Schema):
    """A program that was written elsewhere."""

    model_config = example(name="Front desk", text='say("Hello!")\n')

    name: Name
    text: ProgramText


class MergeBody(Schema):
    """A program changed by hand, and the version that it was made from."""

    model_config = example(text='say("Hello!")\n', base_id="ver_4fzRkP0aYtQ8sLwUe1Gd")

    text: ProgramText
    base_id: Id


class RestoreBody(Schema):
    """Changes to copy from a version into the newest one."""

    model_config = example(version_id="ver_4fzRkP0aYtQ8sLwUe1Gd", hunks=[2])

    version_id: Id
    hunks: Annotated[list[int], Field(max_length=10_000)]
    """Numbers of hunks in the difference from the newest version to `version_id`."""
    head_id: Id | None = None
    """The version that was the newest when they were chosen; when another came in the answer is 409 with that one as `head`."""


class LabelBody(Schema):
    """What the caller calls a version; parts left out stay, empty ones are taken back."""

    model_config = example(name="Before the holidays", note="Opening hours as of June.")

    name: Annotated[Text, StringConstraints(max_length=200)] | None = None
    note: Annotated[Text, StringConstraints(max_length=4_000)] | None = None


@router.get("/workspaces/{workspace_id}/agents")
async def list_agents(rt: Rt, me: Me, workspace_id: Id) -> list[Agent]:
    """List a workspace's agents."""
    return await agents.list_agents(rt, me.id, workspace_id)


@router.post("/workspaces/{workspace_id}/agents", status_code=status.HTTP_201_CREATED)
async def import_agent(rt: Rt, me: Me, workspace_id: Id, body: ImportBody) -> Version:
    """Make an agent of a program; one with errors is refused with what is wrong."""
    await limits.hit(rt, "compare", me.id)
    return await agents.import_agent(rt, me.id, workspace_id, name=body.name, text=body.text)


@router.get("/agents/{agent_id}")
async def get_agent(rt: Rt, me: Me, agent_id: Id) -> Agent:
    """Return an agent."""
    return await agents.get_agent(rt, me.id, agent_id)


@router.patch("/agents/{agent_id}")
async def update_agent(rt: Rt, me: Me, agent_id: Id, body: AgentBody) -> Agent:
    """Rename an agent, or let only versions go live whose chosen tests pass."""
    return await agents.update_agent(rt, me.id, agent_id, name=body.name, gated=body.gated)


@router.delete("/agents/{agent_id}", status_code=status.HTTP_204_NO_CONTENT)
async def delete_agent(rt: Rt, me: Me, agent_id: Id) -> None:
    """Delete an agent with all its versions."""
    await agents.delete_agent(rt, me.id, agent_id)


@router.get("/agents/{agent_id}/versions")
async def list_versions(rt: Rt, me: Me, agent_id: Id) -> list[VersionSummary]:
    """List an agent's versions, newest first, without their texts."""
    return await versions.list_versions(rt, me.id, agent_id)


@router.post("/agents/{agent_id}/versions", status_code=status.HTTP_201_CREATED)
async def add_version(rt: Rt, me: Me, agent_id: Id, body: HandEditBody) -> Version:
    """Save a hand edit as a new version; a program with errors is refused with what is wrong."""
    await limits.hit(rt, "compare", me.id)
    return await versions.add_version(
        rt,
        me.id,
        agent_id,
        text=body.text,
        parent_id=body.parent_id,
        kind="manual",
        author=me.name or me.email,
        summary=body.summary,
    )


@router.post("/agents/{agent_id}/revert", status_code=status.HTTP_201_CREATED)
async def revert_agent(rt: Rt, me: Me, agent_id: Id, body: RevertBody) -> Version:
    """Make an earlier version's text the newest version."""
    return await versions.revert(rt, me.id, agent_id, body.version_id)


@router.post("/agents/{agent_id}/restore", status_code=status.HTTP_201_CREATED)
async def restore_hunks(rt: Rt, me: Me, agent_id: Id, body: RestoreBody) -> Version:
    """Copy some changes of another version into the newest one."""
    await limits.hit(rt, "compare", me.id)
    return await versions.restore_hunks(
        rt,
        me.id,
        agent_id,
        from_id=body.version_id,
        hunks=body.hunks,
        head_id=body.head_id,
    )


@router.post("/agents/{agent_id}/merge")
async def merge_text(rt: Rt, me: Me, agent_id: Id, body: MergeBody) -> Merge:
    """Bring a hand edit of an older version together with the newest one; nothing is saved."""
    await limits.hit(rt, "compare", me.id)
    return await versions.merge(rt, me.id, agent_id, base_id=body.base_id, text=body.text)


@router.get("/agents/{agent_id}/diff")
async def diff_versions(
    rt: Rt,
    me: Me,
    agent_id: Id,
    from_id: Annotated[Id, Query(alias="from")],
    to_id: Annotated[Id, Query(alias="to")],
) -> Diff:
    """Compare any two versions of an agent."""
    await limits.hit(rt, "compare", me.id)
    return await versions.diff_versions(rt, me.id, agent_id, from_id, to_id)


@router.get("/versions/{version_id}")
async def get_version(rt: Rt, me: Me, version_id: Id) -> Version:
    """Return a version with its program."""
    return await versions.get_version(rt, me.id, version_id)


@router.patch("/versions/{version_id}")
async def label_version(rt: Rt, me: Me, version_id: Id, body: LabelBody) -> VersionSummary:
    """Give a version a name and a note; the version itself never changes."""
    return await versions.label_version(rt, me.id, version_id, name=body.name, note=body.note)
