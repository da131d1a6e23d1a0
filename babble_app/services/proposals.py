"""Proposals: what the iterator would change, checked, until the person keeps all or some of it, or nothing."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from babble_app.errors import ConflictError, ValidationFailedError
from babble_app.services import differences, heads
from babble_app.services.programs import check_program, check_text
from babble_app.store import agents as agent_rows
from babble_app.store import proposals as rows
from babble_app.store.tables.base import now
from babble_app.store.tables.proposals import ProposalRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlmodel.ext.asyncio.session import AsyncSession

    from babble_app.schemas.agents import Proposal, ProposalOutcome, Version
    from babble_app.schemas.events import VersionProposed
    from babble_app.services.runtime import Runtime
    from babble_app.store.tables.agents import VersionRow

_ANOTHER = (
    "Another change of this agent came in meanwhile and waits for your word. "
    "Keep or discard it, then send the message again."
)


@dataclass(frozen=True)
class Origin:
    """Where a change comes from."""

    chat_id: str | None
    run_id: str
    request: str
    model: str
    parent_id: str
    """The version that was the head when the run began, or the parent of the proposal that it went on from."""
    proposal_id: str | None = None
    """The pending proposal that the run went on from: this one takes its place."""


async def add_proposal(
    rt: Runtime, owner_id: str, agent_id: str, origin: Origin, proposed: VersionProposed
) -> Proposal | None:
    """Let a checked change wait for the person; None when it takes the pending one back and nothing is left to decide.

    Raises:
        ConflictError: a proposal of another run came in since this run began.
        ValidationFailedError: nothing is changed.
    """
    check_text(proposed.program)
    parent, before = await _parent_of(rt, owner_id, agent_id, origin)
    old = agent_rows.unpacked(parent.text_zlib)
    changed = proposed.program != old
    if not changed and (before is None or before.status != "pending"):
        raise ValidationFailedError("Nothing was changed.", field="text")
    row = await _row(rt, parent, origin, proposed) if changed else None
    async with rt.database.unit_of_work() as db:
        await agent_rows.get_agent(db, owner_id, agent_id, lock=True)
        pending = await rows.find_pending(db, owner_id, agent_id)
        if pending is not None:
            if before is None or pending.id != before.id:
                raise ConflictError(_ANOTHER, head=parent.id)
            await rows.decide(db, owner_id, pending.id, "replaced" if row else "discarded")
        if row is not None:
            _carry_on(row, pending)
            db.add(row)
    return await get_proposal(rt, owner_id, row.id) if row else None


async def get_proposal(rt: Runtime, owner_id: str, proposal_id: str) -> Proposal:
    """Return the proposal with what it changes of its parent, hunk by hunk."""
    async with rt.database.reading() as db:
        row = await rows.get_proposal(db, owner_id, proposal_id)
        agent = await agent_rows.get_agent(db, owner_id, row.agent_id)
        parent = await agent_rows.get_version(db, owner_id, row.parent_id)
    old, new = agent_rows.unpacked(parent.text_zlib), agent_rows.unpacked(row.text_zlib)
    return rows.proposal_shape(row, agent, parent, await differences.compare(old, new))


async def find_pending(rt: Runtime, owner_id: str, agent_id: str) -> Proposal | None:
    """Return the change of the agent that waits for the person, or None."""
    async with rt.database.reading() as db:
        await agent_rows.get_agent(db, owner_id, agent_id)
        row = await rows.find_pending(db, owner_id, agent_id)
    return await get_proposal(rt, owner_id, row.id) if row else None


async def keep(
    rt: Runtime, owner_id: str, proposal_id: str, *, hunks: Sequence[int] | None = None
) -> Version:
    """Make a version of the proposal, or of the hunks of it that are named by their numbers.

    When the agent was changed since, both changes are brought together.

    Raises:
        ConflictError: it was decided before, or the newest version changed the same lines; `head` names that one.
        ValidationFailedError: a number is no hunk's, or the program would have errors; the message names them.
    """
    row, parent, head = await _open(rt, owner_id, proposal_id)
    old, text = agent_rows.unpacked(parent.text_zlib), agent_rows.unpacked(row.text_zlib)
    told = row.summary
    if hunks is not None:
        text, count = await differences.pick(old, text, hunks)
        told += f" ({len(hunks)} of {count} hunks)" if len(hunks) < count else ""
    if head.id != parent.id:
        text = await _merged(old, text, head)
        told += f" (merged with version {head.number})"
    refusal = _refusal(chosen=hunks is not None, merged=head.id != parent.id)
    findings = await check_program(text, refusal=refusal, field="hunks")
    version = await heads.next_version(
        head,
        text,
        findings,
        kind="edit",
        author="iterator",
        request=row.request,
        summary=told,
        rounds=row.rounds,
        raw=row.raw,
        model=row.model,
    )
    async with rt.database.unit_of_work() as db:
        await agent_rows.get_agent(db, owner_id, row.agent_id, lock=True)
        if not await rows.decide(db, owner_id, proposal_id, "kept", version_id=version.id):
            raise await _decided(db, owner_id, proposal_id)
        await agent_rows.put_on_top(db, owner_id, version)
    return await heads.tested(rt, version)


async def discard(rt: Runtime, owner_id: str, proposal_id: str) -> Proposal:
    """Refuse the whole proposal; the agent stays as it is.

    Raises:
        ConflictError: it was decided before.
    """
    async with rt.database.unit_of_work() as db:
        row = await rows.get_proposal(db, owner_id, proposal_id)
        await agent_rows.get_agent(db, owner_id, row.agent_id, lock=True)
        if not await rows.decide(db, owner_id, proposal_id, "discarded"):
            raise await _decided(db, owner_id, proposal_id)
    return await get_proposal(rt, owner_id, proposal_id)


async def list_outcomes(rt: Runtime, owner_id: str, agent_id: str) -> list[ProposalOutcome]:
    """Return what became of each of the agent's proposals, the oldest first."""
    async with rt.database.reading() as db:
        await agent_rows.get_agent(db, owner_id, agent_id)
        return await rows.list_outcomes(db, owner_id, agent_id)


