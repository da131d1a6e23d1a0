"""An agent's tests as a YAML file, out and in."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from babble_app.based.test_files import FileTest, read_tests, write_tests
from babble_app.services import agent_tests
from babble_app.store import agent_tests as rows
from babble_app.store import agents as agent_rows
from babble_app.store.tables.base import now

if TYPE_CHECKING:
    from babble_app.schemas.agent_tests import AgentTest
    from babble_app.services.runtime import Runtime
    from babble_app.store.tables.agent_tests import AgentTestRow


async def export_yaml(rt: Runtime, owner_id: str, agent_id: str) -> str:
    """Return all of the agent's tests as YAML (based/test_files.py), the oldest first."""
    async with rt.database.reading() as db:
        await agent_rows.get_agent(db, owner_id, agent_id)
        found = [
            rows.agent_test_shape(row) for row in await rows.list_tests(db, owner_id, agent_id)
        ]
    return await asyncio.to_thread(lambda: write_tests([file_test(one) for one in found]))


async def import_yaml(rt: Runtime, owner_id: str, agent_id: str, text: str) -> list[AgentTest]:
    """Add the tests of a YAML file to the agent, all or none; one with the name of another takes its place.

    Raises:
        ValidationFailedError: the file or one of its tests cannot be used; the message says where.
    """
    async with rt.database.reading() as db:
        await agent_rows.get_agent(db, owner_id, agent_id)
    given = await asyncio.to_thread(read_tests, text)
    async with rt.database.unit_of_work() as db:
        await agent_rows.get_agent(db, owner_id, agent_id, lock=True)
        there = {row.name: row for row in await rows.list_tests(db, owner_id, agent_id)}
        kept: list[AgentTestRow] = []
        added: list[AgentTestRow] = []
        for one in given:
            row = agent_tests.new_row(
                owner_id, agent_id, name=one.name, kind=one.kind, spec=one.spec, gating=one.gating
            )
            if (old := there.get(row.name)) is None:
                added.append(row)
            else:
                agent_tests.set_spec(old, one.kind, one.spec)
                old.gating, old.updated_at = one.gating, now()
            kept.append(old or row)
        await agent_tests.add_rows(db, owner_id, agent_id, added)
        await db.flush()
        return [rows.agent_test_shape(row) for row in kept]


def file_test(test: AgentTest) -> FileTest:
    """Return a test as files have it."""
    return FileTest(name=test.name, kind=test.kind, gating=test.gating, **dict(test.spec))
