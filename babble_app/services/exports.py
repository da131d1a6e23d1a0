"""Everything a person owns, as a zip of plain files."""

from __future__ import annotations

import asyncio
import json
import os
import tempfile
import zipfile
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from babble_app.services import limits, usage
from babble_app.services.names import free_slug
from babble_app.store import agent_tests as test_rows
from babble_app.store import agents as agent_rows
from babble_app.store import apps as app_rows
from babble_app.store import budgets as budget_rows
from babble_app.store import chats as chat_rows
from babble_app.store import files as file_rows
from babble_app.store import keys as key_rows
from babble_app.store import profiles as profile_rows
from babble_app.store import proposals as proposal_rows
from babble_app.store import publications as publication_rows
from babble_app.store import sessions as session_rows
from babble_app.store import users as user_rows
from babble_app.store import visits as visit_rows
from babble_app.store import workspaces as workspace_rows
from babble_app.store.tables.base import now

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic import BaseModel
    from sqlmodel.ext.asyncio.session import AsyncSession

    from babble_app.schemas.agents import Agent
    from babble_app.schemas.apps import App
    from babble_app.schemas.workspaces import Workspace
    from babble_app.services.runtime import Runtime

_ALL = 1_000_000
_README = """Your data in Babble.

account.json                    your account, logins, budgets and which providers you stored a key for (not the keys)
profiles.json                   the profiles that you made
usage.csv                       every call of a model that was made for you: tokens, cost, time
workspaces/<name>/files/        your files as you uploaded them
workspaces/<name>/chats/        your chats with all messages
workspaces/<name>/agents/<name> every version of your agents, proposals, what was live when, tests and test conversations
workspaces/<name>/apps/<name>   your apps: tokens (not what they are), releases, origins, visitors' conversations and feedback
"""


@dataclass
class _Contents:
    """What goes into the zip, by path."""

    texts: dict[str, str] = field(default_factory=dict[str, str])
    files: dict[str, Path] = field(default_factory=dict[str, Path])


async def export_data(rt: Runtime, owner_id: str) -> Path:
    """Return a zip of everything the person owns; the caller deletes it."""
    await limits.hit(rt, "export", owner_id)
    folder = rt.settings.data_dir / "exports"
    calls = await asyncio.to_thread(_new_file, folder, ".csv")
    try:
        await _write_usage(rt, owner_id, calls)
        contents = await _gather(rt, owner_id)
        contents.files["usage.csv"] = calls
        return await asyncio.to_thread(_write, folder, contents)
    finally:
        await asyncio.to_thread(calls.unlink, missing_ok=True)


async def _gather(rt: Runtime, owner_id: str) -> _Contents:
    contents = _Contents({"README.txt": _README})
    async with rt.database.reading() as db:
        contents.texts["account.json"] = await _account(db, owner_id)
        own = [
            profile_rows.profile_shape(row)
            for row in await profile_rows.list_profiles(db, owner_id)
        ]
        contents.texts["profiles.json"] = _json(_dumped(own))
        taken: set[str] = set()
        for workspace in await workspace_rows.list_workspaces(db, owner_id):
            slug = free_slug(workspace.name, taken)
            taken.add(slug)
            await _add_workspace(rt, db, owner_id, workspace, f"workspaces/{slug}", contents)
    return contents


async def _write_usage(rt: Runtime, owner_id: str, path: Path) -> None:
    """Write the table of the person's calls page by page: there may be very many."""
    pages = await usage.csv_rows(rt, owner_id, since=datetime.min.replace(tzinfo=UTC))
    async for lines in pages:
        await asyncio.to_thread(_append, path, lines)


def _append(path: Path, text: str) -> None:
    with path.open("a", encoding="utf-8", newline="") as file:
        file.write(text)


async def _account(db: AsyncSession, owner_id: str) -> str:
    user = user_rows.user_shape(await user_rows.get_user(db, owner_id))
    logins = await user_rows.list_all_logins(db, owner_id)
    keys = await key_rows.list_keys(db, owner_id)
    return _json(
        {
            "account": user.model_dump(mode="json"),
            "logins": _dumped([user_rows.login_shape(row) for row in logins]),
            "provider_keys": [
                {"provider": row.provider, "last4": row.last4, "label": row.label} for row in keys
            ],
            "budgets": _dumped(await budget_rows.list_budgets(db, owner_id)),
            "exported_at": now().isoformat(),
        }
    )


