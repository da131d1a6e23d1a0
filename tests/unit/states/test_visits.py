"""The page of an app's conversations: the list that keeps up, what narrows it, and what is done with the open one."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from babble_app.services import agent_tests, visit_desk
from babble_app.states.shell import ShellState
from babble_app.states.unanswered import UnansweredState
from babble_app.states.visit import VisitState, show_visit
from babble_app.states.visits import VisitsState
from tests.conftest import make_settings
from tests.factories import make_user
from tests.fakes.model_server import ModelServer
from tests.fakes.script import Answer, Rule, ToolUse
from tests.visit_factories import DESK, Visited, make_visited

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from babble_app.services.runtime import Runtime
    from babble_app.settings import Settings
    from tests.databases import Source, SqliteSource
    from tests.unit.states.conftest import Tab


@pytest.fixture
def source(sqlite: SqliteSource) -> Source:
    """One kind of database is enough: these are about the page."""
    return sqlite


@pytest.fixture
def models() -> Iterator[ModelServer]:
    """A model that gets a person when a person is wanted."""
    person = Answer(tools=[ToolUse("the_visitor_wants_a_person")])
    rules = [Rule(person, user="person"), Rule("I don't know.", user="pool"), Rule("**Ten.**")]
    with ModelServer(rules=rules) as server:
        yield server


@pytest.fixture
def settings(tmp_path: Path, database_address: str, models: ModelServer) -> Settings:
    return make_settings(
        tmp_path,
        DATABASE_URL=database_address,
        BABBLE_DEFAULT_MODEL="openai/desk",
        OPENAI_API_KEY="sk-test",
        OPENAI_BASE_URL=models.openai_url,
    )


async def show(tab: Tab, app: Visited, visit: str = "") -> VisitsState:
    """Show the app's page, as its address would."""
    state = await tab.state(VisitsState)
    state.app, state.status, state.has_agent = app.app_id, "ready", bool(app.agent_id)
    state.versions = await visit_desk.list_versions(app.rt, app.owner_id, app.app_id)
    await tab.run(VisitsState.pick_show, state, "all")
    await show_visit(state, app.app_id, visit)
    return state


async def until(state: VisitsState, wanted: list[str]) -> None:
    async with asyncio.timeout(30):
        while [row.who for row in state.rows] != wanted:  # noqa: ASYNC110 - states tell nobody when they change
            await asyncio.sleep(0.01)


async def test_the_list_keeps_up_with_what_visitors_say(rt: Runtime, tab: Tab) -> None:
    app = await make_visited(rt, tab.user.id)
    state = await show(tab, app)
    following = asyncio.create_task(tab.run(VisitsState.follow, state))

    await app.ask("Hello", visitor="guest 1")
    await until(state, ["guest 1"])
    await app.ask("Hello", visitor="guest 2")
    await until(state, ["guest 2", "guest 1"])

    following.cancel()
    await asyncio.gather(following, return_exceptions=True)
    assert state.rows[1].last == "Reply: Ten."


async def test_following_ends_when_somebody_else_sits_at_the_tab(rt: Runtime, tab: Tab) -> None:
    app = await make_visited(rt, tab.user.id)
    state = await show(tab, app)
    following = asyncio.create_task(tab.run(VisitsState.follow, state))
    await app.ask("Hello", visitor="guest 1")
    await until(state, ["guest 1"])

    await tab.log_in(await make_user(rt))
    await app.ask("Hello", visitor="guest 2")
    async with asyncio.timeout(30):
        ended = (await asyncio.gather(following, return_exceptions=True))[0]

    assert isinstance(ended, Exception)
    assert [row.who for row in state.rows] == ["guest 1"]


async def test_the_list_is_narrowed(rt: Runtime, tab: Tab) -> None:
    app = await make_visited(rt, tab.user.id, program=DESK)
    await app.rate(await app.ask("What does a room cost?", visitor="one"), "down")
    await app.ask("I want a person", visitor="two")
    state = await show(tab, app)

    await tab.run(VisitsState.pick_show, state, "waiting")
    assert [row.who for row in state.rows] == ["two"]
    assert state.query == "?waiting=True"
    await tab.run(VisitsState.pick_show, state, "down")
    assert [row.who for row in state.rows] == ["one"]
    await tab.run(VisitsState.pick_show, state, "nonsense")
    await tab.run(VisitsState.look_for, state, "room\0")
    assert [row.who for row in state.rows] == ["one"]
    await tab.run(VisitsState.look_for, state, "")
    await tab.run(VisitsState.pick_channel, state, "staging")
    assert state.rows == []
    await tab.run(VisitsState.pick_channel, state, "")
    await tab.run(VisitsState.pick_version, state, "7")
    assert (state.version, len(state.rows)) == (0, 2)


