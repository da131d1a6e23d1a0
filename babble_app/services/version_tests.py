"""What the tests of an agent say of a program: the one place where versions, proposals and publishing ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

from babble_app.services import test_runs
from babble_app.store import agent_tests as rows

if TYPE_CHECKING:
    from babble_app.schemas.agent_tests import TestBadge
    from babble_app.services.runtime import Runtime


async def run_replays(
    rt: Runtime, owner_id: str, agent_id: str, *, text: str, version_id: str | None = None
) -> TestBadge | None:
    """Run the replay tests on the program and return how they ended; None when the agent has no tests."""
    report = await test_runs.run_replays(rt, owner_id, agent_id, text=text, version_id=version_id)
    return report.badge if report.results else None


async def list_badges(rt: Runtime, owner_id: str, agent_id: str) -> dict[str, TestBadge]:
    """Return how the tests ended on each program that they were run on, by the programs' SHA-256."""
    async with rt.database.reading() as db:
        return await rows.list_badges(db, owner_id, agent_id)


async def list_failing(rt: Runtime, owner_id: str, agent_id: str, version_id: str) -> list[str]:
    """Return a sentence for each of the chosen tests that does not pass on the version."""
    return await test_runs.gate_problems(rt, owner_id, agent_id, version_id)
