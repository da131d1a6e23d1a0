"""Routes over scripted servers: each server is a model of its own."""

from __future__ import annotations

import asyncio
import socket
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from babble_app.llm.catalogue import Models
from babble_app.llm.health import Health
from babble_app.llm.retries import Retries
from babble_app.llm.route import Route
from babble_app.llm.routed import RoutedClient
from babble_app.schemas.calls import CallScope
from tests.fakes.books import Books
from tests.fakes.model_server import ModelServer
from tests.integration.llm.clients import Waits, credential, make_settings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from tests.fakes.script import Answer, AnswerSource, Incoming


@dataclass(frozen=True)
class Opened:
    """A routed client with what belongs to it."""

    client: RoutedClient
    books: Books
    health: Health
    waits: Waits


class Dead:
    """A server that refuses every connection."""

    def __init__(self) -> None:
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))
            self.url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        self.openai_url = f"{self.url}/v1"


@contextmanager
def serving(**answers: AnswerSource) -> Iterator[dict[str, ModelServer]]:
    """Start a server for each name, which gives its one answer again and again."""
    servers: dict[str, ModelServer] = {}
    try:
        for name, answer in answers.items():
            servers[name] = ModelServer()
            servers[name].script.queue = _Endless(answer)
            servers[name].__enter__()
        yield servers
    finally:
        for server in servers.values():
            server.__exit__()


def announced(answer: Answer) -> tuple[AnswerSource, asyncio.Event]:
    """Return the answer as one that says when it was asked for."""
    loop, asked = asyncio.get_running_loop(), asyncio.Event()

    def give(incoming: Incoming) -> Answer:
        del incoming
        loop.call_soon_threadsafe(asked.set)
        return answer

    return give, asked


class _Endless(list[Any]):
    """A queue that holds one answer for ever."""

    def __init__(self, answer: AnswerSource) -> None:
        super().__init__([answer])

    def pop(self, _at: Any = -1) -> Any:
        return self[0]


@asynccontextmanager
async def routed(
    servers: dict[str, Any],
    *,
    wire: str = "openai",
    health: Health | None = None,
    broke: set[str] | None = None,
    facts: dict[str, dict[str, Any]] | None = None,
    racing: bool = False,
    hedging: bool = False,
    why_first: str = "",
    impatient: set[str] | None = None,
) -> AsyncIterator[Opened]:
    """Open the route `custom/<name>` of each server, in their order; close its connections at the end.

    Deadlines are long, so that a busy machine fails no healthy model; those of the `impatient` ones are met on purpose.
    """
    waits, books = Waits(), Books(broke=broke or set())
    retries = Retries(sleep=waits.sleep)
    patient = Models(make_settings(first_token=60, idle=60, total=60), retries=retries)
    hasty = Models(make_settings(first_token=0.3, idle=0.3), retries=retries)
    provider = {"openai": "custom", "ollama": "ollama", "litellm": "anthropic"}[wire]
    candidates = [
        (hasty if name in (impatient or ()) else patient).candidate(
            f"{provider}/{name}", credential(wire, server)
        )
        for name, server in servers.items()
    ]
    candidates = [
        replace(one, info=one.info.model_copy(update=(facts or {}).get(one.info.title, {})))
        for one in candidates
    ]
    route = Route(tuple(candidates), racing=racing, hedging=hedging, why_first=why_first)
    health = health or patient.health
    client = RoutedClient(route, health, books, CallScope(owner_id="usr_1"))
    try:
        yield Opened(client, books, health, waits)
    finally:
        await patient.close()
        await hasty.close()
