"""Clients that are connected to the server with faults."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from babble_app.sdk import AsyncBrainClient, BrainClient, DeltaEvent, Retries
from tests.fakes.brain_server import TOKEN, BrainServer

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Generator, Iterable, Mapping
    from typing import Self

    from babble_app.sdk import BrainEvent
    from tests.fakes.brain_server import Fault

AT_ONCE = Retries(times=3, first_wait_seconds=0.0)


class Awaited:
    """The asynchronous client in a loop of its own, to be called as the one that blocks: the same tests hold for both."""

    def __init__(self, brain: AsyncBrainClient) -> None:
        self._brain = brain
        self._loop = asyncio.Runner()

    def __getattr__(self, name: str) -> Callable[..., Any]:
        return partial(self._call, getattr(self._brain, name))

    def stream(self, *arguments: Any, **options: Any) -> Generator[BrainEvent]:
        events = self._brain.stream(*arguments, **options)
        try:
            while (event := self._loop.run(_next(events))) is not None:
                yield event
        finally:
            self._loop.run(events.aclose())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.run(self._brain.aclose())
        self._loop.close()

    def _call(self, method: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
        return self._loop.run(method(*arguments, **options))


async def _next(events: AsyncGenerator[BrainEvent]) -> BrainEvent | None:
    return await anext(events, None)


def connect(server: BrainServer, **options: Any) -> BrainClient:
    return BrainClient(**_settings(server, options))


def connect_async(server: BrainServer, **options: Any) -> AsyncBrainClient:
    return AsyncBrainClient(**_settings(server, options))


def connect_awaited(server: BrainServer, **options: Any) -> BrainClient:
    # It has the methods of the one that blocks.
    return cast("BrainClient", Awaited(connect_async(server, **options)))


def _settings(server: BrainServer, options: Mapping[str, Any]) -> Any:
    return {"base_url": server.url, "token": TOKEN, "max_retries": AT_ONCE, **options}


class Serving:
    """Serves with faults, and connects a client of one kind."""

    def __init__(self, connect: Callable[..., BrainClient]) -> None:
        self._connect = connect

    @contextmanager
    def __call__(
        self,
        *faults: Fault | None,
        events: Iterable[tuple[str, Mapping[str, Any]]] = (),
        **options: Any,
    ) -> Generator[tuple[BrainServer, BrainClient]]:
        """Yield both."""
        with (
            BrainServer(faults=faults, events=events) as server,
            self._connect(server, **options) as brain,
        ):
            yield server, brain


def text_of(events: Iterable[BrainEvent]) -> str:
    return "".join(event.text for event in events if isinstance(event, DeltaEvent))