async def _add_workspace(
    rt: Runtime,
    db: AsyncSession,
    owner_id: str,
    workspace: Workspace,
    folder: str,
    contents: _Contents,
) -> None:
    contents.texts[f"{folder}/workspace.json"] = _json(workspace.model_dump(mode="json"))
    files = [
        file_rows.file_shape(row) for row in await file_rows.list_files(db, owner_id, workspace.id)
    ]
    contents.texts[f"{folder}/files.json"] = _json(_dumped(files))
    for file in files:
        contents.files[f"{folder}/files/{file.name}"] = rt.blobs.path(file.sha256)
    for chat in await chat_rows.list_chats(db, owner_id, workspace_id=workspace.id):
        messages = await chat_rows.list_messages(db, owner_id, chat.id, limit=_ALL)
        contents.texts[f"{folder}/chats/{chat.id}.json"] = _json(
            {"chat": chat.model_dump(mode="json"), "messages": _dumped(messages)}
        )
    for agent in await agent_rows.list_agents(db, owner_id, workspace_id=workspace.id):
        await _add_agent(db, owner_id, agent, f"{folder}/agents/{agent.slug}", contents)
    for app in await app_rows.list_apps(db, owner_id, workspace_id=workspace.id):
        await _add_app(db, owner_id, app, f"{folder}/apps/{app.slug}", contents)


async def _add_app(
    db: AsyncSession, owner_id: str, app: App, place: str, contents: _Contents
) -> None:
    contents.texts[f"{place}/app.json"] = _json(
        {
            "app": app.model_dump(mode="json"),
            "tokens": _dumped(await app_rows.list_tokens(db, owner_id, app_id=app.id)),
            "releases": _dumped(await app_rows.list_releases(db, owner_id, app.id)),
            "sightings": _dumped(await app_rows.list_sightings(db, owner_id, app.id)),
            "feedback": await visit_rows.list_feedback(db, owner_id, app.id),
        }
    )
    for visit in await visit_rows.list_visits(db, owner_id, app.id, limit=_ALL):
        messages = await chat_rows.list_messages(db, owner_id, visit.id, limit=_ALL)
        contents.texts[f"{place}/conversations/{visit.id}.json"] = _json(
            {"conversation": visit.model_dump(mode="json"), "messages": _dumped(messages)}
        )


async def _add_agent(
    db: AsyncSession, owner_id: str, agent: Agent, place: str, contents: _Contents
) -> None:
    versions = await agent_rows.list_versions(db, owner_id, agent.id)
    for summary in versions:
        row = await agent_rows.get_version(db, owner_id, summary.id)
        contents.texts[f"{place}/{row.number:04}.based"] = agent_rows.unpacked(row.text_zlib)
    for proposal in await proposal_rows.list_proposals(db, owner_id, agent.id):
        plain = proposal.model_dump(mode="json", exclude={"owner_id", "text_zlib"})
        text = agent_rows.unpacked(proposal.text_zlib)
        contents.texts[f"{place}/proposals/{proposal.id}.json"] = _json({**plain, "text": text})
    tests = await test_rows.list_tests(db, owner_id, agent.id)
    results = await test_rows.list_last_results(db, owner_id, agent.id)
    sessions = await session_rows.list_sessions(db, owner_id, agent.id)
    hidden = {"owner_id", "version"}
    contents.texts[f"{place}/agent.json"] = _json(
        {
            "agent": agent.model_dump(mode="json"),
            "versions": _dumped(versions),
            "publications": _dumped(
                await publication_rows.list_publications(db, owner_id, agent.id)
            ),
            "tests": _dumped(
                [test_rows.agent_test_shape(row, results.get(row.id)) for row in tests]
            ),
            "sessions": [row.model_dump(mode="json", exclude=hidden) for row in sessions],
        }
    )


def _new_file(folder: Path, ending: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, name = tempfile.mkstemp(prefix="export-", suffix=ending, dir=folder)
    os.close(handle)
    return Path(name)


def _write(folder: Path, contents: _Contents) -> Path:
    path = _new_file(folder, ".zip")
    try:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for place, text in contents.texts.items():
                archive.writestr(place, text)
            for place, source in contents.files.items():
                if source.exists():
                    archive.write(source, place)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return path


def _dumped(items: Sequence[BaseModel]) -> list[dict[str, Any]]:
    return [item.model_dump(mode="json") for item in items]


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)
