"""Makes the picture or the video that a message describes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from babble_app.agents.agent import Agent
from babble_app.errors import ModelUnavailableError
from babble_app.llm.media import asked_seconds
from babble_app.schemas.events import FileMade, StateChanged, UsageCounted

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from babble_app.agents.request import AgentRequest
    from babble_app.llm.client import ModelClient
    from babble_app.schemas.events import AgentEvent

_NAME_CHARS = 48
_ENDINGS = {
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/gif": "gif",
    "image/webp": "webp",
    "video/mp4": "mp4",
    "video/webm": "webm",
}


async def run(model: ModelClient, request: AgentRequest) -> AsyncGenerator[AgentEvent, None]:
    """Yield what was made of the message's words; the engine stores it and shows it in the answer.

    Raises:
        ModelUnavailableError: nobody makes what the chat's profile is for.
    """
    del model  # it writes
    makes = request.profile.makes if request.profile else "image"
    if request.media is None:
        message = f"There is no model here that makes {makes}s. Add a key for one in Settings."
        raise ModelUnavailableError(message)
    yield StateChanged(name="filming" if makes == "video" else "drawing")
    if makes == "video":
        seconds = asked_seconds(request.text)
        made = await request.media.generate_video(_prompt(request), seconds=seconds)
    else:
        made = await request.media.generate_image(_prompt(request))
    yield UsageCounted(usage=made.usage, model=made.model, why=made.why)
    yield FileMade(
        name=f"{_name(request.text, makes)}.{_ENDINGS[made.media_type]}",
        media_type=made.media_type,
        data=made.data,
    )


def _prompt(request: AgentRequest) -> str:
    """Return the message's words, after what the profile says about all its pictures."""
    instructions = request.profile.instructions.strip() if request.profile else ""
    return f"{instructions}\n\n{request.text}" if instructions else request.text


def _name(text: str, makes: str) -> str:
    words = re.sub(r"[\W_]+", "-", text.lower()).strip("-")
    return words[:_NAME_CHARS].strip("-") or makes


AGENT = Agent(name="illustrate", run=run)
