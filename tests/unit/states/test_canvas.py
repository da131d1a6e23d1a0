"""Edits by hand: kept, checked, saved, and never pushed away unasked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from babble_app.services import versions
from babble_app.states.canvas import MAX_TEXT_CHARS, CanvasState
from tests.factories import PROGRAM, make_agent, make_user, make_workspace

if TYPE_CHECKING:
    from babble_app.schemas.agents import Version
    from babble_app.services.runtime import Runtime
    from tests.unit.states.conftest import Tab

EDITED = PROGRAM.replace("Goodbye!", "Ciao!")
OTHER = PROGRAM.replace("Greet", "Welcome")


async def open_canvas(rt: Runtime, tab: Tab) -> tuple[CanvasState, Version]:
    _, workspace = await make_workspace(rt, tab.user.id)
    version = await make_agent(rt, tab.user.id, workspace.id)
    state = await tab.state(CanvasState)
    await tab.run(CanvasState.open_agent, state, version.agent_id)
    return state, version


async def save_elsewhere(rt: Runtime, tab: Tab, parent: Version) -> Version:
    return await versions.add_version(
        rt, tab.user.id, parent.agent_id, text=OTHER, parent_id=parent.id, kind="manual", author="B"
    )


async def test_the_head_is_shown(rt: Runtime, tab: Tab) -> None:
    state, version = await open_canvas(rt, tab)

    assert (state.text, state.number, state.version_id) == (PROGRAM, 1, version.id)
    assert not state.dirty


async def test_an_edit_is_kept_but_not_sent_back_to_the_editor(rt: Runtime, tab: Tab) -> None:
    state, _ = await open_canvas(rt, tab)
    state._clean()

    await tab.run(CanvasState.edit, state, EDITED, state.doc_key)

    assert state.dirty
    assert "text" not in state.dirty_vars
    assert state._program() == (EDITED, None)


async def test_a_late_edit_of_another_document_is_ignored(rt: Runtime, tab: Tab) -> None:
    state, version = await open_canvas(rt, tab)

    await tab.run(CanvasState.edit, state, EDITED, "ver_other/1")

    assert not state.dirty
    assert state._program() == (PROGRAM, version.id)


async def test_a_text_that_is_too_long_is_not_taken(rt: Runtime, tab: Tab) -> None:
    state, _ = await open_canvas(rt, tab)

    await tab.run(CanvasState.edit, state, "#" * (MAX_TEXT_CHARS + 1), state.doc_key)

    assert not state.dirty


async def test_findings_of_an_edit_are_shown_on_their_lines(rt: Runtime, tab: Tab) -> None:
    state, _ = await open_canvas(rt, tab)

    await tab.run(CanvasState.edit, state, "// wrong\n" + PROGRAM, state.doc_key)
    await tab.run(CanvasState.check, state)

    assert state.error_count >= 1
    assert state.findings[0]["line"] == 1


async def test_a_new_version_of_a_run_does_not_push_edits_away(rt: Runtime, tab: Tab) -> None:
    state, version = await open_canvas(rt, tab)
    await tab.run(CanvasState.edit, state, EDITED, state.doc_key)
    newer = await save_elsewhere(rt, tab, version)

    await tab.run(CanvasState.take_new_version, state, newer.agent_id, newer.id)
    assert (state.newer, state._program()) == (2, (EDITED, None))

    await tab.run(CanvasState.discard, state)
    assert (state.newer, state._program()) == (0, (OTHER, newer.id))


async def test_a_new_version_of_a_run_is_shown_when_nothing_was_edited(
    rt: Runtime, tab: Tab
) -> None:
    state, version = await open_canvas(rt, tab)
    newer = await save_elsewhere(rt, tab, version)

    await tab.run(CanvasState.take_new_version, state, newer.agent_id, newer.id)

    assert (state.number, state.text) == (2, OTHER)


async def test_a_reload_keeps_the_edits(rt: Runtime, tab: Tab) -> None:
    state, version = await open_canvas(rt, tab)
    await tab.run(CanvasState.edit, state, EDITED, state.doc_key)

    await tab.run(CanvasState.open_agent, state, version.agent_id)

    assert (state.text, state.dirty) == (EDITED, True)


async def test_another_version_is_not_opened_over_edits(rt: Runtime, tab: Tab) -> None:
    state, version = await open_canvas(rt, tab)
    newer = await save_elsewhere(rt, tab, version)
    await tab.run(CanvasState.edit, state, EDITED, state.doc_key)

    await tab.run(CanvasState.show_version, state, newer.id)

    assert "first" in state.problem
    assert state._program() == (EDITED, None)


async def test_somebody_else_s_agent_is_not_shown(rt: Runtime, tab: Tab) -> None:
    _, workspace = await make_workspace(rt)
    stranger = await make_user(rt)
    _, theirs = await make_workspace(rt, stranger.id)
    version = await make_agent(rt, stranger.id, theirs.id)
    state = await tab.state(CanvasState)

    await tab.run(CanvasState.open_agent, state, version.agent_id)

    assert workspace.id
    assert (state.agent, state.text, state.number) == ("", "", 0)


async def test_edits_wait_while_another_agent_is_shown(rt: Runtime, tab: Tab) -> None:
    state, version = await open_canvas(rt, tab)
    await tab.run(CanvasState.edit, state, EDITED, state.doc_key)
    _, workspace = await make_workspace(rt, tab.user.id)
    other = await make_agent(rt, tab.user.id, workspace.id, name="Other", program=OTHER)

    await tab.run(CanvasState.open_agent, state, other.agent_id)
    assert (state.text, state.dirty) == (OTHER, False)

    await tab.run(CanvasState.open_agent, state, version.agent_id)
    assert (state.text, state.dirty, state.version_id) == (EDITED, True, version.id)


async def test_what_was_typed_while_saving_is_an_edit_of_the_new_version(
    rt: Runtime, tab: Tab
) -> None:
    state, version = await open_canvas(rt, tab)
    key = state.doc_key
    saved = await versions.add_version(
        rt,
        tab.user.id,
        version.agent_id,
        text=EDITED,
        parent_id=version.id,
        kind="manual",
        author="A",
    )
    await tab.run(CanvasState.edit, state, EDITED + "# more\n", key)

    state._settle(saved)

    assert (state.number, state.dirty, state.doc_key) == (2, True, key)
    assert state._program() == (EDITED + "# more\n", None)


async def test_an_edit_that_was_taken_back_is_none(rt: Runtime, tab: Tab) -> None:
    state, _ = await open_canvas(rt, tab)

    await tab.run(CanvasState.edit, state, EDITED, state.doc_key)
    await tab.run(CanvasState.edit, state, PROGRAM, state.doc_key)

    assert not state.dirty


async def test_a_proposed_text_is_what_runs_while_it_stands_in_the_editor(
    rt: Runtime, tab: Tab
) -> None:
    state, version = await open_canvas(rt, tab)

    state._propose(OTHER)
    assert state._program() == (OTHER, None)

    state._propose("")
    assert state._program() == (PROGRAM, version.id)


async def test_edits_that_were_discarded_can_be_taken_back(rt: Runtime, tab: Tab) -> None:
    state, version = await open_canvas(rt, tab)
    await tab.run(CanvasState.edit, state, EDITED, state.doc_key)

    await tab.run(CanvasState.discard, state)
    assert (state.dropped, state._program()) == (True, (PROGRAM, version.id))
    await tab.run(CanvasState.take_edits_back, state)

    assert (state.dropped, state.dirty, state.text) == (False, True, EDITED)
    assert state._program() == (EDITED, None)
