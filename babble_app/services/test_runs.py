"""Runs tests on programs and keeps what came of them: by program, so that versions with the same text share it.

Replays cost nothing and run before a version's card shows, on a thread of their own: they are a program's own computing, within the
interpreter's limits, and a bad program delays other replays but nothing else.
"""

from __future__ import annotations

import asyncio
import hashlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

from babble_app.errors import RateLimitedError
from babble_app.schemas.agent_tests import TestReport, TestResult, TestSpec
from babble_app.services import agents, idempotency, limits, live_tests, models
from babble_app.services.test_replays import replay_all
from babble_app.services.test_reports import gate_problem, make_report
from babble_app.store import agent_tests as rows
from babble_app.store import agents as agent_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from babble_app.llm.client import ModelClient
    from babble_app.schemas.base import Schema
    from babble_app.services.idempotency import KeyedRequest
    from babble_app.services.runtime import Runtime
    from babble_app.store.tables.agent_tests import AgentTestRow
    from babble_app.store.tables.agents import VersionRow

KEPT_PROGRAMS = 50
"""Results are kept for the programs of an agent that were tested last."""
_pool = ThreadPoolExecutor(1, thread_name_prefix="replay")
_turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
"""By owner: who has replays running waits with more, so that everybody else's come in between."""


@dataclass(frozen=True, slots=True)
class Program:
    """A text under test."""

    text: str
    version_id: str | None = None

    @property
    def sha256(self) -> str:
        """Of its UTF-8 bytes, as versions have it."""
        return hashlib.sha256(self.text.encode("utf-8")).hexdigest()


async def run_replays(
    rt: Runtime,
    owner_id: str,
    agent_id: str,
    *,
    text: str,
    version_id: str | None = None,
    kept: bool = True,
) -> TestReport:
    """Run the agent's replay tests on a program, saved or not, and return what came of them.

    What was run on the same text before is not run again; with `kept` what is run now is stored.
    """
    program = Program(text, version_id)
    async with rt.database.reading() as db:
        await agent_rows.get_agent(db, owner_id, agent_id)
        tests = [
            one for one in await rows.list_tests(db, owner_id, agent_id) if one.kind == "replay"
        ]
        known = {
            result.test_id: result.model_copy(update={"version_id": version_id})
            for result in await rows.list_results(db, owner_id, agent_id, program.sha256)
        }
    new = [one for one in tests if one.id not in known]
    if new:
        results = await _replay(program, new)
        if kept:
            results = await _keep(rt, owner_id, agent_id, new, results)
        known |= {result.test_id: result for result in results}
    return make_report([known[one.id] for one in tests])


async def run_test(
    rt: Runtime,
    owner_id: str,
    test_id: str,
    *,
    version_id: str | None = None,
    model: str = "",
    keyed: KeyedRequest | None = None,
) -> TestResult:
    """Run one test on a version (the newest when none is named) and keep what came of it.

    The run is a task of the server's own: it is finished and kept even when the caller goes away.

    Raises:
        ModelUnavailableError: a live test's model cannot be used.
        IdempotencyConflictError: the key came before with another request.
    """
    async with rt.database.reading() as db:
        test = await rows.get_test(db, owner_id, test_id)
    program = await find_program(rt, owner_id, test.agent_id, version_id)

    async def work() -> TestResult:
        results = await _run(rt, owner_id, program, [test], model=model)
        kept = await _keep(
            rt, owner_id, test.agent_id, [test], results, keyed=keyed, answer=lambda done: done[0]
        )
        return kept[0]

    run = idempotency.answer_once(rt, owner_id, keyed, TestResult, work)
    return await asyncio.shield(rt.start_task(run, f"run of {test_id}"))


async def run_on(
    rt: Runtime, owner_id: str, test_id: str, *, text: str | None = None, model: str = ""
) -> TestResult:
    """Run one test on a text, saved or not (the newest version's when none is given), and keep what came of it."""
    async with rt.database.reading() as db:
        test = await rows.get_test(db, owner_id, test_id)
    head = await find_program(rt, owner_id, test.agent_id, None)
    program = head if text in (None, head.text) else Program(text)
    results = await _run(rt, owner_id, program, [test], model=model)
    return (await _keep(rt, owner_id, test.agent_id, [test], results))[0]


async def run_tests(
    rt: Runtime,
    owner_id: str,
    agent_id: str,
    *,
    version_id: str | None = None,
    live: bool = False,
    model: str = "",
    keyed: KeyedRequest | None = None,
) -> TestReport:
    """Run the agent's tests on a version (the newest when none is named): the replays, and with `live` all.

    Raises:
        ModelUnavailableError: the model of the live tests cannot be used.
        IdempotencyConflictError: the key came before with another request.
    """
    async with rt.database.reading() as db:
        await agent_rows.get_agent(db, owner_id, agent_id)
        found = await rows.list_tests(db, owner_id, agent_id)
    tests = [one for one in found if live or one.kind == "replay"]
    program = await find_program(rt, owner_id, agent_id, version_id)

    async def work() -> TestReport:
        results = await _run(rt, owner_id, program, tests, model=model)
        kept = await _keep(rt, owner_id, agent_id, tests, results, keyed=keyed, answer=make_report)
        return make_report(kept)

    run = idempotency.answer_once(rt, owner_id, keyed, TestReport, work)
    return await asyncio.shield(rt.start_task(run, f"tests of {agent_id}"))


