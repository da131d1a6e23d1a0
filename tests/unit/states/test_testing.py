"""The test pane: a conversation with the text on screen, saved or not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import reflex as rx

from babble_app.services import keys
from babble_app.states.answers import AnswerState
from babble_app.states.canvas import CanvasState
from babble_app.states.choices import ChoicesState
from babble_app.states.testing import TestState
from babble_app.states.trace import TraceState
from tests.factories import PROGRAM, make_agent, make_user, make_workspace
from tests.fakes.model_server import ModelServer
from tests.fakes.script import Answer, Rule, ToolUse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from babble_app.schemas.agents import Version
    from babble_app.services.runtime import Runtime
    from tests.databases import Source
    from tests.unit.states.conftest import Tab

MODEL = "custom/fake-model"


@pytest.fixture
def source(sqlite: Source) -> Source:
    """One kind of database: nothing here depends on it."""
    return sqlite


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
    trace = await tab.state(TraceState)
    assert [row.kind for row in trace.rows[:3]] == ["enter_loop", "agent", "user"]
    assert [row.hits for row in trace.conditions] == [1]
    assert version.id


@pytest.mark.parametrize("text", ["bye now", "refused"])
async def test_the_end_of_a_turn_is_one_update(
    tab: Tab, version: Version, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    state = await tab.state(TestState)
    await tab.run(TestState.start, state)
    shown: list[tuple[str, bool, bool]] = []

    async def note(self: rx.State, *_: object) -> None:
        if isinstance(self, TestState):
            answered = len(self.lines) > 1 or bool(self.problem and self.failed)
            shown.append((self.pending, answered, self.busy))

    monkeypatch.setattr(rx.State, "__aexit__", note)
    await tab.run(TestState.send, state, text)

    assert list(dict.fromkeys(shown)) == [(text, False, True), ("", True, False)]
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


async def test_a_message_without_answer_can_be_sent_again_or_changed(
    tab: Tab, version: Version
) -> None:
    state = await tab.state(TestState)
    await tab.run(TestState.start, state)

    await tab.run(TestState.send, state, "refused")
    assert "key" in state.problem
    assert (state.failed, state.busy) == ("refused", False)
    assert [line.kind for line in state.lines] == ["agent"]
    again = await tab.run(TestState.send_again, state)
    assert again[0].args[0][1]._var_value == "refused"

    await tab.run(TestState.take_back, state)
    assert state.returned["text"] == "refused"
    assert (state.failed, state.problem) == ("", "")
    assert version.id


async def test_an_error_of_the_program_names_its_line(tab: Tab, version: Version) -> None:
    state, canvas = await tab.state(TestState), await tab.state(CanvasState)
    await tab.run(CanvasState.edit, canvas, PROGRAM + "say(missing_name)\n", canvas.doc_key)

    await tab.run(TestState.start, state)
    await tab.run(TestState.send, state, "bye now")

    assert (state.lines[-1].kind, state.lines[-1].line) == ("error", 5)
    assert (state.status, state.can_talk) == ("failed", False)
    assert version.id


async def test_somebody_goes_on_from_before_a_message(tab: Tab, version: Version) -> None:
    state = await tab.state(TestState)
    await tab.run(TestState.start, state)
    await tab.run(TestState.send, state, "bye now")
    old = state.session
    said = next(line for line in state.lines if line.kind == "user")

    await tab.run(TestState.ask_again, state, said.step)

    assert state.session != old
    assert ([line.kind for line in state.lines], state.status) == (["agent"], "waiting")
    assert state.returned["text"] == "bye now"
    assert version.id


async def test_another_answer_is_played_with_what_follows(tab: Tab, version: Version) -> None:
    state, answers = await tab.state(TestState), await tab.state(AnswerState)
    await tab.run(TestState.start, state)
    await tab.run(TestState.send, state, "Hello")
    reply = [line for line in state.lines if line.kind == "agent"][1]

    await tab.run(AnswerState.open_answer, answers, reply.step)
    assert (answers.kind, answers.choice, answers.text) == ("talk", "reply", reply.text)
    await tab.run(AnswerState.choose, answers, "the_visitor_says_goodbye")
    chained = await tab.run(AnswerState.save_answer, answers, {"text": "{}"})
    assert chained
    assert not answers.open
    answer: dict[str, Any] = {"kind": "talk", "exit": "the_visitor_says_goodbye", "arguments": {}}
    await tab.run(TestState.replace_answer, state, reply.step, answer)

    assert [line.kind for line in state.lines][-2:] == ["exit", "agent"]
    assert state.status == "finished"
    assert version.id


async def test_a_step_shows_what_was_asked_and_answered(tab: Tab, version: Version) -> None:
    state, trace = await tab.state(TestState), await tab.state(TraceState)
    await tab.run(TestState.start, state)
    row = next(row for row in trace.rows if row.kind == "agent")

    await tab.run(TraceState.toggle_step, trace, row.number)
    parts = {part.title: part.text for part in trace.detail.parts}
    await tab.run(TraceState.toggle_step, trace, row.number)

    assert parts["Prompt"] == "Greet the visitor and ask what they need."
    assert parts["The model said"] == "Hello, what do you need?"
    assert "s · " in row.figures
    assert (trace.shown, trace.detail.parts) == (-1, [])
    assert version.id


async def test_what_was_said_is_said_again_to_the_text_on_screen(
    tab: Tab, version: Version
) -> None:
    state, canvas = await tab.state(TestState), await tab.state(CanvasState)
    await tab.run(TestState.start, state)
    await tab.run(TestState.send, state, "bye now")
    await tab.run(CanvasState.edit, canvas, PROGRAM.replace("Goodbye!", "Ciao!"), canvas.doc_key)
    assert state.text_key != canvas.text_key

    await tab.run(TestState.replay, state)

    assert state.lines[-1].text == "Ciao!"
    assert (state.text_key, state.label) == (canvas.text_key, "Version 1 with unsaved edits")
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
