"""Keeping a visitor's conversation with an agent as a test of the agent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from babble_app.errors import ConflictError
from babble_app.schemas.agent_tests import TestSpec
from babble_app.services import agent_tests, test_runs
from babble_app.services.visit_people import find_visit
from babble_app.store import agents as agent_rows
from babble_app.store import apps as app_rows

if TYPE_CHECKING:
    from babble_app.schemas.agent_tests import AgentTest
    from babble_app.services.runtime import Runtime


async def keep_as_test(
    rt: Runtime, owner_id: str, app_id: str, conversation_id: str, *, name: str = ""
) -> AgentTest:
    """Make a replay test of what was said, and run it at once on the version that the visitor talked to.

    The test keeps the visitor's words when the conversation is erased.

    Raises:
        ConflictError: the app has no agent, nothing was said to its program, or that cannot be run again as it was.
    """
    async with rt.database.reading() as db:
        visit = await find_visit(db, owner_id, app_id, conversation_id)
        app = await app_rows.get_app(db, owner_id, app_id)
        if app.agent_id is None or visit.version_id is None:
            raise ConflictError("The plain assistant answered here; only an agent has tests.")
        version = await agent_rows.get_version(
            db, owner_id, visit.version_id, agent_id=app.agent_id
        )
    recorded = await agent_tests.record(agent_rows.unpacked(version.text_zlib), visit.log)
    if not recorded.turns:
        raise ConflictError("Nothing has been said to the agent's program here since it began.")
    test = await agent_tests.add_test(
        rt,
        owner_id,
        app.agent_id,
        name=name or agent_tests.suggested_name(recorded),
        kind="replay",
        spec=TestSpec(
            turns=tuple(recorded.turns),
            assertions=recorded.assertions(),
            recording=recorded.recording,
        ),
        gating=True,
    )
    result = await test_runs.run_test(rt, owner_id, test.id, version_id=version.id)
    return test.model_copy(update={"last": result})
