"""Going live from the page: the question, the refusal in words, the way back, and what was live."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from babble_app.services import (
    agent_tests,
    agents,
    proposals,
    publishing,
    sessions,
    versions,
)
from babble_app.states.publishing import PublishState
from babble_app.states.versions import VersionsState
from tests.factories import PROGRAM, make_agent, make_proposal, make_user, make_workspace

if TYPE_CHECKING:
    from babble_app.schemas.agents import Version
    from babble_app.services.runtime import Runtime
    from tests.databases import Source, SqliteSource
    from tests.unit.states.conftest import Tab

EDITED = PROGRAM.replace("Goodbye!", "Ciao!")


@pytest.fixture
def source(sqlite: SqliteSource) -> Source:
    """One kind of database is enough: these are about the page."""
    return sqlite


async def two_versions(rt: Runtime, tab: Tab) -> tuple[PublishState, Version, Version]:
    """Show an agent with two versions."""
    _, workspace = await make_workspace(rt, tab.user.id)
    first = await make_agent(rt, tab.user.id, workspace.id)
    second = await versions.add_version(
        rt, tab.user.id, first.agent_id, text=EDITED, parent_id=first.id, kind="manual", author="A"
    )
    shown = await tab.state(VersionsState)
    await tab.run(VersionsState.open_agent, shown, first.agent_id)
    return await tab.state(PublishState), first, second


async def live_number(rt: Runtime, tab: Tab, agent_id: str) -> int | None:
    return (await agents.get_agent(rt, tab.user.id, agent_id)).live_number


async def publish(tab: Tab, state: PublishState, version: Version) -> None:
    await tab.run(PublishState.ask_publish, state, version.id, version.number)
    await tab.run(PublishState.publish, state)


async def test_a_version_goes_live_after_the_question(rt: Runtime, tab: Tab) -> None:
    state, first, _ = await two_versions(rt, tab)

    await tab.run(PublishState.publish, state)
    assert await live_number(rt, tab, first.agent_id) is None

    await publish(tab, state, first)
    assert await live_number(rt, tab, first.agent_id) == 1
    assert (state.dialog, state.problem, state.busy) == ("", "", False)


async def test_rolling_back_makes_the_version_before_live_again(rt: Runtime, tab: Tab) -> None:
    state, first, second = await two_versions(rt, tab)
    await publish(tab, state, first)
    await publish(tab, state, second)

    await tab.run(PublishState.ask_roll_back, state)
    await tab.run(PublishState.roll_back, state)

    assert await live_number(rt, tab, first.agent_id) == 1
    await tab.run(PublishState.show_publications, state)
    assert [row.words for row in state.rows] == [
        "Rolled back to version 1, in the place of version 2",
        "Version 2 went live, in the place of version 1",
        "Version 1 went live",
    ]


async def test_why_nothing_can_be_rolled_back_is_said_in_the_dialog(rt: Runtime, tab: Tab) -> None:
    state, first, _ = await two_versions(rt, tab)
    await publish(tab, state, first)

    await tab.run(PublishState.ask_roll_back, state)
    await tab.run(PublishState.roll_back, state)

    assert (state.dialog, state.busy, state.blocked) == ("roll-back", False, False)
    assert "no version that was live before" in state.problem


async def test_the_gate_is_set_and_shown(rt: Runtime, tab: Tab) -> None:
    state, first, _ = await two_versions(rt, tab)
    shown = await tab.state(VersionsState)

    await tab.run(PublishState.gate, state, True)
    await tab.run(VersionsState.open_agent, shown, first.agent_id)

    assert shown.gated
    assert (await agents.get_agent(rt, tab.user.id, first.agent_id)).gated


async def test_a_version_that_fails_a_chosen_test_is_refused_by_the_test_s_name(
    rt: Runtime, tab: Tab
) -> None:
    _, workspace = await make_workspace(rt, tab.user.id)
    program = 'say("Hello!", True)\n'
    first = await make_agent(rt, tab.user.id, workspace.id, program=program)
    session = await sessions.start_session(rt, tab.user.id, first.agent_id, model="demo/based")
    await agent_tests.keep_as_test(rt, tab.user.id, session.id, name="Says hello")
    await agents.update_agent(rt, tab.user.id, first.agent_id, gated=True)
    proposal = await make_proposal(
        rt, tab.user.id, first.agent_id, first.id, text=program.replace("Hello!", "Go away!")
    )
    second = await proposals.keep(rt, tab.user.id, proposal.id)
    shown, state = await tab.state(VersionsState), await tab.state(PublishState)
    await tab.run(VersionsState.open_agent, shown, first.agent_id)
    assert (shown.rows[0].tests, shown.rows[0].tests_kind) == ("0 of 1 tests pass", "bad")

    await publish(tab, state, second)

    assert (state.dialog, state.blocked) == ("publish", True)
    assert "Says hello" in state.problem
    assert await live_number(rt, tab, first.agent_id) is None


async def test_the_list_says_what_is_live(rt: Runtime, tab: Tab) -> None:
    _, first, _ = await two_versions(rt, tab)
    await publishing.publish(rt, tab.user.id, first.agent_id, first.id)
    shown = await tab.state(VersionsState)

    await tab.run(VersionsState.open_agent, shown, first.agent_id)

    assert shown.live_number == 1
    assert [row.is_live for row in shown.rows] == [False, True]


async def test_somebody_else_s_version_does_not_go_live(rt: Runtime, tab: Tab) -> None:
    state, _, _ = await two_versions(rt, tab)
    stranger = await make_user(rt)
    _, workspace = await make_workspace(rt, stranger.id)
    theirs = await make_agent(rt, stranger.id, workspace.id)

    await publish(tab, state, theirs)

    assert "no such version" in state.problem
    assert (await agents.get_agent(rt, stranger.id, theirs.agent_id)).live_number is None
