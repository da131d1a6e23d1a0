"""What an agent's tests have run of a version, and tests made for what the program can do."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from babble_app.based import parser
from babble_app.based.coverage import cover_results, make_skeletons
from babble_app.services import agent_tests, test_runs
from babble_app.services.names import usable_name
from babble_app.store import agent_tests as rows
from babble_app.store import agents as agent_rows

if TYPE_CHECKING:
    from babble_app.schemas.agent_tests import AgentTest, Coverage
    from babble_app.services.runtime import Runtime


async def coverage(
    rt: Runtime, owner_id: str, agent_id: str, version_id: str | None = None
) -> Coverage:
    """Return what the agent's tests have run of a version, the newest when none is named.

    Replays are run for it when they were not, which stores nothing; of the other tests those count that were run on it.
    """
    program = await test_runs.find_program(rt, owner_id, agent_id, version_id)
    replays = await test_runs.run_replays(
        rt, owner_id, agent_id, text=program.text, version_id=program.version_id, kept=False
    )
    async with rt.database.reading() as db:
        stored = await rows.list_results(db, owner_id, agent_id, program.sha256)
    live = [one for one in stored if one.kind != "replay"]
    results = [*replays.results, *live]
    found = await asyncio.to_thread(lambda: cover_results(parser.parse(program.text), results))
    return found.model_copy(update={"version_id": program.version_id, "sha256": program.sha256})


async def generate(
    rt: Runtime, owner_id: str, agent_id: str, version_id: str | None = None
) -> list[AgentTest]:
    """Add a test with a persona for each way through a version's conditions, and return those that are new.

    A way that a test has as its goal is left out; nothing is asked of a model.

    Raises:
        ValidationFailedError: the agent would have too many tests.
    """
    text = (await test_runs.find_program(rt, owner_id, agent_id, version_id)).text
    made = await asyncio.to_thread(lambda: make_skeletons(parser.parse(text)))
    async with rt.database.unit_of_work() as db:
        await agent_rows.get_agent(db, owner_id, agent_id, lock=True)
        there = {row.spec.get("goal") for row in await rows.list_tests(db, owner_id, agent_id)}
        added = [
            agent_tests.new_row(
                owner_id,
                agent_id,
                name=usable_name(name) or "Condition",
                kind="persona",
                spec=spec,
                gating=False,
            )
            for name, spec in made
            if spec.goal not in there
        ]
        await agent_tests.add_rows(db, owner_id, agent_id, added)
        return [rows.agent_test_shape(row) for row in added]
