"""What an agent is to the orchestrator; each file of this package that declares one is found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import babble_app.agents
from babble_app.discovery import import_modules

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from babble_app.agents.request import AgentRequest
    from babble_app.llm.client import ModelClient
    from babble_app.schemas.events import AgentEvent


@dataclass(frozen=True)
class Agent:
    """Answers chat messages of one kind."""

    name: str
    """The kind, as triage decides it."""
    run: Callable[[ModelClient, AgentRequest], AsyncGenerator[AgentEvent, None]]


def all_agents() -> dict[str, Agent]:
    """Return every agent of this package by name.

    Raises:
        ValueError: two agents have one name.
    """
    agents: dict[str, Agent] = {}
    for module in import_modules(babble_app.agents):
        agent = getattr(module, "AGENT", None)
        if not isinstance(agent, Agent):
            continue
        if agent.name in agents:
            raise ValueError(f"two agents are named {agent.name!r}")
        agents[agent.name] = agent
    return agents
