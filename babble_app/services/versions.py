"""Versions of agents: one never changes, and a change goes on top of the version it was made from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from babble_app.errors import ConflictError, ValidationFailedError
from babble_app.schemas.agents import Merge, MergeConflict
from babble_app.services import differences
from babble_app.services.heads import next_version, put_on_top
from babble_app.services.names import clean_label, clean_note
from babble_app.services.programs import check_program, check_text
from babble_app.store import agent_tests as test_rows
from babble_app.store import agents as rows
from babble_app.store import users as user_rows
from babble_app.store.tables.agents import VersionLabelRow, VersionRow
from babble_app.store.tables.base import now

if TYPE_CHECKING:
    from collections.abc import Sequence

    from babble_app.schemas.agents import Diff, Version, VersionSummary
    from babble_app.schemas.events import VersionKind
    from babble_app.schemas.findings import Finding
    from babble_app.services.runtime import Runtime


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
    check_text(text)
    async with rt.database.reading() as db:
        await rows.get_agent(db, owner_id, agent_id)
        parent = await rows.get_version(db, owner_id, parent_id, agent_id=agent_id)
    if text == rows.unpacked(parent.text_zlib):
        raise ValidationFailedError("Nothing was changed.", field="text")
    if kind == "manual":
        findings = await check_program(text)
    facts = {
        "kind": kind, "author": author, "request": request, "summary": summary,
        "model": model, "rounds": rounds, "raw": raw,
    }  # fmt: skip
    version = await next_version(parent, text, findings, **facts)
    return await put_on_top(rt, owner_id, version)


async def revert(rt: Runtime, owner_id: str, agent_id: str, version_id: str) -> Version:
    """Put an earlier version's text on top again, byte for byte."""
    head, wanted = await _head_and(rt, owner_id, agent_id, version_id)
    if head.sha256 == wanted.sha256:
        message = f"The agent is already as in version {wanted.number}."
        raise ValidationFailedError(message, field="version_id")
    version = await next_version(
        head,
        rows.unpacked(wanted.text_zlib),
        (),
        kind="revert",
        author=await _name_of(rt, owner_id),
        summary=f"Back to version {wanted.number}.",
    )
    version.findings = wanted.findings
    return await put_on_top(rt, owner_id, version)


async def restore_hunks(
    rt: Runtime,
    owner_id: str,
    agent_id: str,
    *,
    from_id: str,
    hunks: Sequence[int],
    head_id: str | None = None,
) -> Version:
    """Copy hunks, by their numbers in the difference from the head to the version `from_id`, into the head.

    `head_id` is the head that they were chosen in, if it is to be made sure that it still is the head.

    Raises:
        ConflictError: the head is another by now; `head` names it.
        ValidationFailedError: a number is no hunk's, or the program would have errors; the message names them.
    """
    head, source = await _head_and(rt, owner_id, agent_id, from_id)
    if head_id is not None and head_id != head.id:
        message = "The agent was changed meanwhile. Compare the versions again."
        raise ConflictError(message, head=head.id)
    text, count = await differences.pick(
        rows.unpacked(head.text_zlib), rows.unpacked(source.text_zlib), hunks
    )
    findings = await check_program(
        text, refusal="With these changes alone the program has errors", field="hunks"
    )
    version = await next_version(
        head,
        text,
        findings,
        kind="restore-hunks",
        author=await _name_of(rt, owner_id),
        summary=f"Took {len(hunks)} of {count} hunks from version {source.number}.",
    )
    return await put_on_top(rt, owner_id, version)


async def merge(rt: Runtime, owner_id: str, agent_id: str, *, base_id: str, text: str) -> Merge:
    """Bring a text that was made from an older version together with the newest version; nothing is saved."""
    check_text(text)
    head, base = await _head_and(rt, owner_id, agent_id, base_id)
    merged = await differences.merge(
        rows.unpacked(base.text_zlib), text, rows.unpacked(head.text_zlib)
    )
    conflicts = tuple(MergeConflict.model_validate(vars(clash)) for clash in merged.clashes)
    return Merge(text=merged.text, conflicts=conflicts, head_id=head.id)


async def label_version(
    rt: Runtime,
    owner_id: str,
    version_id: str,
    *,
    name: str | None = None,
    note: str | None = None,
) -> VersionSummary:
    """Give the version a name or a note of the person's own; empty ones take it back. The version stays as it is."""
    async with rt.database.unit_of_work() as db:
        # The agent's lock makes one of two first labels wait for the other.
        version = await rows.get_version(db, owner_id, version_id)
        await rows.get_agent(db, owner_id, version.agent_id, lock=True)
        label = await rows.find_label(db, owner_id, version_id)
        if label is None:
            label = VersionLabelRow(version_id=version_id, owner_id=owner_id)
            db.add(label)
        if name is not None:
            label.name = clean_label(name)
        if note is not None:
            label.note = clean_note(note)
        label.updated_at = now()
    found = await list_versions(rt, owner_id, version.agent_id)
    return next(one for one in found if one.id == version_id)


async def list_versions(rt: Runtime, owner_id: str, agent_id: str) -> list[VersionSummary]:
    """Return the agent's versions, the newest first."""
    async with rt.database.reading() as db:
        await rows.get_agent(db, owner_id, agent_id)
        found = await rows.list_versions(db, owner_id, agent_id)
        badges = await test_rows.list_badges(db, owner_id, agent_id)
    return [one.model_copy(update={"tests": badges.get(one.sha256)}) for one in found]


async def get_version(rt: Runtime, owner_id: str, version_id: str) -> Version:
    """Return the version with its text."""
    async with rt.database.reading() as db:
        row = await rows.get_version(db, owner_id, version_id)
        label = await rows.find_label(db, owner_id, version_id)
        badges = await test_rows.list_badges(db, owner_id, row.agent_id)
    return rows.version_shape(row, label).model_copy(update={"tests": badges.get(row.sha256)})


async def diff_versions(
    rt: Runtime, owner_id: str, agent_id: str, from_id: str, to_id: str
) -> Diff:
    """Return what is different in `to_id`, seen from `from_id`; any two versions of the agent."""
    async with rt.database.reading() as db:
        old = await rows.get_version(db, owner_id, from_id, agent_id=agent_id)
        new = await rows.get_version(db, owner_id, to_id, agent_id=agent_id)
    return await differences.compare(rows.unpacked(old.text_zlib), rows.unpacked(new.text_zlib))


async def _head_and(
    rt: Runtime, owner_id: str, agent_id: str, version_id: str
) -> tuple[VersionRow, VersionRow]:
    """Return the agent's newest version and another one."""
    async with rt.database.reading() as db:
        agent = await rows.get_agent(db, owner_id, agent_id)
        head = await rows.get_version(db, owner_id, agent.head_version_id, agent_id=agent_id)
        return head, await rows.get_version(db, owner_id, version_id, agent_id=agent_id)


async def _name_of(rt: Runtime, owner_id: str) -> str:
    async with rt.database.reading() as db:
        return (await user_rows.get_user(db, owner_id)).name
