"""Apps: where an agent, or the plain assistant, goes live for visitors; what they point at, and how they look."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from babble_app.errors import ConflictError
from babble_app.services import profiles, publishing, workspaces
from babble_app.services.app_fields import (
    clean_count,
    clean_instructions,
    clean_look,
    clean_origins,
)
from babble_app.services.names import clean_model, clean_name, free_slug
from babble_app.services.removal import removing
from babble_app.store import agents as agent_rows
from babble_app.store import apps as rows
from babble_app.store import users as user_rows
from babble_app.store import visits as visit_rows
from babble_app.store import workspaces as workspace_rows
from babble_app.store.tables.apps import AppReleaseRow, AppRow
from babble_app.store.tables.base import now

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlmodel.ext.asyncio.session import AsyncSession

    from babble_app.schemas.apps import App, Look, Release, Sighting
    from babble_app.services.runtime import Runtime

WORKSPACE = "Apps"
"""Where apps live that were made without an agent."""
DEFAULT_RATE_LIMIT = 20
MAX_RATE_LIMIT = 10_000
MAX_RETENTION_DAYS = 3_650
_making: asyncio.Lock = asyncio.Lock()


async def create_app(
    rt: Runtime,
    owner_id: str,
    name: str,
    *,
    agent_id: str | None = None,
    workspace_id: str | None = None,
    profile: str = "",
    model: str = "",
    instructions: str = "",
    origins: Iterable[str] = (),
) -> App:
    """Make an app of an agent (its live version), or of the plain assistant.

    An agent of which nothing is live yet goes live with its newest version, if its tests let it.

    Raises:
        NotFoundError: there is no such agent, workspace or profile.
        GateClosedError: nothing of the agent is live, and its newest version must not be.
    """
    name = clean_name(name)
    if profile:
        await profiles.get_profile(rt, owner_id, profile)
    workspace_id = await _place(rt, owner_id, agent_id, workspace_id)
    row = AppRow(
        owner_id=owner_id,
        workspace_id=workspace_id,
        agent_id=agent_id,
        slug="",
        name=name,
        profile=profile,
        model=clean_model(model),
        instructions=clean_instructions(instructions),
        origins=clean_origins(origins),
        rate_limit_per_minute=DEFAULT_RATE_LIMIT,
    )
    async with rt.database.unit_of_work() as db:
        await rt.database.lock(db, "apps")
        row.slug = await _free_slug(db, name)
        db.add(row)
        await db.flush()
        await _note_release(db, owner_id, row, "create")
    return rows.app_shape(row)


async def get_app(rt: Runtime, owner_id: str, app_id: str) -> App:
    """Return the app."""
    async with rt.database.reading() as db:
        return rows.app_shape(await rows.get_app(db, owner_id, app_id))


async def list_apps(
    rt: Runtime, owner_id: str, *, workspace_id: str | None = None, agent_id: str | None = None
) -> list[App]:
    """Return the person's apps (of a workspace, of an agent), the newest first; raises NotFoundError."""
    async with rt.database.reading() as db:
        if workspace_id is not None:
            await workspace_rows.get_workspace(db, owner_id, workspace_id)
        if agent_id is not None:
            await agent_rows.get_agent(db, owner_id, agent_id)
        return await rows.list_apps(db, owner_id, workspace_id=workspace_id, agent_id=agent_id)


async def update_app(
    rt: Runtime,
    owner_id: str,
    app_id: str,
    *,
    name: str | None = None,
    profile: str | None = None,
    model: str | None = None,
    instructions: str | None = None,
    look: Look | None = None,
    origins: Iterable[str] | None = None,
    rate_limit_per_minute: int | None = None,
    retention_days: int | None = None,
    takes_files: bool | None = None,
    paused: bool | None = None,
) -> App:
    """Change what is given; a retention of 0 days means for ever. Its slug stays, as pages use it."""
    if profile:
        await profiles.get_profile(rt, owner_id, profile)
    values: dict[str, Any] = {
        "name": None if name is None else clean_name(name),
        "profile": profile,
        "model": None if model is None else clean_model(model),
        "instructions": None if instructions is None else clean_instructions(instructions),
        "look": None if look is None else clean_look(look).model_dump(mode="json"),
        "origins": None if origins is None else clean_origins(origins),
        "rate_limit_per_minute": clean_count(
            rate_limit_per_minute, 1, MAX_RATE_LIMIT, "rate_limit_per_minute"
        ),
        "takes_files": takes_files,
        "paused": paused,
    }
    days = clean_count(retention_days, 0, MAX_RETENTION_DAYS, "retention_days")
    async with rt.database.unit_of_work() as db:
        row = await rows.get_app(db, owner_id, app_id, lock=True)
        for key, value in values.items():
            if value is not None:
                setattr(row, key, value)
        if days is not None:
            row.retention_days = days or None
        row.updated_at = now()
    rt.app_cache.forget()
    return rows.app_shape(row)


async def delete_app(rt: Runtime, owner_id: str, app_id: str) -> None:
    """Delete the app with its tokens and its visitors' conversations; answers in the making are stopped."""
    async with rt.database.reading() as db:
        await rows.get_app(db, owner_id, app_id)
        session_ids = await visit_rows.list_session_ids(db, owner_id, app_id)
    async with removing(rt, owner_id, session_ids=session_ids) as db:
        await rows.delete_apps(db, owner_id, app_id=app_id)
    rt.app_cache.forget()