async def gate_problems(rt: Runtime, owner_id: str, agent_id: str, version_id: str) -> list[str]:
    """Return why the chosen tests keep a version from going live; nothing when all pass, or none is chosen.

    Replays are run when they were not; a live test has to have been run on the version's program.
    """
    program = await find_program(rt, owner_id, agent_id, version_id)
    await run_replays(rt, owner_id, agent_id, text=program.text, version_id=version_id)
    async with rt.database.reading() as db:
        tests = await rows.list_tests(db, owner_id, agent_id)
        results = await rows.list_results(db, owner_id, agent_id, program.sha256)
    by_test = {result.test_id: result for result in results}
    problems = [gate_problem(one.name, by_test.get(one.id)) for one in tests if one.gating]
    return [problem for problem in problems if problem]


async def find_program(
    rt: Runtime, owner_id: str, agent_id: str, version_id: str | None
) -> Program:
    """Return the program of one of the agent's versions, the newest when none is named."""
    async with rt.database.reading() as db:
        agent = await agent_rows.get_agent(db, owner_id, agent_id)
        wanted = version_id or agent.head_version_id
        row: VersionRow = await agent_rows.get_version(db, owner_id, wanted, agent_id=agent_id)
    return Program(agent_rows.unpacked(row.text_zlib), row.id)


async def _run(
    rt: Runtime,
    owner_id: str,
    program: Program,
    tests: Sequence[AgentTestRow],
    *,
    model: str,
) -> list[TestResult]:
    """Return a result for each test, in their order."""
    replays = [one for one in tests if one.kind == "replay"]
    results = {result.test_id: result for result in await _replay(program, replays)}
    others = [one for one in tests if one.kind != "replay"]
    if others:
        scope = await agents.call_scope(rt, owner_id, others[0].agent_id)
        route = await models.route_for(rt, owner_id, model, workspace_id=scope.workspace_id)
        client = models.open_route(rt, route, scope, fresh=True)
        for test in others:
            results[test.id] = _about(
                await _try(rt, owner_id, client, program, test), test, program
            )
    return [results[one.id] for one in tests]


async def _try(
    rt: Runtime, owner_id: str, client: ModelClient, program: Program, test: AgentTestRow
) -> TestResult:
    """Run a live test; each counts as often as it is tried, and those that are too many are not run."""
    shape = rows.agent_test_shape(test)
    try:
        for _ in range(shape.spec.runs):
            await limits.hit(rt, "send", owner_id)
    except RateLimitedError as error:
        return TestResult(status="error", problems=(f"Not run: {error}",), runs=0)
    return await live_tests.run(client, program.text, shape.kind, shape.spec)


async def _replay(program: Program, tests: Sequence[AgentTestRow]) -> list[TestResult]:
    def work() -> list[TestResult]:
        return replay_all(program.text, [TestSpec.model_validate(test.spec) for test in tests])

    if not tests:
        return []
    async with _turns.setdefault(tests[0].owner_id, asyncio.Lock()):
        found = await asyncio.get_running_loop().run_in_executor(_pool, work)
    return [_about(result, test, program) for result, test in zip(found, tests, strict=True)]


def _about(result: TestResult, test: AgentTestRow, program: Program) -> TestResult:
    about = {
        "test_id": test.id,
        "name": test.name,
        "kind": test.kind,
        "gating": test.gating,
        "sha256": program.sha256,
        "version_id": program.version_id,
    }
    return result.model_copy(update=about)


async def _keep(
    rt: Runtime,
    owner_id: str,
    agent_id: str,
    tests: Sequence[AgentTestRow],
    results: Sequence[TestResult],
    *,
    keyed: KeyedRequest | None = None,
    answer: Callable[[list[TestResult]], Schema] | None = None,
) -> list[TestResult]:
    """Store the results of tests that are still as they were, and return all with their ids."""
    made = [rows.result_row(owner_id, test, one) for test, one in zip(tests, results, strict=True)]
    named = [
        one.model_copy(update={"id": row.id, "created_at": row.created_at})
        for row, one in zip(made, results, strict=True)
    ]
    async with rt.database.unit_of_work() as db:
        there = await rows.lock_tests(db, owner_id, [one.id for one in tests])
        kept = [row for row in made if there.get(row.test_id) == row.spec_sha256 and row.runs]
        await rows.put_results(db, owner_id, kept)
        await rows.delete_old_results(db, owner_id, agent_id, kept=KEPT_PROGRAMS)
        if answer is not None:
            await idempotency.keep(db, owner_id, keyed, answer(named))
    return named
