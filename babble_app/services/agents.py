"""Agents: programs with a history, and how the first version comes to be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from babble_app.errors import NotFoundError
from babble_app.schemas.calls import CallScope
from babble_app.schemas.events import VersionProposed
from babble_app.services.names import clean_name, free_slug, usable_name
from babble_app.services.programs import check_program, check_text, contents
from babble_app.store import agents as rows
from babble_app.store import apps as app_rows
from babble_app.store import users as user_rows
from babble_app.store import workspaces as workspace_rows
from babble_app.store.tables.agents import AgentRow, VersionRow
from babble_app.store.tables.base import new_id, now

if TYPE_CHECKING:
    from babble_app.schemas.agents import Agent, Version
    from babble_app.services.runtime import Runtime


async def list_agents(rt: Runtime, owner_id: str, workspace_id: str) -> list[Agent]:
    """Return the workspace's agents, the last edited first."""
    async with rt.database.reading() as db:
        await workspace_rows.get_workspace(db, owner_id, workspace_id)
        return await rows.list_agents(db, owner_id, workspace_id=workspace_id)


async def get_agent(rt: Runtime, owner_id: str, agent_id: str) -> Agent:
    """Return the agent."""
    async with rt.database.reading() as db:
        found = await rows.list_agents(db, owner_id, agent_id=agent_id)
    if not found:
        raise NotFoundError("There is no such agent.")
    return found[0]


async def call_scope(rt: Runtime, owner_id: str, agent_id: str) -> CallScope:
    """Return on whose account the models are asked that an agent's conversations and tests need."""
    agent = await get_agent(rt, owner_id, agent_id)
    return CallScope(owner_id=owner_id, workspace_id=agent.workspace_id, agent_id=agent.id)


async def update_agent(
    rt: Runtime,
    owner_id: str,
    agent_id: str,
    *,
    name: str | None = None,
    gated: bool | None = None,
) -> Agent:
    """Change what is given of the agent; its slug stays, as others may use it."""
    async with rt.database.unit_of_work() as db:
        row = await rows.get_agent(db, owner_id, agent_id, lock=True)
        if name is not None:
            row.name = clean_name(name)
        if gated is not None:
            row.gated = gated
        row.updated_at = now()
    return await get_agent(rt, owner_id, agent_id)


async def delete_agent(rt: Runtime, owner_id: str, agent_id: str) -> None:
    """Delete the agent with its versions, its test conversations, and the apps that run it."""
    async with rt.database.unit_of_work() as db:
        await rows.get_agent(db, owner_id, agent_id)
        await app_rows.delete_apps(db, owner_id, agent_id=agent_id)
        await rows.delete_agent(db, owner_id, agent_id)
    rt.app_cache.forget()


async def create_agent(
    rt: Runtime,
    owner_id: str,
    workspace_id: str,
    *,
    proposal: VersionProposed,
    request: str,
    model: str,
    author: str = "builder",
) -> Version:
    """Make an agent whose first version is the proposed program."""
    check_text(proposal.program)
    version = VersionRow(
        owner_id=owner_id,
        agent_id=new_id("agt"),
        number=1,
        kind=proposal.kind,
        author=author,
        request=request,
        summary=proposal.summary,
        rounds=proposal.rounds,
        raw=proposal.raw,
        model=model,
        **await contents("", proposal.program, proposal.findings),
    )
    name = usable_name(proposal.name) or "Agent"
    async with rt.database.unit_of_work() as db:
        # Locked, so that two agents of one name do not take the same slug.
        await workspace_rows.get_workspace(db, owner_id, workspace_id, lock=True)
        agent = AgentRow(
            id=version.agent_id,
            owner_id=owner_id,
            workspace_id=workspace_id,
            name=name,
            slug=free_slug(name, await rows.list_slugs(db, owner_id, workspace_id)),
            head_version_id=version.id,
        )
        db.add(agent)
        await db.flush()
        db.add(version)
    return rows.version_shape(version)


async def import_agent(
    rt: Runtime, owner_id: str, workspace_id: str, *, name: str, text: str
) -> Version:
    """Make an agent of a program that was written elsewhere; one with errors is refused."""
    async with rt.database.reading() as db:
        await workspace_rows.get_workspace(db, owner_id, workspace_id)
        person = await user_rows.get_user(db, owner_id)
    proposal = VersionProposed(
        kind="import",
        program=text,
        name=clean_name(name),
        summary="Imported.",
        findings=await check_program(text),
        rounds=0,
    )
    return await create_agent(
        rt, owner_id, workspace_id, proposal=proposal, request="", model="", author=person.name
    )