async def _parent_of(
    rt: Runtime, owner_id: str, agent_id: str, origin: Origin
) -> tuple[VersionRow, ProposalRow | None]:
    """Return the version that the change is made to, and the proposal that it went on from."""
    async with rt.database.reading() as db:
        before = None
        parent_id = origin.parent_id
        if origin.proposal_id is not None:
            before = await rows.get_proposal(db, owner_id, origin.proposal_id)
            if before.version_id is not None:
                kept = await agent_rows.get_version(db, owner_id, before.version_id)
                # Kept as it was while the run went on from it: what is left to decide is the change since.
                parent_id = kept.id if kept.sha256 == before.sha256 else parent_id
        parent = await agent_rows.get_version(db, owner_id, parent_id, agent_id=agent_id)
        return parent, before


async def _open(
    rt: Runtime, owner_id: str, proposal_id: str
) -> tuple[ProposalRow, VersionRow, VersionRow]:
    """Return a proposal that waits, the version that it changes, and the newest one."""
    async with rt.database.reading() as db:
        row = await rows.get_proposal(db, owner_id, proposal_id)
        if row.status != "pending":
            raise await _decided(db, owner_id, proposal_id)
        agent = await agent_rows.get_agent(db, owner_id, row.agent_id)
        parent = await agent_rows.get_version(db, owner_id, row.parent_id)
        return row, parent, await agent_rows.get_version(db, owner_id, agent.head_version_id)


async def _decided(db: AsyncSession, owner_id: str, proposal_id: str) -> ConflictError:
    status, version_id = await rows.get_decision(db, owner_id, proposal_id)
    words = "replaced by a newer one" if status == "replaced" else status
    return ConflictError(f"This proposal was {words} already.", head=version_id)


async def _merged(old: str, text: str, head: VersionRow) -> str:
    """Return the newest version's text with the change from `old` to `text`."""
    newest = agent_rows.unpacked(head.text_zlib)
    merged = await differences.merge(old, text, newest)
    if merged.clashes:
        message = (
            f"Version {head.number} changed the same lines meanwhile. Keep only the other changes, "
            "or discard the proposal and ask again."
        )
        raise ConflictError(message, head=head.id)
    if merged.text == newest:
        message = f"Version {head.number} has these changes already. Discard the proposal."
        raise ConflictError(message, head=head.id)
    return merged.text


def _refusal(*, chosen: bool, merged: bool) -> str:
    if chosen:
        return "With these changes alone the program has errors and was not saved"
    if merged:
        return "Together with the newest version the program has errors and was not saved"
    return "The program has errors and was not saved"


def _carry_on(row: ProposalRow, before: ProposalRow | None) -> None:
    """Say of a proposal that takes another's place what was asked for and done before, too."""
    if before is not None:
        row.request = f"{before.request}\n\n{row.request}"
        row.summary = f"{before.summary} {row.summary}"


async def _row(
    rt: Runtime, parent: VersionRow, origin: Origin, proposed: VersionProposed
) -> ProposalRow:
    old = agent_rows.unpacked(parent.text_zlib)
    diff = await differences.compare(old, proposed.program)
    badge = await heads.run_replays(rt, parent.owner_id, parent.agent_id, proposed.program)
    return ProposalRow(
        owner_id=parent.owner_id,
        agent_id=parent.agent_id,
        chat_id=origin.chat_id,
        run_id=origin.run_id,
        parent_id=parent.id,
        text_zlib=agent_rows.packed(proposed.program),
        sha256=hashlib.sha256(proposed.program.encode("utf-8")).hexdigest(),
        request=origin.request,
        summary=proposed.summary,
        findings=[finding.model_dump(mode="json") for finding in proposed.findings],
        rounds=proposed.rounds,
        raw=proposed.raw,
        model=origin.model,
        added=diff.added,
        removed=diff.removed,
        tests=badge.model_dump() if badge else None,
        created_at=now(),
    )
