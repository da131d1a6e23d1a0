"""The simulated user of a test: says the next message, or ends the conversation."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from babble_app.agents.prompt_texts import render
from babble_app.schemas.models import ModelMessage, ModelRequest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from babble_app.based.effects import Role
    from babble_app.llm.client import ModelClient
    from babble_app.schemas.usage import Usage

ANYBODY = "An ordinary person, friendly and to the point."
BEGIN = "[The agent waits for you. Begin.]"
"""Stands in for the agent's message when it says nothing first."""
GO_ON = "[The agent said nothing. Go on, or end.]"
MAX_CHARS = 8_000
_END = re.compile(r"\[\s*END\s*\]", re.IGNORECASE)


async def next_message(
    model: ModelClient,
    *,
    persona: str,
    goal: str,
    messages: Sequence[tuple[Role, str]],
) -> tuple[str, Usage]:
    """Return what the simulated user says next, empty when it ends the conversation, and what it cost.

    Args:
        model: Plays the user.
        persona: Who the user is; anybody when empty.
        goal: What the user wants.
        messages: The conversation so far, as the agent sees it: its own are the assistant's.

    Raises:
        BabbleError: the model failed.
    """
    prompt = render("persona", persona=persona.strip() or ANYBODY, goal=goal.strip())
    seen = [ModelMessage(role="system", text=prompt)]
    for role, text in messages:
        # For the one who plays the user the roles are the other way round.
        mine = role == "user"
        if mine and seen[-1].role in {"system", "assistant"}:
            seen.append(ModelMessage(role="user", text=BEGIN if len(seen) == 1 else GO_ON))
        seen.append(ModelMessage(role="assistant" if mine else "user", text=text))
    if seen[-1].role != "user":
        seen.append(ModelMessage(role="user", text=BEGIN if len(seen) == 1 else GO_ON))
    answer = await model.complete(ModelRequest(messages=tuple(seen), task="persona"))
    text = answer.text.strip()
    return ("" if _END.search(text) else text[:MAX_CHARS]), answer.usage
