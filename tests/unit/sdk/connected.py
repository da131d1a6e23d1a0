"""Clients that are connected to the server with faults."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from babble_app.sdk import AsyncBrainClient, BrainClient, DeltaEvent, Retries
from tests.fakes.brain_server import TOKEN, BrainServer, Fault

if TYPE_CHECKING:
    from collections.abc import Generator

    from babble_app.sdk import BrainEvent

AT_ONCE = Retries(times=3, first_wait_seconds=0.0)


def connect(server: BrainServer, **options: Any) -> BrainClient:
    given: Any = {"base_url": server.url, "token": TOKEN, "max_retries": AT_ONCE, **options}
    return BrainClient(**given)


def connect_async(server: BrainServer, **options: Any) -> AsyncBrainClient:
    given: Any = {"base_url": server.url, "token": TOKEN, "max_retries": AT_ONCE, **options}
    return AsyncBrainClient(**given)


@contextmanager
def served(*faults: Fault | None, **options: Any) -> Generator[tuple[BrainServer, BrainClient]]:
    """Serve with faults, and connect a client."""
    with BrainServer(faults=faults) as server, connect(server, **options) as brain:
        yield server, brain


def text_of(events: list[BrainEvent]) -> str:
    return "".join(event.text for event in events if isinstance(event, DeltaEvent))
