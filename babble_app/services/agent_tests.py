"""Tests of agents: kept from conversations, written by hand, changed, deleted. Running them is test_runs.py's."""

from __future__ import annotations

import asyncio
import hashlib
import json
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from babble_app.based import parser
from babble_app.based.effects import AnswerMismatchError
from babble_app.based.player import is_mocked
from babble_app.based.recording import Recorded
from babble_app.errors import ConflictError, ValidationFailedError
from babble_app.schemas.agent_tests import TestSpec
from babble_app.schemas.mocks import Mock
from babble_app.services import test_runs
from babble_app.services.names import MAX_NAME_CHARS, clean_name, usable_name
from babble_app.services.storable import check_json
from babble_app.store import agent_tests as rows
from babble_app.store import agents as agent_rows
from babble_app.store import sessions as session_rows
from babble_app.store.tables.agent_tests import AgentTestRow
from babble_app.store.tables.base import now

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlmodel.ext.asyncio.session import AsyncSession

    from babble_app.schemas.agent_tests import AgentTest, TestKind, TestResult
    from babble_app.services.runtime import Runtime

MAX_TESTS = 200
"""Of one agent."""
MAX_SPEC_CHARS = 600_000
"""Of a test as JSON: the longest conversation there can be, with its recording."""


async def list_tests(rt: Runtime, owner_id: str, agent_id: str) -> list[AgentTest]:
    """Return the agent's tests, the oldest first, with what came of each last (without traces)."""
    async with rt.database.reading() as db:
        await agent_rows.get_agent(db, owner_id, agent_id)
        found = await rows.list_tests(db, owner_id, agent_id)
        last = await rows.list_last_results(db, owner_id, agent_id)
    return [rows.agent_test_shape(row, _without_traces(last.get(row.id))) for row in found]


async def get_test(rt: Runtime, owner_id: str, test_id: str) -> AgentTest:
    """Return the test with its newest result."""
    async with rt.database.reading() as db:
        row = await rows.get_test(db, owner_id, test_id)
        return rows.agent_test_shape(row, await rows.find_last_result(db, owner_id, row))


async def add_test(
    rt: Runtime,
    owner_id: str,
    agent_id: str,
    *,
    name: str,
    kind: TestKind,
    spec: TestSpec,
    gating: bool = False,
) -> AgentTest:
    """Add a test to the agent.

    Raises:
        ValidationFailedError: what its kind needs is missing, it is too large, or the agent has too many.
    """
    async with rt.database.unit_of_work() as db:
        await agent_rows.get_agent(db, owner_id, agent_id, lock=True)
        row = new_row(owner_id, agent_id, name=name, kind=kind, spec=spec, gating=gating)
        await add_rows(db, owner_id, agent_id, [row])
    return rows.agent_test_shape(row)


async def keep_as_test(rt: Runtime, owner_id: str, session_id: str, *, name: str = "") -> AgentTest:
    """Make a replay test of a test conversation: its turns, its answers, its mocks, and what happened as assertions.

    It is run at once on the conversation's version (the newest, when that text was not saved).

    Raises:
        ConflictError: the conversation cannot be run again as it was.
    """
    async with rt.database.reading() as db:
        session = await session_rows.get_session(db, owner_id, session_id)
    recorded = await record(session.program, session.log)
    spec = TestSpec(
        turns=tuple(recorded.turns),
        mocks=tuple(Mock.model_validate(mock) for mock in session.mocks),
        assertions=recorded.assertions(),
        recording=recorded.recording,
    )
    test = await add_test(
        rt,
        owner_id,
        session.agent_id,
        name=name or suggested_name(recorded),
        kind="replay",
        spec=spec,
        gating=True,
    )
    result = await test_runs.run_test(rt, owner_id, test.id, version_id=session.version_id)
    return test.model_copy(update={"last": result})


async def update_test(
    rt: Runtime,
    owner_id: str,
    test_id: str,
    *,
    name: str | None = None,
    kind: TestKind | None = None,
    gating: bool | None = None,
    changes: Mapping[str, Any] | None = None,
) -> AgentTest:
    """Change what is given; `changes` are fields of the spec. Mocks that are changed win over what was recorded.

    Raises:
        ValidationFailedError: the test would not be usable.
    """
    async with rt.database.unit_of_work() as db:
        row = await rows.get_test(db, owner_id, test_id, lock=True)
        if name is not None and (name := clean_name(name)) != row.name:
            await agent_rows.get_agent(db, owner_id, row.agent_id, lock=True)
            taken = {one.name for one in await rows.list_tests(db, owner_id, row.agent_id)}
            row.name = _free_name(name, taken)
        if gating is not None:
            row.gating = gating
        if kind is not None or changes:
            spec = _changed(TestSpec.model_validate(row.spec), changes or {})
            set_spec(row, kind or rows.agent_test_shape(row).kind, spec)
        row.updated_at = now()
    return await get_test(rt, owner_id, test_id)


