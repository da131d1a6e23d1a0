"""Opens the three wires against the scripted server, so that one set of tests holds for all."""

from __future__ import annotations

from contextlib import aclosing, asynccontextmanager
from typing import TYPE_CHECKING

from pydantic import SecretStr

from babble_app.errors import BabbleError
from babble_app.llm.catalogue import Models
from babble_app.llm.credentials import Credential
from babble_app.llm.retries import Retries
from babble_app.schemas.models import ModelMessage, ModelRequest
from babble_app.settings import Settings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from babble_app.llm.client import ModelClient
    from babble_app.schemas.models import ModelEvent
    from tests.fakes.model_server import ModelServer

WIRES = ("openai", "ollama", "litellm")
KEY = "sk-canary-0123456789abcdef"
_MODELS = {
    "openai": "custom/fake-model",
    "ollama": "ollama/fake-model",
    "litellm": "anthropic/claude-fake",
}


def make_settings(**limits: float) -> Settings:
    values = {
        "BABBLE_FIRST_TOKEN_TIMEOUT": limits.get("first_token", 5),
        "BABBLE_IDLE_TIMEOUT": limits.get("idle", 5),
        "BABBLE_TOTAL_TIMEOUT": limits.get("total", 10),
        "BABBLE_MAX_ANSWER_CHARS": int(limits.get("max_chars", 400_000)),
    }
    return Settings(_env_file=None, **values)  # pyright: ignore[reportCallIssue] - pydantic-settings' own argument


def credential(wire: str, server: ModelServer, key: str = KEY) -> Credential:
    return Credential(SecretStr(key), server.openai_url if wire == "openai" else server.url)


class Waits:
    """Stands for sleeping between retries, and remembers."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def sleep(self, seconds: float) -> None:
        """Return at once."""
        self.seconds.append(seconds)


@asynccontextmanager
async def opened(
    wire: str, server: ModelServer, *, waits: Waits | None = None, key: str = KEY, **limits: float
) -> AsyncIterator[ModelClient]:
    """Open a client, and close its connections at the end."""
    retries = Retries(sleep=(waits or Waits()).sleep)
    models = Models(make_settings(**limits), retries=retries)
    try:
        yield models.open(_MODELS[wire], credential(wire, server, key))
    finally:
        await models.close()


def ask(text: str = "hi", **fields: object) -> ModelRequest:
    return ModelRequest(messages=(ModelMessage(role="user", text=text),), **fields)


async def collect(
    client: ModelClient, request: ModelRequest | None = None
) -> tuple[list[ModelEvent], BabbleError | None]:
    """Read a stream to its end, or to its error."""
    events: list[ModelEvent] = []
    try:
        async with aclosing(client.stream(request or ask())) as stream:
            async for event in stream:
                events.append(event)  # noqa: PERF401 - what came before an error counts
    except BabbleError as error:
        return events, error
    return events, None


def text_of(events: list[ModelEvent]) -> str:
    return "".join(event.text for event in events if event.type == "text")
