"""Equal requests at one time cost one call: counted by a server behind a real socket."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from babble_app.errors import ProviderKeyRefusedError
from babble_app.llm.cached import AnswerCache, cached
from babble_app.schemas.calls import CallScope
from babble_app.services.answer_store import MemoryAnswers
from tests.fakes.books import FreeMeter
from tests.fakes.script import Answer
from tests.integration.llm.clients import ask, collect, opened, text_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from babble_app.llm.client import ModelClient
    from tests.fakes.model_server import ModelServer

TEXT = "A cake is baked from dough, sugar and eggs."
BOUND_SECONDS = 30


@asynccontextmanager
async def behind_the_cache(server: ModelServer) -> AsyncIterator[ModelClient]:
    async with opened("openai", server) as client:
        cache = AnswerCache(MemoryAnswers())
        yield cached(client, cache, FreeMeter(), CallScope(owner_id="usr_1"))


async def first_piece(client: ModelClient, seen: asyncio.Event) -> None:
    """Read on and on, and say when the first piece was there."""
    async for _ in client.stream(ask()):
        seen.set()


async def leave(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.wait([task], timeout=BOUND_SECONDS)


async def test_ten_at_once_cost_one_call(server: ModelServer) -> None:
    server.script.queue.append(TEXT)

    async with behind_the_cache(server) as client:
        answers = await asyncio.gather(*(collect(client) for _ in range(10)))
        later, _ = await collect(client)

    assert len(server.requests) == 1
    assert {text_of(events) for events, _ in answers} == {TEXT}
    assert [events[-1].cached for events, _ in answers].count(False) == 1
    assert later[-1].cached
    assert later[:-1] == answers[0][0][:-1]


async def test_the_others_get_the_whole_answer_when_the_first_leaves(server: ModelServer) -> None:
    server.script.queue.append(Answer(text=TEXT, tokens_per_second=30))
    seen = asyncio.Event()

    async with asyncio.timeout(BOUND_SECONDS), behind_the_cache(server) as client:
        first = asyncio.create_task(first_piece(client, seen))
        await seen.wait()
        others = [asyncio.create_task(collect(client)) for _ in range(2)]
        await asyncio.sleep(0)  # they have joined
        await leave(first)
        answers = await asyncio.gather(*others)

    assert len(server.requests) == 1
    assert not server.hung_up.is_set()
    assert {text_of(events) for events, _ in answers} == {TEXT}


async def test_the_call_is_ended_when_the_last_one_leaves(server: ModelServer) -> None:
    server.script.queue.append(Answer(text=TEXT, fault="stall", after=3))

    async with asyncio.timeout(BOUND_SECONDS), behind_the_cache(server) as client:
        signs = [asyncio.Event(), asyncio.Event()]
        readers = [asyncio.create_task(first_piece(client, seen)) for seen in signs]
        for seen in signs:
            await seen.wait()
        for reader in readers:
            await leave(reader)

        assert await asyncio.to_thread(server.hung_up.wait, BOUND_SECONDS)


async def test_a_refused_call_is_made_again_by_one_of_the_others(server: ModelServer) -> None:
    server.script.queue += [Answer(fault="status", status=401), TEXT]

    async with behind_the_cache(server) as client:
        answers = await asyncio.gather(*(collect(client) for _ in range(5)))

    errors = [error for _, error in answers]
    assert isinstance(errors[0], ProviderKeyRefusedError)
    assert errors[1:] == [None] * 4
    assert {text_of(events) for events, _ in answers[1:]} == {TEXT}
    assert len(server.requests) == 2


async def test_an_answer_that_broke_off_breaks_off_for_all_and_is_not_kept(
    server: ModelServer,
) -> None:
    server.script.queue += [Answer(text=TEXT, fault="cut", after=3), TEXT]

    async with behind_the_cache(server) as client:
        answers = await asyncio.gather(*(collect(client) for _ in range(3)))
        again, error = await collect(client)

    assert all(error is not None for _, error in answers)
    assert {text_of(events) for events, _ in answers} == {"A cake is"}
    assert (text_of(again), error) == (TEXT, None)
    assert len(server.requests) == 2