async def release(
    rt: Runtime,
    owner_id: str,
    app_id: str,
    *,
    version_id: str | None,
    trial_version_id: str | None = None,
    trial_percent: int = 0,
) -> App:
    """Let visitors get a version (None: whichever is live), and a share of them a further one on trial.

    Conversations that have begun stay with their version.

    Raises:
        GateClosedError: the agent's tests do not let a version go live.
        ConflictError: the app has no agent.
        NotFoundError: there is no such version of the agent.
    """
    share = clean_count(trial_percent, 0, 100, "trial_percent") or 0
    app = await get_app(rt, owner_id, app_id)
    if app.agent_id is None:
        raise ConflictError("This app has no agent, so it has no versions to choose from.")
    for wanted in filter(None, {version_id, trial_version_id if share else None}):
        await publishing.check_release(rt, owner_id, app.agent_id, wanted)
    async with rt.database.unit_of_work() as db:
        row = await rows.get_app(db, owner_id, app_id, lock=True)
        row.version_id = version_id
        row.trial_version_id = trial_version_id if share else None
        row.trial_percent = share if trial_version_id else 0
        row.updated_at = now()
        await _note_release(db, owner_id, row, "release")
    rt.app_cache.forget()
    return rows.app_shape(row)


async def stage(rt: Runtime, owner_id: str, app_id: str, version_id: str | None) -> App:
    """Let tokens of the staging channel get a version (None: the newest); no test is asked."""
    async with rt.database.unit_of_work() as db:
        row = await rows.get_app(db, owner_id, app_id, lock=True)
        if version_id is not None:
            await agent_rows.get_version(db, owner_id, version_id, agent_id=row.agent_id)
        row.staging_version_id = version_id
        row.updated_at = now()
    rt.app_cache.forget()
    return rows.app_shape(row)


async def roll_back(rt: Runtime, owner_id: str, app_id: str) -> App:
    """Let the app point at what it pointed at before its last release; a second step goes back further, never forth.

    No test is asked: going back must always be possible. An app that follows the live version is rolled back with its agent
    (services/publishing.py).

    Raises:
        ConflictError: there was nothing before.
    """
    async with rt.database.unit_of_work() as db:
        row = await rows.get_app(db, owner_id, app_id, lock=True)
        previous = before(await rows.list_releases(db, owner_id, app_id))
        if previous is None:
            raise ConflictError("This app pointed at nothing else before.")
        row.version_id = previous.version_id
        row.trial_version_id, row.trial_percent = previous.trial_version_id, previous.trial_percent
        row.updated_at = now()
        await _note_release(db, owner_id, row, "rollback")
    rt.app_cache.forget()
    return rows.app_shape(row)


async def list_releases(rt: Runtime, owner_id: str, app_id: str) -> list[Release]:
    """Return what the app pointed at, the newest first."""
    async with rt.database.reading() as db:
        await rows.get_app(db, owner_id, app_id)
        return await rows.list_releases(db, owner_id, app_id)


async def list_sightings(rt: Runtime, owner_id: str, app_id: str) -> list[Sighting]:
    """Return which pages have loaded the app, the last seen first."""
    async with rt.database.reading() as db:
        await rows.get_app(db, owner_id, app_id)
        return await rows.list_sightings(db, owner_id, app_id)


async def _place(rt: Runtime, owner_id: str, agent_id: str | None, workspace_id: str | None) -> str:
    """Return the workspace where the app belongs; its agent goes live if nothing of it is yet."""
    if agent_id is not None:
        async with rt.database.reading() as db:
            agent = await agent_rows.get_agent(db, owner_id, agent_id, workspace_id=workspace_id)
        if agent.live_version_id is None:
            await publishing.publish(rt, owner_id, agent_id, agent.head_version_id)
        return agent.workspace_id
    if workspace_id is not None:
        async with rt.database.reading() as db:
            return (await workspace_rows.get_workspace(db, owner_id, workspace_id)).id
    async with _making:
        for workspace in await workspaces.list_workspaces(rt, owner_id):
            if workspace.name == WORKSPACE:
                return workspace.id
        return (await workspaces.create_workspace(rt, owner_id, WORKSPACE)).id


async def _free_slug(db: AsyncSession, name: str) -> str:
    taken: set[str] = set()
    while True:
        slug = free_slug(name, taken)
        if not await rows.is_slug_taken(db, slug):
            return slug
        taken.add(slug)


async def _note_release(db: AsyncSession, owner_id: str, row: AppRow, kind: str) -> None:
    person = await user_rows.get_user(db, owner_id)
    db.add(
        AppReleaseRow(
            owner_id=owner_id,
            app_id=row.id,
            number=await rows.next_release_number(db, owner_id, row.id),
            kind=kind,
            version_id=row.version_id,
            trial_version_id=row.trial_version_id,
            trial_percent=row.trial_percent,
            author=person.name,
        )
    )


def before(releases: list[Release]) -> Release | None:
    """Return the release below the present one: a release goes on the pile, a rollback takes one off."""
    pile: list[Release] = []
    for one in reversed(releases):
        if one.kind == "rollback":
            pile.pop()
        else:
            pile.append(one)
    return pile[-2] if len(pile) > 1 else None
