"""What becomes of the program that a run brings: an agent, a version, or a proposal that waits for the person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from babble_app.schemas.events import StateChanged, VersionSaved
from babble_app.services import (
    agents,
    chats,
    proposals,
    versions,
)
from babble_app.services.proposals import Origin

if TYPE_CHECKING:
    from babble_app.schemas.agents import Version
    from babble_app.schemas.events import VersionProposed
    from babble_app.services.run_context import Context
    from babble_app.services.run_driver import Job
    from babble_app.services.runtime import Runtime


async def keep_result(
    rt: Runtime, job: Job, context: Context, proposed: VersionProposed
) -> VersionSaved | StateChanged:
    """Store the checked program, and return the event that says so."""
    # A whole new program beside the one on the canvas is another agent; the present one stays as it is.
    if context.agent_id is None or proposed.kind == "create":
        return _saved(await _create(rt, job, proposed))
    if context.review_changes:
        return await _propose(rt, job, context, context.agent_id, proposed)
    version = await versions.add_version(
        rt,
        job.owner_id,
        context.agent_id,
        text=proposed.program,
        parent_id=context.parent_id or "",
        kind="edit",
        author="iterator",
        request=job.text,
        summary=proposed.summary,
        model=job.model,
        rounds=proposed.rounds,
        raw=proposed.raw,
        findings=proposed.findings,
    )
    return _saved(version)


async def _create(rt: Runtime, job: Job, proposed: VersionProposed) -> Version:
    chat = await chats.get_chat(rt, job.owner_id, job.chat_id)
    version = await agents.create_agent(
        rt, job.owner_id, chat.workspace_id, proposal=proposed, request=job.text, model=job.model
    )
    await chats.update_chat(rt, job.owner_id, job.chat_id, agent_id=version.agent_id)
    return version


async def _propose(
    rt: Runtime, job: Job, context: Context, agent_id: str, proposed: VersionProposed
) -> StateChanged:
    origin = Origin(
        chat_id=job.chat_id,
        run_id=job.run_id,
        request=job.text,
        model=job.model,
        parent_id=context.parent_id or "",
        proposal_id=context.proposal_id,
    )
    proposal = await proposals.add_proposal(rt, job.owner_id, agent_id, origin, proposed)
    if proposal is None:
        return StateChanged(name="withdrawn", detail=context.proposal_id or "")
    return StateChanged(name="proposed", detail=proposal.id)


def _saved(version: Version) -> VersionSaved:
    return VersionSaved(
        agent_id=version.agent_id,
        version_id=version.id,
        number=version.number,
        kind=version.kind,
        summary=version.summary,
    )
