"""Records a test again on a newer program: what was answered before is answered the same, a model answers the rest."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from babble_app.agents import talker
from babble_app.based import parser
from babble_app.based.effects import UserEffect
from babble_app.based.player import Player
from babble_app.errors import ValidationFailedError
from babble_app.schemas.agent_tests import AgentTest, TestSpec
from babble_app.services import agent_tests, agents, idempotency, limits, models, test_runs
from babble_app.store import agent_tests as rows
from babble_app.store.tables.base import now

if TYPE_CHECKING:
    from babble_app.based.nodes import Program
    from babble_app.llm.client import ModelClient
    from babble_app.schemas.calls import CallScope
    from babble_app.services.idempotency import KeyedRequest
    from babble_app.services.runtime import Runtime


async def record_again(
    rt: Runtime,
    owner_id: str,
    test_id: str,
    *,
    version_id: str | None = None,
    model: str = "",
    keyed: KeyedRequest | None = None,
) -> AgentTest:
    """Take what the agent does now on a version (the newest when none is named) for what it must do.

    The recorded answers are used as far as they fit, so a recording that can still be followed costs nothing. Assertions
    that were filled in are made anew, a person's own stay. The recording is a task of the server's own.

    Raises:
        ValidationFailedError: the test is no replay.
        BabbleError: the model failed; the test is as it was.
        IdempotencyConflictError: the key came before with another request.
    """
    test = await agent_tests.get_test(rt, owner_id, test_id)
    scope = await agents.call_scope(rt, owner_id, test.agent_id)
    if test.kind != "replay":
        message = "Only a replay has a recording; the other kinds ask the model at every run."
        raise ValidationFailedError(message)
    version = await test_runs.find_program(rt, owner_id, test.agent_id, version_id)
    program = await asyncio.to_thread(parser.parse, version.text)

    async def work() -> AgentTest:
        spec = await _record(rt, scope, program, test.spec, model)
        return await _store(rt, owner_id, test_id, spec, keyed)

    recording = idempotency.answer_once(rt, owner_id, keyed, AgentTest, work)
    recorded = await asyncio.shield(rt.start_task(recording, f"recording of {test_id}"))
    await test_runs.run_replays(
        rt, owner_id, test.agent_id, text=version.text, version_id=version.version_id
    )
    return recorded


async def _record(
    rt: Runtime, scope: CallScope, program: Program, spec: TestSpec, model: str
) -> TestSpec:
    client: ModelClient | None = None
    player = await asyncio.to_thread(
        lambda: Player(
            program, turns=spec.turns, recording=spec.recording, mocks=spec.mocks, real_time=True
        )
    )
    while (effect := await asyncio.to_thread(player.advance)) is not None:
        if isinstance(effect, UserEffect):
            break
        if client is None:
            await limits.hit(rt, "send", scope.owner_id)
            route = await models.route_for(
                rt, scope.owner_id, model, workspace_id=scope.workspace_id
            )
            client = models.open_route(rt, route, scope, fresh=True)
        answer, _usage = await talker.answer_effect(client, effect)
        await asyncio.to_thread(player.answer, answer)
    recorded = await agent_tests.record(program.source, player.execution.log)
    own = tuple(one for one in spec.assertions if not one.filled)
    changes = {
        "turns": tuple(recorded.turns),
        "recording": recorded.recording,
        "assertions": (*recorded.assertions(), *own),
    }
    return spec.model_copy(update=changes)


async def _store(
    rt: Runtime, owner_id: str, test_id: str, spec: TestSpec, keyed: KeyedRequest | None
) -> AgentTest:
    async with rt.database.unit_of_work() as db:
        row = await rows.get_test(db, owner_id, test_id, lock=True)
        agent_tests.set_spec(row, "replay", spec)
        row.updated_at = now()
        await db.flush()
        shape = rows.agent_test_shape(row)
        await idempotency.keep(db, owner_id, keyed, shape)
        return shape
