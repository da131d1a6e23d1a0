"""Answers one chat message: decides who does it and what they are shown, and passes that agent's events on."""

from __future__ import annotations

from contextlib import aclosing
from functools import cache
from typing import TYPE_CHECKING

from babble_app.agents import triage
from babble_app.agents.agent import all_agents
from babble_app.agents.selection import select, uses_of
from babble_app.schemas.events import StateChanged, UsageCounted

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from babble_app.agents.agent import Agent
    from babble_app.agents.request import AgentRequest
    from babble_app.llm.client import ModelClient
    from babble_app.schemas.events import AgentEvent


async def run(model: ModelClient, request: AgentRequest) -> AsyncGenerator[AgentEvent, None]:
    """Yield everything that comes of the message; close it (`aclosing`) to cancel the model's call.

    Raises:
        AgentNotValidError: no valid program came of it.
        BabbleError: the model failed; what was yielded stands.
    """
    if request.profile is not None and request.profile.makes != "text":
        async with aclosing(_agents()["illustrate"].run(model, request)) as events:
            async for event in events:
                yield event
        return
    yield StateChanged(name="thinking")
    decision = await triage.decide(model, request)
    request, usage = await select(model, request, decision)
    for used in (decision.usage, usage):
        if used:
            yield UsageCounted(usage=used)
    pictures = request.pictures if model.sees_images else ()
    if shown := uses_of(request.files, request.passages, pictures):
        yield StateChanged.reading(shown)
    async with aclosing(_agents()[decision.kind].run(model, request)) as events:
        async for event in events:
            yield event


@cache
def _agents() -> dict[str, Agent]:
    return all_agents()
