"""A deep search waits for nobody longer than it may."""

from __future__ import annotations

import asyncio

import pytest

from babble_app.retrieval.web import WebError
from babble_app.tools.deep_search import all_within


async def test_what_is_late_is_given_up_and_what_is_there_is_kept() -> None:
    cancelled = asyncio.Event()

    async def never() -> str:
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()
        return "never"

    async def at_once() -> str:
        return "here"

    async def broken() -> str:
        raise WebError("gone")

    until = asyncio.get_running_loop().time() + 0.2
    first, second, third = await all_within(until, [never(), at_once(), broken()])

    assert isinstance(first, WebError)
    assert str(first) == "The search took too long."
    assert second == "here"
    assert str(third) == "gone"
    assert cancelled.is_set()


async def test_a_stopped_run_stops_its_searches() -> None:
    begun, cancelled = asyncio.Event(), asyncio.Event()

    async def never() -> str:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()
        return "never"

    until = asyncio.get_running_loop().time() + 60
    searching = asyncio.create_task(all_within(until, [never()]))
    await asyncio.wait_for(begun.wait(), 30)
    searching.cancel()

    with pytest.raises(asyncio.CancelledError):
        await searching
    assert cancelled.is_set()


async def test_a_mistake_of_ours_is_loud() -> None:
    async def wrong() -> str:
        raise KeyError("x")

    with pytest.raises(KeyError):
        await all_within(asyncio.get_running_loop().time() + 30, [wrong()])
