"""What an app's visitors get, from its page: pinned, on trial, staging, refused by the gate, rolled back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from babble_app.services import agent_tests, agents, apps, proposals, publishing, sessions
from babble_app.states.app_releases import ReleasesState, read_percent
from tests.factories import make_agent, make_proposal, make_user, make_workspace
from tests.unit.states.app_tabs import make_shown, show

if TYPE_CHECKING:
    from babble_app.services.runtime import Runtime
    from tests.databases import Source, SqliteSource
    from tests.unit.states.conftest import Tab


@pytest.fixture
def source(sqlite: SqliteSource) -> Source:
    """One kind of database is enough: these are about the page."""
    return sqlite


async def load(tab: Tab) -> ReleasesState:
    shown = await tab.state(ReleasesState)
    await tab.run(ReleasesState.load, shown)
    return shown


async def test_what_visitors_get_and_could_get_is_shown(rt: Runtime, tab: Tab) -> None:
    await make_shown(rt, tab)

    shown = await load(tab)

    assert shown.now_words == "whichever version is live (version 1 now)"
    assert [choice.words for choice in shown.choices] == ["Version 2", "Version 1: Greets."]
    assert [row.words for row in shown.rows] == ["Made for whichever version is live"]
    assert shown.back_words == ""


async def test_a_version_is_pinned_and_a_further_one_tried_by_some(rt: Runtime, tab: Tab) -> None:
    made = await make_shown(rt, tab)
    shown = await load(tab)

    await tab.run(ReleasesState.pick_version, shown, made.first.id)
    await tab.run(ReleasesState.pick_trial, shown, made.second.id)
    assert shown.percent == 10
    await tab.run(ReleasesState.release, shown, {"percent": "25"})

    stored = await apps.get_app(rt, tab.user.id, made.app.id)
    assert (stored.version_id, stored.trial_version_id) == (made.first.id, made.second.id)
    assert stored.trial_percent == 25
    assert shown.now_words == "version 1; 25 % of them version 2"
    assert shown.rows[0].words == "Released version 1; 25 % of them version 2"
    assert (shown.rows[0].author, shown.busy) == (tab.user.name, False)


async def test_one_step_back_after_the_question(rt: Runtime, tab: Tab) -> None:
    made = await make_shown(rt, tab)
    await apps.release(rt, tab.user.id, made.app.id, version_id=made.second.id)
    shown = await load(tab)

    await tab.run(ReleasesState.roll_back, shown)
    assert (await apps.get_app(rt, tab.user.id, made.app.id)).version_id == made.second.id
    await tab.run(ReleasesState.ask_roll_back, shown)
    assert (shown.asking, shown.back_words) == ("roll-back", "whichever version is live")
    await tab.run(ReleasesState.roll_back, shown)

    assert (await apps.get_app(rt, tab.user.id, made.app.id)).version_id is None
    assert shown.rows[0].words == "Rolled back to whichever version is live"
    assert (shown.asking, shown.back_words) == ("", "")


async def test_an_app_that_follows_the_live_version_says_that_its_agent_moves(
    rt: Runtime, tab: Tab
) -> None:
    made = await make_shown(rt, tab)
    await publishing.publish(rt, tab.user.id, made.first.agent_id, made.second.id)
    shown = await load(tab)

    await tab.run(ReleasesState.ask_roll_back, shown)
    assert (shown.back_of_agent, shown.back_words) == (True, "version 1")
    await tab.run(ReleasesState.roll_back, shown)

    assert (await agents.get_agent(rt, tab.user.id, made.first.agent_id)).live_number == 1


async def test_a_release_made_meanwhile_is_not_undone_unseen(rt: Runtime, tab: Tab) -> None:
    made = await make_shown(rt, tab)
    await apps.release(rt, tab.user.id, made.app.id, version_id=made.second.id)
    shown = await load(tab)
    await tab.run(ReleasesState.ask_roll_back, shown)
    await apps.release(rt, tab.user.id, made.app.id, version_id=made.first.id)

    await tab.run(ReleasesState.roll_back, shown)

    assert "meanwhile" in shown.problem
    assert (await apps.get_app(rt, tab.user.id, made.app.id)).version_id == made.first.id


async def test_the_gates_refusal_is_shown_in_words_and_the_choice_stays(
    rt: Runtime, tab: Tab
) -> None:
    _, workspace = await make_workspace(rt, tab.user.id)
    program = 'say("Hello!", True)\n'
    first = await make_agent(rt, tab.user.id, workspace.id, program=program)
    session = await sessions.start_session(rt, tab.user.id, first.agent_id, model="demo/based")
    await agent_tests.keep_as_test(rt, tab.user.id, session.id, name="Says hello")
    await agents.update_agent(rt, tab.user.id, first.agent_id, gated=True)
    ruder = program.replace("Hello!", "Go away!")
    proposal = await make_proposal(rt, tab.user.id, first.agent_id, first.id, text=ruder)
    second = await proposals.keep(rt, tab.user.id, proposal.id)
    await publishing.publish(rt, tab.user.id, first.agent_id, first.id)
    app = await apps.create_app(rt, tab.user.id, "Helper", agent_id=first.agent_id)
    await show(tab, app.id)
    shown = await load(tab)

    await tab.run(ReleasesState.pick_version, shown, second.id)
    await tab.run(ReleasesState.release, shown, {})

    assert (shown.blocked, shown.version, shown.busy) == (True, second.id, False)
    assert "Says hello" in shown.problem
    assert (await apps.get_app(rt, tab.user.id, app.id)).version_id is None


async def test_staging_gets_another_version_at_once(rt: Runtime, tab: Tab) -> None:
    made = await make_shown(rt, tab)
    shown = await load(tab)

    await tab.run(ReleasesState.pick_staging, shown, made.first.id)
    first = (await apps.get_app(rt, tab.user.id, made.app.id)).staging_version_id
    await tab.run(ReleasesState.pick_staging, shown, "newest")

    assert first == made.first.id
    assert (await apps.get_app(rt, tab.user.id, made.app.id)).staging_version_id is None


async def test_a_stranger_on_the_page_reads_and_moves_nothing(rt: Runtime, tab: Tab) -> None:
    made = await make_shown(rt, tab)
    await tab.log_in(await make_user(rt))
    shown = await load(tab)

    await tab.run(ReleasesState.pick_version, shown, made.second.id)
    await tab.run(ReleasesState.release, shown, {})
    await tab.run(ReleasesState.pick_staging, shown, made.first.id)

    stored = await apps.get_app(rt, tab.user.id, made.app.id)
    assert (shown.loaded, shown.rows) == (False, [])
    assert (stored.version_id, stored.staging_version_id) == (None, None)


@pytest.mark.parametrize(
    ("given", "share"),
    [
        (25, 25),
        ("30", 30),
        (99.6, 100),
        (0, 7),
        (101, 7),
        ("nan", 7),
        ("inf", 7),
        ("x", 7),
        (None, 7),
    ],
)
def test_a_share_is_a_whole_number_or_what_it_was(given: object, share: int) -> None:
    assert read_percent(given, 7) == share
