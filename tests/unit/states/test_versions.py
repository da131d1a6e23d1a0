"""The history of an agent on screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from babble_app.errors import NotFoundError, UnauthenticatedError
from babble_app.services import versions
from babble_app.states.versions import VersionsState
from tests.factories import PROGRAM, make_agent, make_user, make_workspace

if TYPE_CHECKING:
    from babble_app.schemas.agents import Version
    from babble_app.services.runtime import Runtime
    from tests.unit.states.conftest import Tab

EDITED = PROGRAM.replace("Goodbye!", "Ciao!")


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