async def test_a_person_takes_over_answers_and_hands_back(rt: Runtime, tab: Tab) -> None:
    app = await make_visited(rt, tab.user.id, program=DESK)
    asked = await app.ask("I want a person", visitor="two")
    state = await show(tab, app, asked.session_id)
    visit = await tab.state(VisitState)
    assert (visit.visit.asked, visit.visit.human, visit.visit.ended) == (True, "", "")

    await tab.run(VisitState.say, visit, "too early")
    assert visit.returned == {"number": 1, "text": "too early"}
    await tab.run(VisitState.take_over, visit)
    await tab.run(VisitState.say, visit, "Here I am.")
    assert (visit.visit.human, visit.lines[-1].by, visit.lines[-1].name) == ("Ada", "person", "Ada")
    await tab.run(VisitState.hand_back, visit)
    assert (visit.visit.human, visit.visit.waits) == ("", False)
    assert state.app == app.app_id


async def test_the_side_says_that_somebody_waits(rt: Runtime, tab: Tab) -> None:
    app = await make_visited(rt, tab.user.id, program=DESK)
    await app.ask("I want a person")
    shell = await tab.state(ShellState)

    await tab.run(ShellState.load, shell)

    assert (shell.waiting, shell.waiting_href) == (1, f"/apps/{app.app_id}/conversations")


async def test_a_conversation_is_kept_as_a_test_and_erased_after_a_question(
    rt: Runtime, tab: Tab
) -> None:
    app = await make_visited(rt, tab.user.id, program=DESK)
    asked = await app.ask("What does a room cost?")
    await show(tab, app, asked.session_id)
    visit = await tab.state(VisitState)

    await tab.run(VisitState.open_dialog, visit, "keep")
    assert visit.suggestion == "What does a room cost?"
    await tab.run(VisitState.keep_test, visit, {"name": "Price"})
    kept = await agent_tests.list_tests(rt, tab.user.id, app.agent_id)
    assert ([one.name for one in kept], visit.dialog) == (["Price"], "")

    await tab.run(VisitState.erase, visit)
    assert visit.visit.id == asked.session_id
    await tab.run(VisitState.open_dialog, visit, "erase")
    await tab.run(VisitState.erase, visit)
    assert (visit.visit.id, visit.missing) == ("", True)


async def test_why_a_conversation_cannot_be_kept_is_said_in_the_dialog(
    rt: Runtime, tab: Tab
) -> None:
    app = await make_visited(rt, tab.user.id)
    asked = await app.ask("Hello")
    await show(tab, app, asked.session_id)
    visit = await tab.state(VisitState)

    await tab.run(VisitState.open_dialog, visit, "keep")
    await tab.run(VisitState.keep_test, visit, {})

    assert visit.dialog == "keep"
    assert "plain assistant" in visit.problem


async def test_those_that_are_listed_are_erased_after_a_question(rt: Runtime, tab: Tab) -> None:
    app = await make_visited(rt, tab.user.id)
    await app.ask("Hello", visitor="one")
    await app.ask("Bye", visitor="two")
    state = await show(tab, app)
    await tab.run(VisitsState.look_for, state, "Bye")

    await tab.run(VisitsState.erase_all, state)
    assert len(state.rows) == 1
    await tab.run(VisitsState.ask_erase_all, state)
    await tab.run(VisitsState.look_for, state, "")
    await tab.run(VisitsState.erase_all, state)

    assert [row.who for row in state.rows] == ["one"]


async def test_unanswered_questions_lead_to_where_they_were_asked(rt: Runtime, tab: Tab) -> None:
    app = await make_visited(rt, tab.user.id)
    asked = await app.ask("Is there a pool?")
    state = await show(tab, app)

    await tab.run(VisitsState.pick_view, state, "unanswered")

    row = (await tab.state(UnansweredState)).rows[0]
    assert (row.question, row.answer, row.reasons) == (
        "Is there a pool?",
        "I don't know.",
        ["says it does not know"],
    )
    assert row.places[0].href == f"/apps/{app.app_id}/conversations?c={asked.session_id}"


async def test_a_stranger_is_shown_nothing(rt: Runtime, tab: Tab) -> None:
    app = await make_visited(rt)
    asked = await app.ask("Hello")
    state = await tab.state(VisitsState)
    await show_visit(state, app.app_id, asked.session_id)
    visit = await tab.state(VisitState)
    visit._app = app.app_id  # pyright: ignore[reportPrivateUsage] - as if the page had sent it

    await tab.run(VisitState.take_over, visit)
    await tab.run(VisitState.say, visit, "x")

    assert (visit.visit.id, visit.lines, visit.missing) == ("", [], True)
    place = (rt, app.owner_id, app.app_id, asked.session_id)
    about = (await visit_desk.get_conversation(*place)).about
    assert (about.human, about.messages) == ("", 2)
