"""A proposed change on the canvas: accepted and refused hunk by hunk, kept, discarded, decided elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from babble_app.services import proposals, versions
from babble_app.states.canvas import CanvasState
from babble_app.states.outcomes import OutcomeState
from babble_app.states.proposals import ProposalState
from babble_app.states.toasts import ToastState
from tests.factories import make_agent, make_proposal, make_user, make_workspace

if TYPE_CHECKING:
    from babble_app.schemas.agents import Proposal, Version
    from babble_app.services.runtime import Runtime
    from tests.databases import Source, SqliteSource
    from tests.unit.states.conftest import Tab

PROGRAM = "".join(f'say("Line {number}.", True)\n' for number in range(1, 21))
FIRST = PROGRAM.replace("Line 2.", "New line 2.")
CHANGED = FIRST.replace("Line 19.", "New line 19.")


@pytest.fixture
def source(sqlite: SqliteSource) -> Source:
    """One kind of database is enough: these are about the page."""
    return sqlite


async def proposed(
    rt: Runtime, tab: Tab, text: str = CHANGED
) -> tuple[ProposalState, Version, Proposal]:
    """Open an agent for which a change waits."""
    _, workspace = await make_workspace(rt, tab.user.id)
    version = await make_agent(rt, tab.user.id, workspace.id, program=PROGRAM)
    proposal = await make_proposal(rt, tab.user.id, version.agent_id, version.id, text=text)
    canvas, state = await tab.state(CanvasState), await tab.state(ProposalState)
    await tab.run(CanvasState.open_agent, canvas, version.agent_id)
    await tab.run(ProposalState.open_agent, state, version.agent_id)
    return state, version, proposal


async def toasts(tab: Tab) -> list[str]:
    return [toast.text for toast in (await tab.state(ToastState)).toasts]


async def test_what_waits_is_shown_with_everything_accepted(rt: Runtime, tab: Tab) -> None:
    state, _, proposal = await proposed(rt, tab)

    assert (state.proposal, state.accepted, state.text) == (proposal.id, [1, 2], CHANGED)
    assert [(hunk.number, hunk.added, hunk.removed) for hunk in state.hunks] == [
        (1, 1, 1),
        (2, 1, 1),
    ]
    assert (state.parent_number, state.stale) == (1, False)


async def test_the_editor_and_the_test_pane_get_the_proposed_text(rt: Runtime, tab: Tab) -> None:
    state, version, _ = await proposed(rt, tab)
    canvas = await tab.state(CanvasState)
    assert canvas._program() == (CHANGED, None)

    await tab.run(ProposalState.decide, state, 2, False)
    assert canvas._program() == (FIRST, None)

    await tab.run(ProposalState.show_in_editor, state, False)
    assert canvas._program() == (PROGRAM, version.id)


async def test_only_the_accepted_changes_are_kept(rt: Runtime, tab: Tab) -> None:
    state, version, _ = await proposed(rt, tab)

    await tab.run(ProposalState.decide, state, 2, False)
    events = await tab.run(ProposalState.keep, state)

    stored = await versions.list_versions(rt, tab.user.id, version.agent_id)
    kept = await versions.get_version(rt, tab.user.id, stored[0].id)
    assert (kept.number, kept.text) == (2, FIRST)
    assert (state.proposal, state.busy) == ("", False)
    assert len(events) == 1


async def test_all_can_be_refused_and_accepted_at_once(rt: Runtime, tab: Tab) -> None:
    state, _, _ = await proposed(rt, tab)

    await tab.run(ProposalState.decide_all, state, False)
    assert (state.accepted, state.text) == ([], PROGRAM)

    await tab.run(ProposalState.decide_all, state, True)
    assert (state.accepted, state.text) == ([1, 2], CHANGED)


async def test_a_number_that_is_no_change_s_changes_nothing(rt: Runtime, tab: Tab) -> None:
    state, _, _ = await proposed(rt, tab)

    await tab.run(ProposalState.decide, state, 77, True)

    assert (state.accepted, state.text) == ([1, 2], CHANGED)


async def test_what_is_wrong_with_the_accepted_changes_is_said_before_they_are_kept(
    rt: Runtime, tab: Tab
) -> None:
    state, _, _ = await proposed(rt, tab, FIRST.replace('say("Line 19.', 'say(("Line 19.'))

    await tab.run(ProposalState.check, state)
    assert state.errors[0].startswith("Line 19: ")

    await tab.run(ProposalState.decide, state, 2, False)
    await tab.run(ProposalState.check, state)
    assert state.errors == []


async def test_a_refusal_is_said_and_the_change_still_waits(rt: Runtime, tab: Tab) -> None:
    state, _, proposal = await proposed(rt, tab)
    await tab.run(ProposalState.decide_all, state, False)

    await tab.run(ProposalState.keep, state)

    assert state.problem
    assert (state.proposal, state.busy, state.accepted) == (proposal.id, False, [])


async def test_a_discarded_change_leaves_the_agent_as_it_is(rt: Runtime, tab: Tab) -> None:
    state, version, proposal = await proposed(rt, tab)

    await tab.run(ProposalState.discard, state)

    canvas, outcomes = await tab.state(CanvasState), await tab.state(OutcomeState)
    assert (state.proposal, canvas._program()) == ("", (PROGRAM, version.id))
    assert outcomes.outcomes[proposal.id].words == "Discarded"


async def test_what_became_of_it_is_told_by_its_card(rt: Runtime, tab: Tab) -> None:
    state, _, proposal = await proposed(rt, tab)
    outcomes = await tab.state(OutcomeState)
    assert outcomes.outcomes[proposal.id].words == ""

    await tab.run(ProposalState.keep, state)

    assert outcomes.outcomes[proposal.id].words == "Kept as version 2"
    assert outcomes.outcomes[proposal.id].version_id


async def test_a_decision_of_another_tab_is_told(rt: Runtime, tab: Tab) -> None:
    state, version, proposal = await proposed(rt, tab)
    await proposals.keep(rt, tab.user.id, proposal.id)

    await tab.run(ProposalState.open_agent, state, version.agent_id)

    assert state.proposal == ""
    assert await toasts(tab) == ["The proposed change was kept in another tab."]


async def test_keeping_what_was_discarded_in_another_tab_keeps_nothing(
    rt: Runtime, tab: Tab
) -> None:
    state, version, proposal = await proposed(rt, tab)
    await proposals.discard(rt, tab.user.id, proposal.id)

    await tab.run(ProposalState.keep, state)

    assert len(await versions.list_versions(rt, tab.user.id, version.agent_id)) == 1
    assert (state.proposal, state.busy) == ("", False)
    assert await toasts(tab) == ["The proposed change was discarded in another tab."]


async def test_a_change_that_takes_another_s_place_is_shown_afresh(rt: Runtime, tab: Tab) -> None:
    state, version, proposal = await proposed(rt, tab)
    await tab.run(ProposalState.decide, state, 2, False)
    newer = await make_proposal(
        rt, tab.user.id, version.agent_id, version.id, text=FIRST, after=proposal.id
    )

    await tab.run(ProposalState.take_proposal, state, newer.id)

    assert (state.proposal, state.accepted, state.text) == (newer.id, [1], FIRST)


async def test_another_agent_s_canvas_shows_none_of_it(rt: Runtime, tab: Tab) -> None:
    state, _, _ = await proposed(rt, tab)

    await tab.run(ProposalState.open_agent, state, "")

    canvas = await tab.state(CanvasState)
    assert (state.proposal, state.hunks, canvas._proposed) == ("", [], "")


async def test_somebody_else_s_change_does_not_exist(rt: Runtime, tab: Tab) -> None:
    stranger = await make_user(rt)
    _, workspace = await make_workspace(rt, stranger.id)
    version = await make_agent(rt, stranger.id, workspace.id, program=PROGRAM)
    await make_proposal(rt, stranger.id, version.agent_id, version.id, text=CHANGED)
    state = await tab.state(ProposalState)

    await tab.run(ProposalState.open_agent, state, version.agent_id)

    assert (state.proposal, state.new_text) == ("", "")
