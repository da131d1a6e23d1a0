"""The test pane: a conversation with the text on screen, saved or not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from babble_app.services import keys
from babble_app.states.canvas import CanvasState
from babble_app.states.choices import ChoicesState
from babble_app.states.testing import TestState
from tests.factories import PROGRAM, make_agent, make_user, make_workspace
from tests.fakes.model_server import ModelServer
from tests.fakes.script import Answer, Rule, ToolUse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from babble_app.schemas.agents import Version
    from babble_app.services.runtime import Runtime
    from tests.unit.states.conftest import Tab

MODEL = "custom/fake-model"


@pytest.fixture
def server() -> Iterator[ModelServer]:
    rules = [
        Rule(Answer(tools=[ToolUse("the_visitor_says_goodbye")]), user="bye"),
        Rule(Answer(fault="status", status=401), user="refused"),
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
    canvas = await tab.state(CanvasState)
    await tab.run(CanvasState.open_agent, canvas, version.agent_id)
    return version


async def test_the_version_on_screen_is_run(tab: Tab, version: Version) -> None:
    state = await tab.state(TestState)

    await tab.run(TestState.start, state)

    assert (state.version, state.label, state.status) == (version.id, "Version 1", "waiting")
    assert [line.kind for line in state.lines] == ["agent"]
    assert state.line == 2
    assert not state.busy


async def test_an_exit_fires_and_the_program_ends(tab: Tab, version: Version) -> None:
    state = await tab.state(TestState)
    await tab.run(TestState.start, state)

    await tab.run(TestState.send, state, "bye now")

    assert [line.kind for line in state.lines] == ["agent", "user", "exit", "agent"]
    assert state.lines[-1].text == "Goodbye!"
    assert (state.status, state.pending, state.busy) == ("finished", "", False)
    assert next(row.kind for row in state.trace) == "loop"
    assert version.id


async def test_text_that_is_not_saved_is_run_as_it_stands(tab: Tab, version: Version) -> None:
    state, canvas = await tab.state(TestState), await tab.state(CanvasState)
    await tab.run(CanvasState.edit, canvas, PROGRAM.replace("Goodbye!", "Ciao!"), canvas.doc_key)

    await tab.run(TestState.start, state)
    await tab.run(TestState.send, state, "bye now")

    assert state.lines[-1].text == "Ciao!"
    assert (state.version, state.label) == ("", "Version 1 with unsaved edits")
    assert version.id


async def test_a_program_with_errors_is_not_started(tab: Tab, version: Version) -> None:
    state, canvas = await tab.state(TestState), await tab.state(CanvasState)
    await tab.run(CanvasState.edit, canvas, "// wrong\n", canvas.doc_key)

    await tab.run(TestState.start, state)

    assert "line 1" in state.problem
    assert (state.session, state.busy) == ("", False)
    assert version.id


async def test_a_turn_that_fails_gives_the_text_back(tab: Tab, version: Version) -> None:
    state = await tab.state(TestState)
    await tab.run(TestState.start, state)

    await tab.run(TestState.send, state, "refused")

    assert "key" in state.problem
    assert state.returned["text"] == "refused"
    assert [line.kind for line in state.lines] == ["agent"]
    assert version.id


async def test_somebody_else_s_conversation_does_not_go_on(
    rt: Runtime, tab: Tab, version: Version
) -> None:
    state = await tab.state(TestState)
    await tab.run(TestState.start, state)
    lines = state.lines
    await tab.log_in(await make_user(rt))

    await tab.run(TestState.send, state, "bye now")

    assert state.problem
    assert state.lines == lines
    assert version.id