async def delete_test(rt: Runtime, owner_id: str, test_id: str) -> None:
    """Delete the test with its results."""
    async with rt.database.unit_of_work() as db:
        await rows.delete_test(db, owner_id, test_id)


async def add_rows(
    db: AsyncSession, owner_id: str, agent_id: str, added: Sequence[AgentTestRow]
) -> None:
    """Add tests to an agent that the unit of work has locked; a name that is taken gets a number.

    Raises:
        ValidationFailedError: they are too many.
    """
    taken = {row.name for row in await rows.list_tests(db, owner_id, agent_id)}
    if len(taken) + len(added) > MAX_TESTS:
        message = f"An agent has at most {MAX_TESTS} tests; this one would have {len(taken) + len(added)}. Delete some first."
        raise ValidationFailedError(message)
    for row in added:
        row.name = _free_name(row.name, taken)
        taken.add(row.name)
    db.add_all(added)


def new_row(
    owner_id: str, agent_id: str, *, name: str, kind: TestKind, spec: TestSpec, gating: bool
) -> AgentTestRow:
    """Return a test's row, not stored yet; raises ValidationFailedError."""
    row = AgentTestRow(
        owner_id=owner_id,
        agent_id=agent_id,
        name=clean_name(name),
        kind=kind,
        gating=gating,
        spec_sha256="",
    )
    set_spec(row, kind, spec)
    return row


def set_spec(row: AgentTestRow, kind: TestKind, spec: TestSpec) -> None:
    """Put a spec into the row; results of another spec do not count any more.

    Raises:
        ValidationFailedError: what the kind needs is missing, or it is too large.
    """
    if problem := find_problem(kind, spec):
        raise ValidationFailedError(problem, field="spec")
    check_json(spec.model_dump(), field="spec")
    try:
        plain = spec.model_dump(mode="json", exclude_defaults=True)
    except ValueError as error:
        message = "A value of the test is nested too deeply."
        raise ValidationFailedError(message, field="spec") from error
    text = json.dumps({"kind": kind, "spec": plain}, sort_keys=True)
    if len(text) > MAX_SPEC_CHARS:
        message = f"The test has {len(text):,} characters; {MAX_SPEC_CHARS:,} is the most."
        raise ValidationFailedError(message, field="spec")
    row.kind, row.spec = kind, plain
    row.spec_sha256 = hashlib.sha256(text.encode()).hexdigest()


def find_problem(kind: TestKind, spec: TestSpec) -> str:
    """Return what a test of the kind lacks, or nothing."""
    if kind == "replay" and spec.recording is None:
        return "A replay needs a recording: keep a test conversation as a test."
    if kind == "scripted" and not spec.turns:
        return "A scripted test needs at least one message of the user in `turns`."
    if kind == "persona" and not spec.goal.strip():
        return "A test with a persona needs a `goal`: what the simulated user wants."
    return ""


async def record(program: str, log: Sequence[dict[str, Any]]) -> Recorded:
    """Run a conversation again from its log, in a thread.

    Raises:
        ConflictError: the log does not belong to the program.
        ValidationFailedError: it is longer than a test may be.
    """
    try:
        return await asyncio.to_thread(lambda: Recorded(parser.parse(program), log))
    except ValidationError as error:
        message = "This conversation is too long for a test."
        raise ValidationFailedError(message) from error
    except AnswerMismatchError as error:
        message = "This conversation cannot be run again as it was, so it cannot be kept. Start a new one."
        raise ConflictError(message) from error


def suggested_name(recorded: Recorded) -> str:
    """Return how the conversation began and where it led, as a name for its test."""
    conditions = [event.text for event in recorded.execution.events if event.type == "condition"]
    parts = [recorded.turns[0] if recorded.turns else "Greeting", *conditions[-1:]]
    shortened = [_shortened(" ".join(part.split())) for part in parts]
    return usable_name(" → ".join(shortened)) or "Conversation"


def _changed(spec: TestSpec, changes: Mapping[str, Any]) -> TestSpec:
    try:
        changed = TestSpec.model_validate({**spec.model_dump(), **changes})
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        message = f"{place}: {first['msg']}" if place else first["msg"]
        raise ValidationFailedError(message, field="spec") from error
    if changed.recording is None or changed.mocks == spec.mocks:
        return changed
    kept = tuple(one for one in changed.recording.answers if not is_mocked(changed.mocks, one))
    recording = changed.recording.model_copy(update={"answers": kept})
    return changed.model_copy(update={"recording": recording})


def _free_name(name: str, taken: set[str]) -> str:
    """Return the name, with a number when another test of the agent has it: files know tests by their names."""
    free, number = name, 2
    while free in taken:
        end = f" ({number})"
        free = f"{name[: MAX_NAME_CHARS - len(end)]}{end}"
        number += 1
    return free


def _shortened(text: str) -> str:
    most = MAX_NAME_CHARS // 2 - 4
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def _without_traces(result: TestResult | None) -> TestResult | None:
    if result is None:
        return None
    traces = ("events", "trials", "transcript", "recorded", "comparison", "lines")
    return result.model_copy(update=dict.fromkeys(traces, ()))
