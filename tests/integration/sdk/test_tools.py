"""What the program that asks can do for the agent: it is asked, does it, and the answer goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from babble_app.sdk import BrainClient, DoneEvent, NotFoundError, ToolEvent
from tests.fakes.model_server import ModelServer
from tests.fakes.script import Answer, Rule, ToolUse
from tests.integration.api.app_people import make_host_app
from tests.integration.api.conftest import make_person, make_settings, serve

if TYPE_CHECKING:
    from pathlib import Path

TOOL = {
    "name": "count_rows",
    "description": "Counts the rows of a table",
    "parameters": {"type": "object", "properties": {"table": {"type": "string"}}},
}


def test_the_agent_is_given_what_it_wants_from_the_calling_program(tmp_path: Path) -> None:
    rules = [
        Rule("There are 42 users.", after_tool=True),
        Rule(Answer(tools=[ToolUse("count_rows", {"table": "users"})])),
    ]
    with ModelServer(rules=rules) as model:
        settings = make_settings(
            tmp_path,
            OPENAI_API_KEY="sk-test",
            OPENAI_BASE_URL=model.openai_url,
            BABBLE_DEFAULT_MODEL="openai/gpt-4o-mini",
        )
        with serve(settings) as server:
            host = make_host_app(server, make_person(server).user.id)
            with BrainClient(base_url=server.url, token=host.token.token) as brain:
                session = brain.session()
                seen: list[ToolEvent] = []
                for event in session.stream("How many users are there?", tools=[TOOL]):
                    if isinstance(event, ToolEvent):
                        seen.append(event)
                        if event.status == "wanted":
                            session.send_tool_result(event.call_id, {"rows": 42})
                    if isinstance(event, DoneEvent):
                        assert event.answer.response == "There are 42 users."
                with pytest.raises(NotFoundError):
                    session.send_tool_result(seen[0].call_id, "too late")

    assert [event.status for event in seen] == ["wanted", "done"]
    assert seen[0].arguments == {"table": "users"}
    assert '{"rows": 42}' in str(model.requests[-1].messages)
