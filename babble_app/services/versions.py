"""Agents and their versions: a version never changes, and a change goes on top of the version it was made from."""

from __future__ import annotations

import asyncio
import hashlib
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import IntegrityError

from babble_app.diffs.compare import compare
from babble_app.errors import ConflictError, NotFoundError, ValidationFailedError
from babble_app.services import checks
from babble_app.services.names import clean_name, free_slug, usable_name
from babble_app.store import agents as rows
from babble_app.store import users as user_rows
from babble_app.store import workspaces as workspace_rows
from babble_app.store.tables.agents import AgentRow, VersionRow
from babble_app.store.tables.base import new_id, now

if TYPE_CHECKING:
    from collections.abc import Sequence

    from babble_app.schemas.agents import Agent, Diff, Version, VersionSummary
    from babble_app.schemas.events import VersionKind, VersionProposed
    from babble_app.schemas.findings import Finding
    from babble_app.services.runtime import Runtime

MAX_PROGRAM_CHARS = 200_000
_MOST_FINDINGS_TOLD = 5
_STALE = "The agent was changed meanwhile. Compare your text with the newest version."


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
    """Delete the agent with its versions and test conversations."""
    async with rt.database.unit_of_work() as db:
        await rows.delete_agent(db, owner_id, agent_id)


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
    _check_text(proposal.program)
    name = usable_name(proposal.name) or "Agent"
    diff = await asyncio.to_thread(compare, "", proposal.program)
    version = VersionRow(
        owner_id=owner_id,
        agent_id=new_id("agt"),
        number=1,
        kind="create",
        author=author,
        request=request,
        summary=proposal.summary,
        findings=_dumped(proposal.findings),
        rounds=proposal.rounds,
        raw=proposal.raw,
        model=model,
        **_contents(proposal.program, diff),
    )
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


async def add_version(
    rt: Runtime,
    owner_id: str,
    agent_id: str,
    *,
    text: str,
    parent_id: str,
    kind: VersionKind,
    author: str,
    request: str = "",
    summary: str = "",
    model: str = "",
    rounds: int = 0,
    raw: str = "",
    findings: Sequence[Finding] = (),
) -> Version:
    """Put a version on top of `parent_id`, which must be the agent's newest.

    Raises:
        ConflictError: it is not; `head` is the newest.
        ValidationFailedError: nothing is changed, or (by hand) the program has errors; the message names them.
    """
    _check_text(text)
    async with rt.database.reading() as db:
        await rows.get_agent(db, owner_id, agent_id)
        parent = await rows.get_version(db, owner_id, parent_id, agent_id=agent_id)
    old = rows.unpacked(parent.text_zlib)
    if text == old:
        raise ValidationFailedError("Nothing was changed.", field="text")
    if kind == "manual":
        findings = await _check_program(text)
    diff = await asyncio.to_thread(compare, old, text)
    version = VersionRow(
        owner_id=owner_id,
        agent_id=agent_id,
        number=parent.number + 1,
        parent_id=parent_id,
        kind=kind,
        author=author,
        request=request,
        summary=summary,
        findings=_dumped(findings),
        rounds=rounds,
        raw=raw,
        model=model,
        **_contents(text, diff),
    )
    return await _put_on_top(rt, owner_id, version)


async def revert(rt: Runtime, owner_id: str, agent_id: str, version_id: str) -> Version:
    """Put an earlier version's text on top again, byte for byte."""
    async with rt.database.reading() as db:
        agent = await rows.get_agent(db, owner_id, agent_id)
        wanted = await rows.get_version(db, owner_id, version_id, agent_id=agent_id)
        head = await rows.get_version(db, owner_id, agent.head_version_id, agent_id=agent_id)
        person = await user_rows.get_user(db, owner_id)
    old, text = rows.unpacked(head.text_zlib), rows.unpacked(wanted.text_zlib)
    if old == text:
        message = f"The agent is already as in version {wanted.number}."
        raise ValidationFailedError(message, field="version_id")
    diff = await asyncio.to_thread(compare, old, text)
    version = VersionRow(
        owner_id=owner_id,
        agent_id=agent_id,
        number=head.number + 1,
        parent_id=head.id,
        kind="revert",
        author=person.name,
        summary=f"Back to version {wanted.number}.",
        findings=wanted.findings,
        **_contents(text, diff),
    )
    return await _put_on_top(rt, owner_id, version)


