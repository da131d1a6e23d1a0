"""Answers one chat message: decides who does it, and passes that agent's events on."""

from __future__ import annotations

from contextlib import aclosing
from typing import TYPE_CHECKING

from babble_app.agents import answerer, builder, iterator, triage
from babble_app.schemas.events import StateChanged, UsageCounted

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from babble_app.agents.request import AgentRequest
    from babble_app.llm.client import ModelClient
    from babble_app.schemas.events import AgentEvent

_AGENTS: dict[
    triage.Kind, Callable[[ModelClient, AgentRequest], AsyncGenerator[AgentEvent, None]]
] = {"answer": answerer.run, "build": builder.run, "change": iterator.run}


async def run(model: ModelClient, request: AgentRequest) -> AsyncGenerator[AgentEvent, None]:
    """Yield everything that comes of the message; close it (`aclosing`) to cancel the model's call.

    Raises:
        AgentNotValidError: no valid program came of it.
        BabbleError: the model failed; what was yielded stands.
    """
    yield StateChanged(name="thinking")
    decision = await triage.decide(model, request)
    if decision.usage:
        yield UsageCounted(usage=decision.usage)
    async with aclosing(_AGENTS[decision.kind](model, request)) as events:
        async for event in events:
            yield event
