"""Saving edits by hand, and bringing them together with a version that came in between."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from babble_app.services import (
    agents,
    proposals,
    versions,
)
from babble_app.states.canvas import CanvasState
from babble_app.states.merging import MergeState
from babble_app.states.proposals import ProposalState
from tests.factories import make_agent, make_proposal, make_workspace

if TYPE_CHECKING:
    from babble_app.schemas.agents import Version
    from babble_app.services.runtime import Runtime
    from tests.databases import Source, SqliteSource
    from tests.unit.states.conftest import Tab

LINES = [f'say("Line {number}.", True)' for number in range(1, 13)]
PROGRAM = "\n".join(LINES) + "\n"
MINE = PROGRAM.replace("Line 2.", "My line 2.")
THEIRS_APART = PROGRAM.replace("Line 11.", "Their line 11.")
THEIRS_THERE = PROGRAM.replace("Line 2.", "Their line 2.")
BOTH_APART = MINE.replace("Line 11.", "Their line 11.")


@pytest.fixture
def source(sqlite: SqliteSource) -> Source:
    """One kind of database is enough: these are about the page."""
    return sqlite


async def edited(rt: Runtime, tab: Tab, text: str = MINE) -> tuple[CanvasState, Version]:
    """Open an agent on the canvas and change it by hand."""
    _, workspace = await make_workspace(rt, tab.user.id)
    version = await make_agent(rt, tab.user.id, workspace.id, program=PROGRAM)
    canvas = await tab.state(CanvasState)
    await tab.run(CanvasState.open_agent, canvas, version.agent_id)
    await tab.run(CanvasState.edit, canvas, text, canvas.doc_key)
    return canvas, version


async def save_elsewhere(rt: Runtime, tab: Tab, parent: Version, text: str) -> Version:
    return await versions.add_version(
        rt, tab.user.id, parent.agent_id, text=text, parent_id=parent.id, kind="manual", author="B"
    )


async def head_text(rt: Runtime, tab: Tab, agent_id: str) -> str:
    agent = await agents.get_agent(rt, tab.user.id, agent_id)
    return (await versions.get_version(rt, tab.user.id, agent.head_version_id)).text


async def test_saving_makes_a_version_with_its_author_and_leaves_the_editor_alone(
    rt: Runtime, tab: Tab
) -> None:
    canvas, version = await edited(rt, tab)
    key, state = canvas.doc_key, await tab.state(MergeState)

    await tab.run(MergeState.save_draft, state)

    stored = await versions.list_versions(rt, tab.user.id, version.agent_id)
    assert (stored[0].number, stored[0].kind, stored[0].author) == (2, "manual", "Ada")
    assert (canvas.number, canvas.dirty, canvas.doc_key, canvas.text) == (2, False, key, MINE)
    assert (state.open, state.problem, state.saving) == (False, "", False)


async def test_a_program_with_errors_is_refused_in_words_and_stays(rt: Runtime, tab: Tab) -> None:
    canvas, _ = await edited(rt, tab, "// wrong\n")
    state = await tab.state(MergeState)

    await tab.run(MergeState.save_draft, state)

    assert canvas.dirty
    assert "line 1" in state.problem
    assert not state.open
    assert not state.saving


async def test_a_change_elsewhere_in_the_program_is_merged_and_shown_before_it_is_saved(
    rt: Runtime, tab: Tab
) -> None:
    canvas, version = await edited(rt, tab)
    await save_elsewhere(rt, tab, version, THEIRS_APART)
    state = await tab.state(MergeState)

    await tab.run(MergeState.save_draft, state)

    assert (state.open, state.open_count, state.text) == (True, 0, BOTH_APART)
    assert (len(state.hunks), state.added, state.removed) == (1, 1, 1)
    assert canvas._program() == (MINE, None)

    await tab.run(MergeState.save_merged, state)

    assert await head_text(rt, tab, version.agent_id) == BOTH_APART
    assert (canvas.number, canvas.dirty, canvas.text) == (3, False, BOTH_APART)
    assert not state.open


@pytest.mark.parametrize(
    ("choice", "line"),
    [
        ("yours", "My line 2."),
        ("theirs", "Their line 2."),
        ("both", 'Their line 2.", True)\nsay("My line 2.'),
    ],
)
async def test_the_same_line_changed_twice_waits_for_a_choice(
    rt: Runtime, tab: Tab, choice: str, line: str
) -> None:
    _, version = await edited(rt, tab)
    await save_elsewhere(rt, tab, version, THEIRS_THERE)
    state = await tab.state(MergeState)
    await tab.run(MergeState.save_draft, state)
    assert (state.open_count, state.conflicts[0].base) == (1, LINES[1] + "\n")

    await tab.run(MergeState.save_merged, state)  # nothing is chosen yet
    assert await head_text(rt, tab, version.agent_id) == THEIRS_THERE
    await tab.run(MergeState.choose, state, 1, choice)

    assert (state.open_count, state.text) == (0, PROGRAM.replace("Line 2.", line))


async def test_a_conflict_is_settled_with_words_of_one_s_own(rt: Runtime, tab: Tab) -> None:
    _, version = await edited(rt, tab)
    await save_elsewhere(rt, tab, version, THEIRS_THERE)
    state = await tab.state(MergeState)
    await tab.run(MergeState.save_draft, state)

    await tab.run(MergeState.write, state, 1, 'say("Our line 2.", True)')
    await tab.run(MergeState.save_merged, state)

    assert await head_text(rt, tab, version.agent_id) == PROGRAM.replace("Line 2.", "Our line 2.")


async def test_leaving_the_merge_keeps_the_edits(rt: Runtime, tab: Tab) -> None:
    canvas, version = await edited(rt, tab)
    await save_elsewhere(rt, tab, version, THEIRS_THERE)
    state = await tab.state(MergeState)
    await tab.run(MergeState.save_draft, state)

    await tab.run(MergeState.leave_merge, state)

    assert not state.open
    assert canvas._program() == (MINE, None)


async def test_the_merged_text_can_be_edited_on(rt: Runtime, tab: Tab) -> None:
    canvas, version = await edited(rt, tab)
    newer = await save_elsewhere(rt, tab, version, THEIRS_THERE)
    state = await tab.state(MergeState)
    await tab.run(MergeState.save_draft, state)

    await tab.run(MergeState.edit_merged, state)

    assert (canvas.version_id, canvas.dirty) == (newer.id, True)
    assert "<<<<<<<" in canvas.text


async def test_a_third_version_that_comes_in_while_merging_is_merged_too(
    rt: Runtime, tab: Tab
) -> None:
    _, version = await edited(rt, tab)
    newer = await save_elsewhere(rt, tab, version, THEIRS_APART)
    state = await tab.state(MergeState)
    await tab.run(MergeState.save_draft, state)
    await save_elsewhere(rt, tab, newer, THEIRS_APART.replace("Line 7.", "Another line 7."))

    await tab.run(MergeState.save_merged, state)
    assert (state.open, state.head_number) == (True, 3)
    await tab.run(MergeState.save_merged, state)

    assert await head_text(rt, tab, version.agent_id) == BOTH_APART.replace(
        "Line 7.", "Another line 7."
    )


async def test_a_proposal_that_collides_is_merged_by_hand_and_waits_no_more(
    rt: Runtime, tab: Tab
) -> None:
    canvas, version = await edited(rt, tab, PROGRAM)
    proposal = await make_proposal(rt, tab.user.id, version.agent_id, version.id, text=MINE)
    await save_elsewhere(rt, tab, version, THEIRS_THERE)
    waiting, state = await tab.state(ProposalState), await tab.state(MergeState)
    await tab.run(ProposalState.open_agent, waiting, version.agent_id)
    assert waiting.stale

    await tab.run(MergeState.merge_proposal, state)
    await tab.run(MergeState.choose, state, 1, "yours")
    await tab.run(MergeState.save_merged, state)

    assert await head_text(rt, tab, version.agent_id) == MINE
    assert (waiting.proposal, canvas.number) == ("", 3)
    stored = await proposals.get_proposal(rt, tab.user.id, proposal.id)
    assert stored.status == "discarded"