async def list_versions(rt: Runtime, owner_id: str, agent_id: str) -> list[VersionSummary]:
    """Return the agent's versions, the newest first."""
    async with rt.database.reading() as db:
        await rows.get_agent(db, owner_id, agent_id)
        return await rows.list_versions(db, owner_id, agent_id)


async def get_version(rt: Runtime, owner_id: str, version_id: str) -> Version:
    """Return the version with its text."""
    async with rt.database.reading() as db:
        row = await rows.get_version(db, owner_id, version_id)
        return rows.version_shape(row, await rows.find_label(db, owner_id, version_id))


async def diff_versions(
    rt: Runtime, owner_id: str, agent_id: str, from_id: str, to_id: str
) -> Diff:
    """Return what is different in `to_id`, seen from `from_id`; any two versions of the agent."""
    async with rt.database.reading() as db:
        old = await rows.get_version(db, owner_id, from_id, agent_id=agent_id)
        new = await rows.get_version(db, owner_id, to_id, agent_id=agent_id)
    return await asyncio.to_thread(
        compare, rows.unpacked(old.text_zlib), rows.unpacked(new.text_zlib)
    )


async def _put_on_top(rt: Runtime, owner_id: str, version: VersionRow) -> Version:
    try:
        async with rt.database.unit_of_work() as db:
            agent = await rows.get_agent(db, owner_id, version.agent_id, lock=True)
            if agent.head_version_id != version.parent_id:
                raise ConflictError(_STALE, head=agent.head_version_id)
            db.add(version)
            agent.head_version_id = version.id
            agent.updated_at = now()
    except IntegrityError as error:
        agent = await get_agent(rt, owner_id, version.agent_id)
        raise ConflictError(_STALE, head=agent.head_version_id) from error
    return rows.version_shape(version)


def _contents(text: str, diff: Diff) -> dict[str, Any]:
    return {
        "text_zlib": rows.packed(text),
        "sha256": hashlib.sha256(text.encode("utf-8")).hexdigest(),
        "diff": diff.unified,
        "added": diff.added,
        "removed": diff.removed,
    }


def _dumped(findings: Sequence[Finding]) -> list[dict[str, object]]:
    return [finding.model_dump(mode="json") for finding in findings]


def _check_text(text: str) -> None:
    if not text.strip():
        raise ValidationFailedError("The program is empty.", field="text")
    if len(text) > MAX_PROGRAM_CHARS:
        message = f"The program has {len(text):,} characters; {MAX_PROGRAM_CHARS:,} is the most."
        raise ValidationFailedError(message, field="text")
    if "\0" in text or any("\ud800" <= char <= "\udfff" for char in text):
        raise ValidationFailedError(
            "The program contains characters that are no text.", field="text"
        )


async def _check_program(text: str) -> tuple[Finding, ...]:
    """Return the warnings of a program; raises ValidationFailedError with its errors."""
    result = await checks.check(text)
    if not result.ok:
        errors = [finding for finding in result.findings if finding.severity == "error"]
        told = [f"line {item.line}: {item.message}" for item in errors[:_MOST_FINDINGS_TOLD]]
        more = len(errors) - len(told)
        end = f"; and {more} more" if more > 0 else ""
        message = f"The program has errors and was not saved: {'; '.join(told)}{end}"
        raise ValidationFailedError(message, field="text")
    return tuple(result.findings)
