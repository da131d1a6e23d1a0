"""Going live: a pointer to a version that publishing moves on and rollback moves back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from babble_app.errors import ConflictError, GateClosedError
from babble_app.services import (
    agents,
    test_runs,
)
from babble_app.services.programs import check_program
from babble_app.store import agents as agent_rows
from babble_app.store import publications as rows
from babble_app.store import users as user_rows
from babble_app.store.tables.publications import PublicationRow

if TYPE_CHECKING:
    from sqlmodel.ext.asyncio.session import AsyncSession

    from babble_app.schemas.agents import Agent, Publication
    from babble_app.services.runtime import Runtime
    from babble_app.store.tables.agents import AgentRow

_MOST_PROBLEMS_TOLD = 5


async def publish(rt: Runtime, owner_id: str, agent_id: str, version_id: str) -> Agent:
    """Make the version the one that apps run; nothing happens when it is that already.

    Raises:
        GateClosedError: the agent is gated and a chosen test does not pass on the version.
        ValidationFailedError: the program has errors (the language has changed since); the message names them.
    """
    await check_release(rt, owner_id, agent_id, version_id)
    async with rt.database.unit_of_work() as db:
        agent = await agent_rows.get_agent(db, owner_id, agent_id, lock=True)
        if agent.live_version_id != version_id:
            await _move(db, owner_id, agent, version_id, "publish")
    rt.app_cache.forget()
    return await agents.get_agent(rt, owner_id, agent_id)


async def check_release(rt: Runtime, owner_id: str, agent_id: str, version_id: str) -> None:
    """Make sure that visitors may be given the version.

    Raises:
        NotFoundError: the agent has no such version.
        GateClosedError: the agent is gated and a chosen test does not pass on it.
        ValidationFailedError: the program has errors; the message names them.
    """
    async with rt.database.reading() as db:
        agent = await agent_rows.get_agent(db, owner_id, agent_id)
        version = await agent_rows.get_version(db, owner_id, version_id, agent_id=agent_id)
    refusal = f"Version {version.number} has errors and cannot go live"
    await check_program(agent_rows.unpacked(version.text_zlib), refusal=refusal, field="version_id")
    if agent.gated:
        await _check_gate(rt, owner_id, agent_id, version_id)


async def roll_back(rt: Runtime, owner_id: str, agent_id: str) -> Agent:
    """Make the version live again that was live before the present one was published.

    No test is asked: going back must always be possible. A second rollback goes back further, never forth.

    Raises:
        ConflictError: no version was published before.
    """
    async with rt.database.unit_of_work() as db:
        agent = await agent_rows.get_agent(db, owner_id, agent_id, lock=True)
        previous = before(await rows.list_publications(db, owner_id, agent_id))
        if previous is None:
            raise ConflictError("There is no version that was live before.")
        await _move(db, owner_id, agent, previous, "rollback")
    rt.app_cache.forget()
    return await agents.get_agent(rt, owner_id, agent_id)


async def list_publications(rt: Runtime, owner_id: str, agent_id: str) -> list[Publication]:
    """Return which version of the agent was live when, the newest first."""
    async with rt.database.reading() as db:
        await agent_rows.get_agent(db, owner_id, agent_id)
        return await rows.list_publications(db, owner_id, agent_id)


async def _check_gate(rt: Runtime, owner_id: str, agent_id: str, version_id: str) -> None:
    problems = await test_runs.gate_problems(rt, owner_id, agent_id, version_id)
    if problems:
        told = " ".join(problems[:_MOST_PROBLEMS_TOLD])
        more = len(problems) - _MOST_PROBLEMS_TOLD
        end = f" And {more} more." if more > 0 else ""
        raise GateClosedError(f"This version does not go live: {told}{end}")


async def _move(
    db: AsyncSession, owner_id: str, agent: AgentRow, version_id: str, kind: str
) -> None:
    moves = await rows.list_publications(db, owner_id, agent.id)
    person = await user_rows.get_user(db, owner_id)
    db.add(
        PublicationRow(
            owner_id=owner_id,
            agent_id=agent.id,
            number=len(moves) + 1,
            kind=kind,
            version_id=version_id,
            previous_version_id=agent.live_version_id,
            author=person.name,
        )
    )
    agent.live_version_id = version_id


def before(moves: list[Publication]) -> str | None:
    """Return the version below the present one: publishing puts one on the pile, a rollback takes one off."""
    pile: list[str] = []
    for move in reversed(moves):
        if move.kind == "publish":
            pile.append(move.version_id)
        else:
            pile.pop()
    return pile[-2] if len(pile) > 1 else None
