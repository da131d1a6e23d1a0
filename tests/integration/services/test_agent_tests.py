"""Tests of agents: kept from conversations, replayed on every program, recorded again, guarding what goes live."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from babble_app.errors import ConflictError, GateClosedError, NotFoundError, ValidationFailedError
from babble_app.schemas.agent_tests import Assertion, TestBadge, TestSpec
from babble_app.schemas.mocks import Mock
from babble_app.services import (
    agent_tests,
    agents,
    publishing,
    sessions,
    test_coverage,
    test_files,
    test_recording,
    test_runs,
    versions,
)
from babble_app.store import sessions as session_rows
from tests.factories import make_agent, make_user, make_workspace
from tests.unit.based.helpers import BAKERY, leave, reply, run, user, value

if TYPE_CHECKING:
    from babble_app.schemas.agent_tests import AgentTest
    from babble_app.schemas.agents import Version
    from babble_app.services.runtime import Runtime

ORDER = [
    user("two apple cakes"),
    leave("the_customer_names_a_cake"),
    value({"cake": "apple", "count": 2}),
    user("no thanks"),
    leave("the_customer_leaves"),
]


one_database = pytest.mark.parametrize("source", ["sqlite"], indirect=True)
"""For what no database can do differently."""


async def make_bakery(rt: Runtime) -> tuple[str, Version]:
    owner, workspace = await make_workspace(rt)
    return owner, await make_agent(rt, owner, workspace.id, name="Bakery", program=BAKERY)


async def make_session(
    rt: Runtime,
    owner: str,
    version: Version,
    log: list[dict[str, Any]] | None = None,
    **fields: Any,
) -> str:
    """Store a conversation as the test pane does."""
    async with rt.database.unit_of_work() as db:
        row = session_rows.add_session(
            db,
            owner,
            agent_id=version.agent_id,
            version_id=version.id,
            program=version.text,
            model="demo/based",
            mocks=[],
        )
        row.log = run(version.text, ORDER).log if log is None else log
        for name, given in fields.items():
            setattr(row, name, given)
    return row.id


async def make_test(rt: Runtime) -> tuple[str, Version, AgentTest]:
    owner, version = await make_bakery(rt)
    session = await make_session(rt, owner, version)
    return owner, version, await agent_tests.keep_as_test(rt, owner, session)


async def change(rt: Runtime, owner: str, parent: Version, text: str) -> Version:
    return await versions.add_version(
        rt, owner, parent.agent_id, text=text, parent_id=parent.id, kind="manual", author="Ada"
    )


async def test_a_conversation_becomes_a_test_that_passes(rt: Runtime) -> None:
    owner, version, test = await make_test(rt)

    result = await test_runs.run_test(rt, owner, test.id)
    read = await agent_tests.get_test(rt, owner, test.id)

    assert test.last is not None
    assert test.last.status == "passed"
    assert test.name == "two apple cakes → the customer leaves"
    assert (test.kind, test.gating) == ("replay", True)
    assert test.spec.turns == ("two apple cakes", "no thanks")
    assert (result.status, result.version_id, result.runs) == ("passed", version.id, 1)
    assert read.last == result
    assert (await agent_tests.list_tests(rt, owner, version.agent_id))[0].last is not None


@one_database
async def test_a_conversation_with_the_demo_model_becomes_a_test(rt: Runtime) -> None:
    owner, version = await make_bakery(rt)
    session = await sessions.start_session(rt, owner, version.agent_id)
    await sessions.send_message(rt, owner, session.id, "hello")

    test = await agent_tests.keep_as_test(rt, owner, session.id, name="Greets")

    assert test.name == "Greets"
    assert (await test_runs.run_test(rt, owner, test.id)).status == "passed"


@one_database
async def test_a_conversation_that_does_not_fit_its_program_cannot_be_kept(rt: Runtime) -> None:
    owner, version = await make_bakery(rt)
    session = await make_session(rt, owner, version, [reply("I am another program's answer.")])

    with pytest.raises(ConflictError, match="cannot be run again"):
        await agent_tests.keep_as_test(rt, owner, session)


async def test_a_bad_change_is_seen_before_it_is_saved_and_results_are_shared_by_text(
    rt: Runtime,
) -> None:
    owner, version, test = await make_test(rt)
    bad = BAKERY.replace("Goodbye!", "Go away!")

    proposed = await test_runs.run_replays(rt, owner, version.agent_id, text=bad)
    second = await change(rt, owner, version, bad)
    saved = await test_runs.run_replays(rt, owner, version.agent_id, text=bad, version_id=second.id)

    assert second.tests == proposed.badge == TestBadge(failed=1, total=1)
    listed = await versions.list_versions(rt, owner, version.agent_id)
    assert [one.tests for one in listed] == [second.tests, TestBadge(passed=1, total=1)]
    assert (proposed.summary, proposed.changed) == ("0/1 pass; 1 changed", 1)
    assert saved.results[0].id == proposed.results[0].id
    assert saved.results[0].version_id == second.id
    rows = [row for row in saved.results[0].comparison if row.mark == "changed"]
    assert [(row.recorded, row.now) for row in rows] == [("agent: Goodbye!", "agent: Go away!")]
    assert (await agent_tests.get_test(rt, owner, test.id)).last is not None


@one_database
async def test_recording_again_takes_the_new_behaviour_and_keeps_a_persons_assertions(
    rt: Runtime,
) -> None:
    owner, version, test = await make_test(rt)
    own = Assertion(kind="not_contains", value="sorry")
    await agent_tests.update_test(
        rt, owner, test.id, changes={"assertions": [*test.spec.assertions, own]}
    )
    await change(rt, owner, version, BAKERY.replace("Goodbye!", "See you!"))
    assert (await test_runs.run_test(rt, owner, test.id)).status == "failed"

    await test_recording.record_again(rt, owner, test.id)

    read = await agent_tests.get_test(rt, owner, test.id)
    assert read.last is not None
    assert read.last.status == "passed"
    assert own in read.spec.assertions
    assert Assertion(kind="contains", value="See you!", filled=True) in read.spec.assertions
    assert not any(one.value == "Goodbye!" for one in read.spec.assertions)


@one_database
async def test_a_stale_test_is_recorded_again_with_a_model(rt: Runtime) -> None:
    owner, version, test = await make_test(rt)
    await change(
        rt, owner, version, BAKERY.replace("the customer leaves", "the customer says no thanks")
    )
    stale = await test_runs.run_test(rt, owner, test.id)

    recorded = await test_recording.record_again(rt, owner, test.id, model="demo/based")

    assert stale.status == "stale"
    assert (await test_runs.run_test(rt, owner, test.id)).status == "passed"
    assert recorded.spec.turns == test.spec.turns


async def test_chosen_tests_guard_what_goes_live(rt: Runtime) -> None:
    owner, version, test = await make_test(rt)
    bad = await change(rt, owner, version, BAKERY.replace("Goodbye!", "Go away!"))
    agent = version.agent_id

    assert await test_runs.gate_problems(rt, owner, agent, version.id) == []
    problems = await test_runs.gate_problems(rt, owner, agent, bad.id)
    assert len(problems) == 1
    assert problems[0].startswith("“two apple cakes → the customer leaves” fails: Not as recorded")
    await agents.update_agent(rt, owner, agent, gated=True)
    with pytest.raises(GateClosedError, match="“two apple cakes"):
        await publishing.publish(rt, owner, agent, bad.id)
    assert (await publishing.publish(rt, owner, agent, version.id)).live_number == 1
    await agent_tests.update_test(rt, owner, test.id, gating=False)
    assert await test_runs.gate_problems(rt, owner, agent, bad.id) == []


@one_database
async def test_a_live_test_that_was_not_run_keeps_a_version_from_going_live(rt: Runtime) -> None:
    owner, version = await make_bakery(rt)
    spec = TestSpec(turns=("hello",))
    await agent_tests.add_test(
        rt, owner, version.agent_id, name="Hello", kind="scripted", spec=spec, gating=True
    )

    problems = await test_runs.gate_problems(rt, owner, version.agent_id, version.id)

    assert problems == ["“Hello” was not run on this version."]


async def test_a_changed_test_has_no_result_until_it_is_run_again(rt: Runtime) -> None:
    owner, version, test = await make_test(rt)
    await test_runs.run_test(rt, owner, test.id)

    renamed = await agent_tests.update_test(rt, owner, test.id, name="Other", gating=False)
    changed = await agent_tests.update_test(rt, owner, test.id, changes={"exact": False})

    assert renamed.last is not None
    assert changed.last is None
    report = await test_runs.run_replays(rt, owner, version.agent_id, text=version.text)
    assert report.summary == "1/1 pass"


@one_database
async def test_a_changed_mock_wins_over_what_was_recorded(rt: Runtime) -> None:
    owner, workspace = await make_workspace(rt)
    code = 'import requests\nsay(requests.get("https://shop.example/stock").text)\n'
    version = await make_agent(rt, owner, workspace.id, program=code)
    mock = Mock(kind="http", url="https://shop.example/*", body="3 left")
    log = [{"kind": "http", "status": 200, "body": "3 left", "headers": {}, "mocked": True}]
    session = await make_session(rt, owner, version, log, mocks=[mock.model_dump()])
    test = await agent_tests.keep_as_test(rt, owner, session)
    before = await test_runs.run_test(rt, owner, test.id)

    sold_out = mock.model_copy(update={"body": "sold out"})
    await agent_tests.update_test(rt, owner, test.id, changes={"mocks": [sold_out.model_dump()]})

    assert before.status == "passed"
    after = await test_runs.run_test(rt, owner, test.id)
    assert after.status == "failed"
    assert "sold out" in after.problems[0]


@one_database
async def test_a_test_that_nothing_can_be_done_with_is_refused(rt: Runtime) -> None:
    owner, version, test = await make_test(rt)
    agent = version.agent_id

    for kind, words in (("replay", "recording"), ("scripted", "turns"), ("persona", "goal")):
        with pytest.raises(ValidationFailedError, match=words):
            await agent_tests.add_test(rt, owner, agent, name="x", kind=kind, spec=TestSpec())  # type: ignore[arg-type]
    for changes in ({"runs": 99}, {"k": 4, "runs": 3}, {"turns": ["x"] * 51}, {"nonsense": 1}):
        with pytest.raises(ValidationFailedError):
            await agent_tests.update_test(rt, owner, test.id, changes=changes)
    deep: Any = "x"
    for _ in range(500):
        deep = [deep]
    with pytest.raises(ValidationFailedError):
        await agent_tests.update_test(
            rt,
            owner,
            test.id,
            changes={"assertions": [{"kind": "extract", "name": "a", "value": deep}]},
        )
    big = TestSpec(turns=("x" * 32_000,) * 50)
    with pytest.raises(ValidationFailedError, match="600,000"):
        await agent_tests.add_test(rt, owner, agent, name="x", kind="scripted", spec=big)


async def test_an_agent_has_only_so_many_tests(
    rt: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner, version, _ = await make_test(rt)
    monkeypatch.setattr(agent_tests, "MAX_TESTS", 2)
    spec = TestSpec(turns=("hello",))

    added = await asyncio.gather(
        *(
            agent_tests.add_test(rt, owner, version.agent_id, name="x", kind="scripted", spec=spec)
            for _ in range(3)
        ),
        return_exceptions=True,
    )

    assert sum(isinstance(one, ValidationFailedError) for one in added) == 2


async def test_two_runs_at_once_leave_one_result(rt: Runtime) -> None:
    owner, version, test = await make_test(rt)

    await asyncio.gather(*(test_runs.run_test(rt, owner, test.id) for _ in range(4)))

    report = await test_runs.run_replays(rt, owner, version.agent_id, text=version.text)
    assert report.badge.total == 1


@one_database
async def test_no_tests_give_an_empty_report(rt: Runtime) -> None:
    owner, version = await make_bakery(rt)

    report = await test_runs.run_tests(rt, owner, version.agent_id, live=True)

    assert (report.summary, report.results) == ("No tests", ())


@one_database
async def test_a_program_that_is_not_valid_is_an_error_and_no_failure_of_the_test(
    rt: Runtime,
) -> None:
    owner, version, _ = await make_test(rt)

    report = await test_runs.run_replays(rt, owner, version.agent_id, text="say(\n")

    assert report.summary == "0/1 pass; 1 could not be run"
    assert "not valid" in report.results[0].problems[0]


async def test_other_peoples_tests_are_not_there(rt: Runtime) -> None:
    owner, version, test = await make_test(rt)
    session = await make_session(rt, owner, version)
    stranger = (await make_user(rt)).id
    agent = version.agent_id

    for work in (
        agent_tests.list_tests(rt, stranger, agent),
        agent_tests.get_test(rt, stranger, test.id),
        agent_tests.keep_as_test(rt, stranger, session),
        agent_tests.update_test(rt, stranger, test.id, name="Mine"),
        agent_tests.delete_test(rt, stranger, test.id),
        agent_tests.add_test(
            rt, stranger, agent, name="x", kind="scripted", spec=TestSpec(turns=("x",))
        ),
        test_runs.run_test(rt, stranger, test.id),
        test_runs.run_tests(rt, stranger, agent),
        test_runs.run_replays(rt, stranger, agent, text=BAKERY),
        test_runs.gate_problems(rt, stranger, agent, version.id),
        test_recording.record_again(rt, stranger, test.id),
    ):
        with pytest.raises(NotFoundError):
            await work
    assert (await agent_tests.get_test(rt, owner, test.id)).name == test.name


@one_database
async def test_the_version_of_another_agent_is_not_there(rt: Runtime) -> None:
    owner, _, test = await make_test(rt)
    workspace = await make_workspace(rt, owner)
    other = await make_agent(rt, owner, workspace[1].id)

    with pytest.raises(NotFoundError):
        await test_runs.run_test(rt, owner, test.id, version_id=other.id)


@one_database
async def test_tests_go_out_and_in_as_yaml_unchanged(rt: Runtime) -> None:
    owner, version, test = await make_test(rt)
    again = await agent_tests.keep_as_test(rt, owner, await make_session(rt, owner, version))
    text = await test_files.export_yaml(rt, owner, version.agent_id)

    await agent_tests.delete_test(rt, owner, again.id)
    imported = await test_files.import_yaml(rt, owner, version.agent_id, text)

    assert again.name == f"{test.name} (2)"
    assert [one.name for one in imported] == [test.name, again.name]
    assert imported[0].id == test.id
    assert [one.spec for one in imported] == [test.spec, test.spec]
    assert await test_files.export_yaml(rt, owner, version.agent_id) == text


@one_database
async def test_a_file_with_one_bad_test_adds_none(rt: Runtime) -> None:
    owner, version = await make_bakery(rt)
    text = "babble_tests: 1\ntests:\n- {name: a, kind: scripted, turns: [x]}\n- {name: b, kind: persona}\n"

    with pytest.raises(ValidationFailedError, match="goal"):
        await test_files.import_yaml(rt, owner, version.agent_id, text)

    assert await agent_tests.list_tests(rt, owner, version.agent_id) == []


@one_database
async def test_generating_twice_adds_nothing_new(rt: Runtime) -> None:
    owner, version = await make_bakery(rt)

    first = await test_coverage.generate(rt, owner, version.agent_id)
    second = await test_coverage.generate(rt, owner, version.agent_id)

    assert [(one.name, one.kind) for one in first] == [
        ("the customer names a cake", "persona"),
        ("the customer leaves", "persona"),
    ]
    assert second == []


@one_database
async def test_coverage_shows_the_exits_that_no_test_takes(rt: Runtime) -> None:
    owner, version, _ = await make_test(rt)
    more = BAKERY + 'until "the customer wants a person":\n    transfer("+15550100")\n'
    second = await change(rt, owner, version, more)

    now = await test_coverage.coverage(rt, owner, version.agent_id)
    before = await test_coverage.coverage(rt, owner, version.agent_id, version.id)

    assert (now.version_id, now.conditions_hit, now.tests) == (second.id, 2, 1)
    assert [(one.line, one.text) for one in now.untested] == [(10, "the customer wants a person")]
    assert (before.untested, before.lines_hit) == ((), before.lines)


@one_database
async def test_replays_of_others_come_between_those_of_one_person(rt: Runtime) -> None:
    slow = "for i in range(99_999):\n    x = [i] * 9\n"
    done: list[str] = []

    async def go(name: str, owner: str, agent: str, text: str) -> None:
        await test_runs.run_replays(rt, owner, agent, text=text)
        done.append(name)

    (greedy, theirs, _), (other, own, _) = [await make_test(rt) for _ in range(2)]
    many = [go(f"greedy {n}", greedy, theirs.agent_id, f"{slow}# {n}\n") for n in range(5)]
    await asyncio.gather(*many, go("other", other, own.agent_id, slow))

    assert done.index("other") <= 2
