"""The Tests tab: what is kept, run, read, repaired and written there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from babble_app.errors import NotFoundError
from babble_app.services import agent_tests, keys, test_files, versions
from babble_app.states.agent_tests import TestsState
from babble_app.states.canvas import CanvasState
from babble_app.states.chat import ChatState
from babble_app.states.choices import ChoicesState
from babble_app.states.json_fields import FieldError
from babble_app.states.keeping import KeepState
from babble_app.states.repair import RepairState
from babble_app.states.test_form import AssertionRow, TestFormState, read_spec
from babble_app.states.test_suite import SuiteState
from babble_app.states.testing import TestState
from babble_app.store import chats as chat_rows
from tests.factories import PROGRAM, make_agent, make_chat, make_user, make_workspace
from tests.fakes.model_server import ModelServer
from tests.fakes.script import Answer, Rule, ToolUse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from babble_app.schemas.agents import Version
    from babble_app.services.runtime import Runtime
    from tests.databases import Source
    from tests.unit.states.conftest import Tab

MODEL = "custom/fake-model"
WORSE = PROGRAM.replace("Goodbye!", "Get lost!")
SCRIPTED = {"name": "Says goodbye", "turns": "bye now", "runs": "2", "k": "2", "tolerance": "0"}


@pytest.fixture
def source(sqlite: Source) -> Source:
    """One kind of database: nothing here depends on it."""
    return sqlite


@pytest.fixture
def server() -> Iterator[ModelServer]:
    rules = [
        Rule(Answer(tools=[ToolUse("the_visitor_says_goodbye")]), user="bye"),
        Rule("Hello, what do you need?"),
    ]
    with ModelServer(rules=rules) as running:
        yield running


@pytest.fixture
async def version(rt: Runtime, tab: Tab, server: ModelServer) -> Version:
    """A version on the canvas of the tab."""
    owner = await make_user(rt, role="admin")
    await tab.log_in(owner)
    tab.user = owner
    await keys.set_key(rt, owner.id, "custom", "sk-canary-123456", base_url=server.openai_url)
    _, workspace = await make_workspace(rt, owner.id)
    version = await make_agent(rt, owner.id, workspace.id)
    (await tab.state(ChoicesState)).model = MODEL
    await tab.run(CanvasState.open_agent, await tab.state(CanvasState), version.agent_id)
    return version


async def keep(tab: Tab, *said: str, name: str = "A goodbye") -> TestsState:
    """Talk to the agent, keep it as a test, and show the tests."""
    test, keeping = await tab.state(TestState), await tab.state(KeepState)
    await tab.run(TestState.start, test)
    for text in said:
        await tab.run(TestState.send, test, text)
    await tab.run(KeepState.ask, keeping)
    await tab.run(KeepState.keep_test, keeping, {"name": name})
    assert (keeping.open, keeping.problem) == (False, "")
    return await show(tab)


async def show(tab: Tab) -> TestsState:
    tests = await tab.state(TestsState)
    await tab.run(TestsState.load, tests)
    return tests


async def save(rt: Runtime, tab: Tab, version: Version, text: str) -> None:
    """Save a version by hand, and put it on the canvas."""
    await versions.add_version(
        rt,
        tab.user.id,
        version.agent_id,
        text=text,
        parent_id=version.id,
        kind="manual",
        author="Ada",
    )
    await tab.run(CanvasState.open_agent, await tab.state(CanvasState), version.agent_id)


async def write(tab: Tab, form: dict[str, Any], kind: str = "scripted") -> TestFormState:
    state = await tab.state(TestFormState)
    await tab.run(TestFormState.open_new, state)
    await tab.run(TestFormState.pick_kind, state, kind)
    await tab.run(TestFormState.save_test, state, form)
    return state


async def test_a_conversation_that_was_kept_passes(tab: Tab, version: Version) -> None:
    tests = await keep(tab, "bye now")

    row = tests.rows[0]
    assert (row.name, row.kind, row.status, row.words) == ("A goodbye", "replay", "passed", "pass")
    assert (tests.summary, tests.good, tests.has_live) == ("1/1 pass", True, False)
    assert "1 of 1 exit taken" in tests.coverage.words
    assert version.id


async def test_a_worse_program_is_red_with_both_transcripts(
    rt: Runtime, tab: Tab, version: Version
) -> None:
    tests = await keep(tab, "bye now")

    await tab.run(TestsState.show_test, tests, tests.rows[0].id)
    assert tests.result.words == "pass"
    await save(rt, tab, version, WORSE)
    await tab.run(TestsState.load, tests)

    assert (tests.rows[0].status, tests.good) == ("failed", False)
    assert (tests.result.status, tests.result.words) == ("failed", "fail")
    changed = [row for row in tests.result.comparison if row.mark == "changed"]
    assert [(row.recorded, row.now) for row in changed] == [("agent: Goodbye!", "agent: Get lost!")]
    assert tests.result.problems


async def test_edits_that_are_not_saved_are_tested_too(tab: Tab, version: Version) -> None:
    tests = await keep(tab, "bye now")
    canvas = await tab.state(CanvasState)

    await tab.run(CanvasState.edit, canvas, WORSE, canvas.doc_key)
    assert tests.text_key != canvas.text_key
    await tab.run(TestsState.load, tests)

    assert tests.rows[0].status == "failed"
    assert tests.text_key == canvas.text_key
    assert version.id


async def test_what_the_agent_does_now_is_recorded(rt: Runtime, tab: Tab, version: Version) -> None:
    tests, repair = await keep(tab, "bye now"), await tab.state(RepairState)
    await save(rt, tab, version, WORSE)
    await tab.run(TestsState.show_test, tests, tests.rows[0].id)

    await tab.run(RepairState.record_again, repair)
    await tab.run(TestsState.load, tests)

    assert (tests.rows[0].status, tests.problem, repair.busy) == ("passed", "", False)


async def test_a_test_with_a_live_model_says_how_often_it_passed(
    tab: Tab, version: Version
) -> None:
    await write(tab, SCRIPTED)
    tests = await show(tab)
    assert (tests.rows[0].status, tests.rows[0].words) == ("", "not run")

    await tab.run(TestsState.run_all, tests, True)

    assert tests.rows[0].status == "passed"
    assert tests.rows[0].words.startswith("2 of 2")
    assert (tests.running, tests.done, tests.of) == ("", 1, 1)
    assert version.id


async def test_live_tests_wait_for_edits_to_be_saved(tab: Tab, version: Version) -> None:
    await write(tab, SCRIPTED)
    tests, canvas = await show(tab), await tab.state(CanvasState)
    await tab.run(CanvasState.edit, canvas, WORSE, canvas.doc_key)

    await tab.run(TestsState.run_one, tests, tests.rows[0].id)

    assert "save your edits first" in tests.problem
    assert tests.rows[0].status == ""
    assert version.id


async def test_a_test_is_changed_in_its_form(tab: Tab, version: Version) -> None:
    tests, form = await keep(tab, "bye now"), await tab.state(TestFormState)
    test_id = tests.rows[0].id
    await tab.run(TestFormState.open_test, form, test_id)
    assert (form.name, form.turns, form.kind) == ("A goodbye", "bye now", "replay")
    number = form.assertions[0].number
    for row in form.assertions[1:]:
        await tab.run(TestFormState.drop_assertion, form, row.number)
    fields = {f"value-{number}": form.assertions[0].value, "name": "Renamed"}

    await tab.run(TestFormState.save_test, form, fields | {"turns": "bye now"})
    await tab.run(TestsState.load, tests)

    assert (form.open, form.problem) == (False, "")
    assert tests.rows[0].name == "Renamed"
    assert version.id


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": " "}, "name"),
        ({"turns": ""}, "at least one message"),
        ({"runs": "three"}, "Runs must be a whole number"),
        ({"k": "5"}, "cannot be more than runs"),
        ({"tolerance": "2"}, "from 0 to 1"),
    ],
)
async def test_a_form_that_is_no_test_says_why_and_stays_open(
    tab: Tab, version: Version, changes: dict[str, str], words: str
) -> None:
    form = await write(tab, SCRIPTED | changes)

    assert words in form.problem
    assert form.open
    assert version.id


@pytest.mark.parametrize(
    ("kind", "value", "words"),
    [
        ("contains", "", "must not be empty"),
        ("extract", "{", "no JSON"),
        ("action", "null", "needs a name"),
    ],
)
def test_what_must_be_so_has_to_be_something(kind: str, value: str, words: str) -> None:
    rows = [AssertionRow(1, kind, "", value)]
    fields = SCRIPTED | {"value-1": value, "name-1": "x" if kind == "extract" else ""}

    with pytest.raises(FieldError, match=words):
        read_spec(fields, kind="scripted", rows=rows)


def test_an_assertion_of_a_recording_stays_one_until_it_is_changed() -> None:
    rows = [AssertionRow(1, "contains", "", "Hello", filled=True)]

    same = read_spec(SCRIPTED | {"value-1": "Hello"}, kind="scripted", rows=rows)
    other = read_spec(SCRIPTED | {"value-1": "Hi"}, kind="scripted", rows=rows)

    assert same["assertions"][0]["filled"]
    assert not other["assertions"][0]["filled"]


async def test_a_test_is_chosen_for_the_gate_and_deleted_only_when_it_is_meant(
    rt: Runtime, tab: Tab, version: Version
) -> None:
    tests = await keep(tab, "bye now")
    test_id = tests.rows[0].id

    await tab.run(TestsState.choose_for_gate, tests, False, test_id)
    assert not tests.rows[0].gating
    await tab.run(TestsState.ask_delete, tests, test_id)
    await tab.run(TestsState.cancel_delete, tests)
    await tab.run(TestsState.delete, tests)
    assert await agent_tests.list_tests(rt, tab.user.id, version.agent_id)
    await tab.run(TestsState.ask_delete, tests, test_id)
    assert tests.deleting_name == "A goodbye"
    await tab.run(TestsState.delete, tests)

    assert tests.rows == []
    with pytest.raises(NotFoundError):
        await agent_tests.get_test(rt, tab.user.id, test_id)


async def test_somebody_else_s_tests_are_not_shown(rt: Runtime, tab: Tab, version: Version) -> None:
    tests = await keep(tab, "bye now")
    test_id = tests.rows[0].id
    await tab.log_in(await make_user(rt))

    await tab.run(TestsState.load, tests)
    assert tests.problem
    await tab.run(TestsState.dismiss_problem, tests)
    await tab.run(TestsState.show_test, tests, test_id)

    assert tests.problem
    assert (tests.shown, tests.result.comparison) == ("", [])
    assert version.id


async def test_tests_go_out_as_a_file_and_come_in_again(
    rt: Runtime, tab: Tab, version: Version
) -> None:
    await keep(tab, "bye now")
    suite = await tab.state(SuiteState)
    text = await test_files.export_yaml(rt, tab.user.id, version.agent_id)
    for one in await agent_tests.list_tests(rt, tab.user.id, version.agent_id):
        await agent_tests.delete_test(rt, tab.user.id, one.id)

    await tab.run(SuiteState.open_import, suite)
    await tab.run(SuiteState.take_file, suite, text)
    await tab.run(SuiteState.import_tests, suite, {"text": suite.text})
    tests = await show(tab)

    assert (suite.importing, suite.problem) == (False, "")
    assert [(row.name, row.status) for row in tests.rows] == [("A goodbye", "passed")]


async def test_a_file_that_holds_no_tests_says_where_and_stays_in_the_box(
    tab: Tab, version: Version
) -> None:
    suite = await tab.state(SuiteState)
    await tab.run(SuiteState.open_import, suite)

    await tab.run(SuiteState.import_tests, suite, {"text": "tests:\n  - name: [\n"})

    assert suite.problem
    assert suite.importing
    assert version.id


async def test_tests_are_made_for_every_path_once(tab: Tab, version: Version) -> None:
    suite = await tab.state(SuiteState)

    await tab.run(SuiteState.generate, suite)
    await tab.run(SuiteState.generate, suite)
    tests = await show(tab)

    assert [row.kind for row in tests.rows] == ["persona"]
    assert not suite.busy
    assert version.id


async def test_what_went_wrong_goes_into_the_chat_s_box(
    rt: Runtime, tab: Tab, version: Version
) -> None:
    tests, repair = await keep(tab, "bye now"), await tab.state(RepairState)
    await save(rt, tab, version, WORSE)
    await tab.run(TestsState.show_test, tests, tests.rows[0].id)

    suggested, shown = await tab.run(RepairState.send_request, repair)

    assert "Get lost!" in suggested.args[0][1]._var_value
    assert shown.handler.fn.__name__ == "show_chat"


async def test_a_test_that_passes_is_not_sent(tab: Tab, version: Version) -> None:
    tests, repair = await keep(tab, "bye now"), await tab.state(RepairState)
    await tab.run(TestsState.show_test, tests, tests.rows[0].id)

    assert await tab.run(RepairState.send_request, repair) == []

    assert "passes" in tests.problem
    assert version.id


async def test_fixing_needs_a_chat_about_the_agent_and_is_watched_to_its_end(
    rt: Runtime, tab: Tab, version: Version
) -> None:
    tests, repair = await keep(tab, "bye now"), await tab.state(RepairState)
    _, other = await make_chat(rt, tab.user.id)
    (await tab.state(ChatState)).shown_id = other.id
    await tab.run(TestsState.show_test, tests, tests.rows[0].id)

    await tab.run(RepairState.fix, repair)
    assert "not about the test's agent" in tests.problem
    async with rt.database.unit_of_work() as db:
        (await chat_rows.get_chat(db, tab.user.id, other.id)).agent_id = version.agent_id
    await tab.run(RepairState.fix, repair)
    await tab.run(RepairState.watch, repair)

    assert (repair.busy, repair.fixing, repair.doing) == (False, False, "")
