"""Carry flows out over httpx: one blocking, one for asyncio."""

from __future__ import annotations

import asyncio
import time
from contextlib import aclosing, closing
from typing import TYPE_CHECKING, TypeVar

import httpx

from babble_app.sdk.errors import BrainError, ConnectionFailedError, TimedOutError, UnreachableError
from babble_app.sdk.flows import Emit, Open, Read, Reply, Wait

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Generator, Iterator

    from babble_app.sdk.flows import Flow, Outcome, Step

T = TypeVar("T")
_UNSENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)


class Carrier:
    """Carries flows out and blocks meanwhile."""

    def __init__(self, http: httpx.Client) -> None:
        self.http = http

    def run(self, flow: Flow[T]) -> T:
        """Return the flow's one result."""
        with closing(self.results(flow)) as results:
            return next(results)

    def results(self, flow: Flow[T]) -> Generator[T]:
        """Yield the flow's results as they come."""
        line = _Line(self.http)
        try:
            step = next(flow, None)
            while step is not None:
                if isinstance(step, Emit):
                    yield step.result
                    step = _advance(flow, None)
                else:
                    step = _advance(flow, line.perform(step))
        finally:
            line.leave()


class AsyncCarrier:
    """Carries flows out within an event loop."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http

    async def run(self, flow: Flow[T]) -> T:
        """Return the flow's one result."""
        async with aclosing(self.results(flow)) as results:
            return await anext(results)

    async def results(self, flow: Flow[T]) -> AsyncGenerator[T]:
        """Yield the flow's results as they come."""
        line = _AsyncLine(self.http)
        try:
            step = next(flow, None)
            while step is not None:
                if isinstance(step, Emit):
                    yield step.result
                    step = _advance(flow, None)
                else:
                    step = _advance(flow, await line.perform(step))
        finally:
            await line.leave()


class _Line:
    """The answer that is being read, if one is."""

    def __init__(self, http: httpx.Client) -> None:
        self._http = http
        self._response: httpx.Response | None = None
        self._pieces: Iterator[bytes] = iter(())

    def perform(self, step: Step) -> Outcome:
        try:
            match step:
                case Open():
                    self.leave()
                    self._response = self._http.send(_request(self._http, step), stream=True)
                    self._pieces = self._response.iter_bytes()
                    return _reply(self._response)
                case Read():
                    return next(self._pieces, b"")
                case Wait():
                    self.leave()
                    time.sleep(step.seconds)
                    return None
        except httpx.RequestError as error:
            return _failure(error)

    def leave(self) -> None:
        if self._response is not None:
            self._response.close()
            self._response = None


class _AsyncLine:
    """The same, for asyncio."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http
        self._response: httpx.Response | None = None
        self._pieces: AsyncIterator[bytes] | None = None

    async def perform(self, step: Step) -> Outcome:
        try:
            match step:
                case Open():
                    await self.leave()
                    request = _request(self._http, step)
                    self._response = await self._http.send(request, stream=True)
                    self._pieces = self._response.aiter_bytes()
                    return _reply(self._response)
                case Read():
                    assert self._pieces is not None
                    return await anext(self._pieces, b"")
                case Wait():
                    await self.leave()
                    await asyncio.sleep(step.seconds)
                    return None
        except httpx.RequestError as error:
            return _failure(error)

    async def leave(self) -> None:
        if self._response is not None:
            await self._response.aclose()
            self._response = None


def _advance(flow: Flow[T], outcome: Outcome) -> Step | Emit[T] | None:
    try:
        return flow.send(outcome)
    except StopIteration:
        return None


def _request(http: httpx.Client | httpx.AsyncClient, step: Open) -> httpx.Request:
    call = step.call
    return http.build_request(
        call.method,
        call.path,
        json=call.body,
        files={"file": call.file} if call.file else None,
        params=call.query or None,
        headers=call.headers,
        timeout=httpx.Timeout(step.read_seconds, connect=step.connect_seconds),
    )


def _reply(response: httpx.Response) -> Reply:
    return Reply(response.status_code, dict(response.headers))


def _failure(error: httpx.RequestError) -> BrainError:
    if isinstance(error, _UNSENT):
        return UnreachableError(f"The server could not be reached: {error}")
    if isinstance(error, httpx.TimeoutException):
        return TimedOutError("The server was silent for too long.")
    return ConnectionFailedError(
        f"The connection to the server broke: {error or type(error).__name__}"
    )
