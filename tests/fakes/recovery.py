"""Lets a model behind a real socket make a mistake, and keeps what it was told until it was good."""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from babble_app.agents import orchestrator
from babble_app.agents.request import AgentRequest
from babble_app.errors import BabbleError
from babble_app.schemas.events import Attempt, VersionProposed
from tests.fakes.defects import BUILD_REQUEST, ORDERS, REQUEST

if TYPE_CHECKING:
    from collections.abc import Iterator

    from babble_app.llm.client import ModelClient
    from babble_app.schemas.events import AgentEvent
    from tests.fakes.defects import Defect
    from tests.fakes.model_server import ModelServer


@dataclass(frozen=True)
class Recovery:
    """How a run with a defect went."""

    retries: int
    """Rounds after the first."""
    program: str
    """What would have been saved; empty when nothing would."""
    transcript: str
    """What the model answered, and what it was told about it, until its last answer."""


async def recover(defect: Defect, client: ModelClient, server: ModelServer) -> Recovery:
    """Run the whole orchestrator against the defect's answers."""
    server.requests.clear()
    server.script.queue[:] = defect.answers
    events: list[AgentEvent] = []
    try:
        async with aclosing(orchestrator.run(client, _request(defect))) as produced:
            async for event in produced:
                events.append(event)  # noqa: PERF401 - what came before an error counts
    except BabbleError as error:
        failure = f"{error.code}: {error}"
    else:
        failure = ""
    attempts = [event for event in events if isinstance(event, Attempt)]
    program = next((event.program for event in events if isinstance(event, VersionProposed)), "")
    retries = len(attempts) - 1
    head = f"# {defect.agent}: {defect.kind}, {retries} {'retry' if retries == 1 else 'retries'}"
    lines = [head, *_conversation(server), *([failure] if failure else [])]
    return Recovery(retries, program, "\n".join(lines).rstrip() + "\n")


def _request(defect: Defect) -> AgentRequest:
    changing = defect.agent == "change"
    return AgentRequest(
        text=REQUEST if changing else BUILD_REQUEST,
        mode="build",
        program=ORDERS if changing else None,
        agent_name="Rose bakery" if changing else None,
        history=(),
        files=(),
        today=date(2026, 11, 21),
    )


def _conversation(server: ModelServer) -> Iterator[str]:
    """Yield what was said after the first prompt."""
    seen = len(server.requests[0].messages)
    for role, text in server.requests[-1].messages[seen:]:
        yield f"=== {'the model' if role == 'assistant' else 'told'}"
        yield text
