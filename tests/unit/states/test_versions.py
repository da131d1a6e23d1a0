"""The history of an agent on screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from babble_app.errors import NotFoundError, UnauthenticatedError
from babble_app.services import proposals, versions
from babble_app.states.labels import LabelState
from babble_app.states.version_details import DetailsState
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


async def make_two_versions(rt: Runtime, owner_id: str) -> tuple[Version, Version]:
    _, workspace = await make_workspace(rt, owner_id)
    first = await make_agent(rt, owner_id, workspace.id)
    second = await versions.add_version(
        rt, owner_id, first.agent_id, text=EDITED, parent_id=first.id, kind="manual", author="Ada"
    )
    return first, second


async def test_the_newest_change_is_shown_first(rt: Runtime, tab: Tab) -> None:
    first, second = await make_two_versions(rt, tab.user.id)
    state = await tab.state(VersionsState)

    await tab.run(VersionsState.open_agent, state, first.agent_id)

    assert [row.number for row in state.rows] == [2, 1]
    assert (state.from_id, state.to_id) == (first.id, second.id)
    assert (state.added, state.removed) == (1, 1)
    assert (state.old_text, state.new_text) == (PROGRAM, EDITED)


async def test_any_two_versions_can_be_compared(rt: Runtime, tab: Tab) -> None:
    first, second = await make_two_versions(rt, tab.user.id)
    state = await tab.state(VersionsState)
    await tab.run(VersionsState.open_agent, state, first.agent_id)

    await tab.run(VersionsState.pick_from, state, second.id)
    await tab.run(VersionsState.pick_to, state, first.id)

    assert (state.from_number, state.to_number) == (2, 1)
    assert state.new_text == PROGRAM


async def test_the_first_version_is_compared_with_nothing(rt: Runtime, tab: Tab) -> None:
    first, _ = await make_two_versions(rt, tab.user.id)
    state = await tab.state(VersionsState)
    await tab.run(VersionsState.open_agent, state, first.agent_id)

    await tab.run(VersionsState.show_change, state, first.id)

    assert (state.from_id, state.old_text) == ("", "")
    assert (state.added, state.removed) == (PROGRAM.count("\n"), 0)


async def test_going_back_makes_a_new_version_with_the_old_text(rt: Runtime, tab: Tab) -> None:
    first, _ = await make_two_versions(rt, tab.user.id)
    state = await tab.state(VersionsState)
    await tab.run(VersionsState.open_agent, state, first.agent_id)

    await tab.run(VersionsState.ask_revert, state, first.id, 1)
    await tab.run(VersionsState.revert, state)

    assert [row.number for row in state.rows] == [3, 2, 1]
    assert state.rows[0].is_head
    assert state.new_text == PROGRAM
    assert not state.busy


async def test_nothing_is_reverted_without_the_question(rt: Runtime, tab: Tab) -> None:
    first, _ = await make_two_versions(rt, tab.user.id)
    state = await tab.state(VersionsState)
    await tab.run(VersionsState.open_agent, state, first.agent_id)

    await tab.run(VersionsState.revert, state)

    assert len(state.rows) == 2


async def test_somebody_else_s_agent_does_not_exist(rt: Runtime, tab: Tab) -> None:
    first, second = await make_two_versions(rt, tab.user.id)
    await tab.log_in(await make_user(rt))
    state = await tab.state(VersionsState)

    await tab.run(VersionsState.open_agent, state, first.agent_id)
    with pytest.raises(NotFoundError):
        await tab.run(VersionsState.pick_to, state, second.id)

    assert state.status == "missing"
    assert (state.rows, state.new_text) == ([], "")


async def test_nobody_gets_nothing(rt: Runtime, tab: Tab) -> None:
    first, _ = await make_two_versions(rt, tab.user.id)
    await tab.log_in(None)
    state = await tab.state(VersionsState)

    with pytest.raises(UnauthenticatedError):
        await tab.run(VersionsState.open_agent, state, first.agent_id)


async def test_picked_parts_of_an_older_version_are_copied_into_the_newest(
    rt: Runtime, tab: Tab
) -> None:
    first, second = await make_two_versions(rt, tab.user.id)
    state = await tab.state(VersionsState)
    await tab.run(VersionsState.open_agent, state, first.agent_id)
    await tab.run(VersionsState.show_parts, state, first.id)
    assert (state.from_id, state.to_id, len(state.hunks)) == (second.id, first.id, 1)

    await tab.run(VersionsState.restore, state)  # nothing is picked yet
    assert len(state.rows) == 2
    await tab.run(VersionsState.pick_hunk, state, 1, True)
    await tab.run(VersionsState.restore, state)

    assert (state.rows[0].number, state.new_text, state.busy) == (3, PROGRAM, False)
    assert state.rows[0].sign == "revert"


async def test_parts_of_a_version_are_not_copied_into_one_that_came_in_since(
    rt: Runtime, tab: Tab
) -> None:
    first, second = await make_two_versions(rt, tab.user.id)
    state = await tab.state(VersionsState)
    await tab.run(VersionsState.open_agent, state, first.agent_id)
    await tab.run(VersionsState.show_parts, state, first.id)
    await tab.run(VersionsState.pick_hunk, state, 1, True)
    text = EDITED.replace("Greet", "Welcome")
    await versions.add_version(
        rt, tab.user.id, first.agent_id, text=text, parent_id=second.id, kind="manual", author="B"
    )

    await tab.run(VersionsState.restore, state)

    assert "changed meanwhile" in state.problem
    assert len(await versions.list_versions(rt, tab.user.id, first.agent_id)) == 3


async def test_a_version_gets_a_name_and_a_note(rt: Runtime, tab: Tab) -> None:
    first, _ = await make_two_versions(rt, tab.user.id)
    state, labels = await tab.state(VersionsState), await tab.state(LabelState)
    await tab.run(VersionsState.open_agent, state, first.agent_id)

    await tab.run(LabelState.edit_label, labels, first.id)
    await tab.run(LabelState.save, labels, {"name": "The calm one", "note": "Liked by Nora."})
    await tab.run(VersionsState.open_agent, state, first.agent_id)

    assert (labels.editing, labels.problem) == ("", "")
    assert (state.rows[1].name, state.rows[1].note) == ("The calm one", "Liked by Nora.")


async def test_a_name_that_is_too_long_is_refused_beside_the_field(rt: Runtime, tab: Tab) -> None:
    first, _ = await make_two_versions(rt, tab.user.id)
    labels = await tab.state(LabelState)

    await tab.run(LabelState.edit_label, labels, first.id)
    await tab.run(LabelState.save, labels, {"name": "x" * 5_000, "note": ""})

    assert labels.problem
    assert labels.editing == first.id


async def test_the_details_of_a_version_are_shown_with_the_model_s_own_answer(
    rt: Runtime, tab: Tab
) -> None:
    _, second = await make_two_versions(rt, tab.user.id)
    proposal = await make_proposal(rt, tab.user.id, second.agent_id, second.id, text=PROGRAM)
    kept = await proposals.keep(rt, tab.user.id, proposal.id)
    details = await tab.state(DetailsState)

    await tab.run(DetailsState.show_details, details, kept.id)

    assert (details.version.number, details.version.raw) == (3, "```diff")
    assert ("Model", "demo/based, 2 rounds") in details.version.facts
    assert ("By", "Iterator") in details.version.facts


async def test_somebody_else_s_version_has_no_details_and_takes_no_name(
    rt: Runtime, tab: Tab
) -> None:
    first, _ = await make_two_versions(rt, tab.user.id)
    await tab.log_in(await make_user(rt))
    labels, details = await tab.state(LabelState), await tab.state(DetailsState)

    await tab.run(LabelState.edit_label, labels, first.id)
    await tab.run(LabelState.save, labels, {"name": "Mine", "note": ""})
    with pytest.raises(NotFoundError):
        await tab.run(DetailsState.show_details, details, first.id)

    assert "no such version" in labels.problem
    assert details.version.text == ""
