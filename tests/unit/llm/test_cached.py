"""The cache gives the same person's exact answers again, and one call serves several who ask at once."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

import pytest

from babble_app.errors import BudgetExhaustedError, ProviderKeyRefusedError
from babble_app.llm.cached import REPEATABLE, TOGETHER, AnswerCache, cached
from babble_app.schemas.calls import CallScope
from babble_app.schemas.models import ModelDone, ModelMessage, ModelRequest, TextPart, ToolCall
from babble_app.services.answer_store import MemoryAnswers
from tests.fakes.books import FreeMeter
from tests.fakes.scripted_client import USAGE, ScriptedClient, make_answer

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from babble_app.llm.client import ModelClient
    from babble_app.schemas.models import ModelEvent

ANNA = CallScope(owner_id="usr_anna")
BEN = CallScope(owner_id="usr_ben")
BOUND_SECONDS = 20
KNOWN_SINCE = "answered before, at 1970-01-12 13:46:40 UTC"
"""Of what was kept when a `World` began."""


class World:
    """A cache with a clock and a meter of its own."""

    def __init__(self) -> None:
        self.now = 1_000_000.0
        self.meter = FreeMeter()
        self.cache = AnswerCache(MemoryAnswers(clock=lambda: self.now), lambda: self.now)

    def open(
        self, client: ModelClient, scope: CallScope = ANNA, minutes: int | None = None
    ) -> ModelClient:
        return cached(client, self.cache, self.meter, scope, minutes)


class GatedClient(ScriptedClient):
    """Says one word, then waits at the gate before it goes on."""

    def __init__(self, *answers: Any) -> None:
        super().__init__(*answers)
        self.gate = asyncio.Event()

    async def stream(self, request: ModelRequest) -> AsyncGenerator[ModelEvent, None]:
        async with aclosing(super().stream(request)) as events:
            yield await anext(events)
            await self.gate.wait()
            async for event in events:
                yield event


class Reader:
    """Reads a stream in a task of its own."""

    def __init__(self, client: ModelClient, request: ModelRequest) -> None:
        self.events: list[ModelEvent] = []
        self.began = asyncio.Event()
        self.task = asyncio.create_task(self._read(client, request))

    async def _read(self, client: ModelClient, request: ModelRequest) -> None:
        async with aclosing(client.stream(request)) as stream:
            async for event in stream:
                self.events.append(event)
                self.began.set()

    @property
    def text(self) -> str:
        return "".join(event.text for event in self.events if isinstance(event, TextPart))

    async def leave(self) -> None:
        self.task.cancel()
        await asyncio.wait([self.task], timeout=BOUND_SECONDS)
        assert self.task.cancelled()


def ask(text: str = "What is a cake?", **fields: Any) -> ModelRequest:
    return ModelRequest(messages=(ModelMessage(role="user", text=text),), **fields)


async def read(client: ModelClient, request: ModelRequest | None = None) -> list[ModelEvent]:
    async with aclosing(client.stream(request or ask())) as stream:
        return [event async for event in stream]


def end(events: list[ModelEvent]) -> ModelDone:
    done = events[-1]
    assert isinstance(done, ModelDone)
    return done


async def test_the_second_time_nobody_is_called() -> None:
    world, client = World(), ScriptedClient("A cake is baked from dough.")

    first = await read(world.open(client))
    world.now += 12 * 60 + 5
    second = await read(world.open(client))

    assert len(client.prompts) == 1
    assert second[:-1] == first[:-1]
    assert len(second) > 3  # in the pieces that it came in
    assert end(first).usage == USAGE
    assert not end(first).cached
    done = end(second)
    assert (done.cached, done.why) == (True, KNOWN_SINCE)
    assert (done.usage.input_tokens, done.usage.output_tokens, done.usage.cost_usd) == (0, 0, 0.0)
    assert done.model == end(first).model


async def test_the_meter_is_told_once_of_each_answer_given_again() -> None:
    world, client = World(), ScriptedClient("A cake.")
    scope = ANNA.model_copy(update={"run_id": "run_7"})

    await read(world.open(client))
    assert world.meter.records == []
    await read(world.open(client, scope))

    [record] = world.meter.records
    assert (record.outcome, record.model, record.task) == ("cached", "scripted/model", "answer")
    assert record.scope == scope
    assert record.usage.cost_usd == 0.0
    assert record.why == KNOWN_SINCE


async def test_whole_answers_are_given_again_too() -> None:
    call = ToolCall(id="c1", name="look_up", arguments={"id": 7})
    answer = make_answer("Hello", reasoning="hm", tool_calls=(call,), finish_reason="tool_calls")
    world, client = World(), ScriptedClient(answer)

    first = await world.open(client).complete(ask())
    world.now += 60
    second = await world.open(client).complete(ask())

    assert first == answer
    assert (second.text, second.reasoning, second.tool_calls) == ("Hello", "hm", (call,))
    assert (second.cached, second.why) == (True, KNOWN_SINCE)


@pytest.mark.parametrize(
    ("minutes", "kept_minutes"), [(None, 60), (5, 5), (240, 240)], ids=["usual", "short", "long"]
)
async def test_an_answer_is_given_again_for_its_time_only(
    minutes: int | None, kept_minutes: int
) -> None:
    world, client = World(), ScriptedClient("One", "Two")
    await read(world.open(client, minutes=minutes))

    world.now += kept_minutes * 60 - 1
    within = await read(world.open(client, minutes=minutes))
    world.now += 1
    after = await read(world.open(client, minutes=minutes))

    assert end(within).cached
    assert not end(after).cached


async def test_with_a_history_it_is_half_an_hour() -> None:
    world, client = World(), ScriptedClient("One", "Two")
    before = (ModelMessage(role="user", text="Hi"), ModelMessage(role="assistant", text="Hello"))
    request = ModelRequest(messages=(*before, *ask().messages))
    await read(world.open(client), request)

    world.now += 30 * 60
    await read(world.open(client), request)

    assert len(client.prompts) == 2


async def test_a_question_that_is_nearly_the_same_is_asked() -> None:
    world, client = World(), ScriptedClient("3 euros", "30 euros", "Not at all")
    for text in (
        "price of the small cake?",
        "price of the large cake?",
        "Price of the small cake?",
    ):
        assert not end(await read(world.open(client), ask(text))).cached


async def test_tenants_are_apart() -> None:
    world, client = World(), ScriptedClient("Anna's", "Ben's", "the app's")
    app = ANNA.model_copy(update={"app_id": "app_1"})

    for scope in (ANNA, BEN, app):
        assert not end(await read(world.open(client, scope))).cached


async def test_what_was_forgotten_is_asked_anew() -> None:
    world, client = World(), ScriptedClient("Old", "New")
    await read(world.open(client))

    await world.cache.store.forget(ANNA.owner_id)

    assert not end(await read(world.open(client))).cached


@pytest.mark.parametrize("task", ["build", "change", "talk", "rephrase", "persona", "judge"])
async def test_some_tasks_are_always_done_anew(task: str) -> None:
    world, client = World(), ScriptedClient("One", "Two", "Three", "Four")
    opened = world.open(client)

    await read(opened, ask(task=task))
    await read(opened, ask(task=task))
    await opened.complete(ask(task=task))
    await opened.complete(ask(task=task))

    assert len(client.prompts) == 4
    assert task not in REPEATABLE


async def test_a_fresh_answer_is_neither_found_nor_kept() -> None:
    world, client = World(), ScriptedClient("Old", "Fresh")
    await read(world.open(client))

    fresh = await read(world.open(client), ask(fresh=True))
    again = await read(world.open(client))

    assert not end(fresh).cached
    assert "".join(event.text for event in again if isinstance(event, TextPart)) == "Old"


@pytest.mark.parametrize("scope", [CallScope(owner_id=""), ANNA])
async def test_without_an_owner_or_time_there_is_no_cache(scope: CallScope) -> None:
    world, client = World(), ScriptedClient("One", "Two")
    opened = world.open(client, scope, minutes=None if not scope.owner_id else 0)

    await asyncio.gather(read(opened), read(opened))

    assert len(client.prompts) == 2


@pytest.mark.parametrize("finish", ["length", "content_filter"])
async def test_half_an_answer_is_not_given_again(finish: str) -> None:
    half = make_answer("A cake is", finish_reason=finish)
    world, client = World(), ScriptedClient(half, "A cake is sweet.")

    await read(world.open(client))
    second = await read(world.open(client))

    assert not end(second).cached


async def test_a_failure_is_not_given_again() -> None:
    world, client = World(), ScriptedClient(ProviderKeyRefusedError("no"), "A cake.")

    with pytest.raises(ProviderKeyRefusedError):
        await read(world.open(client))

    assert not end(await read(world.open(client))).cached


async def test_several_at_once_stream_along_with_one_call() -> None:
    world, client = World(), GatedClient("A cake is baked from dough.")
    readers = [Reader(world.open(client), ask()) for _ in range(10)]
    async with asyncio.timeout(BOUND_SECONDS):
        for reader in readers:
            await reader.began.wait()  # all see the beginning while the call is at the gate
        client.gate.set()
        await asyncio.gather(*(reader.task for reader in readers))

    assert len(client.prompts) == 1
    assert {reader.text for reader in readers} == {"A cake is baked from dough."}
    ends = [end(reader.events) for reader in readers]
    assert [done.cached for done in ends] == [False] + [True] * 9
    assert {done.why for done in ends[1:]} == {TOGETHER}
    assert len(world.meter.records) == 9


async def test_who_comes_in_the_middle_gets_it_from_the_beginning() -> None:
    world, client = World(), GatedClient("A cake is baked from dough.")
    async with asyncio.timeout(BOUND_SECONDS):
        first = Reader(world.open(client), ask())
        await first.began.wait()
        second = Reader(world.open(client), ask())
        client.gate.set()
        await asyncio.gather(first.task, second.task)

    assert second.text == first.text
    assert len(client.prompts) == 1


async def test_when_the_first_leaves_the_others_lose_nothing() -> None:
    world, client = World(), GatedClient("A cake is baked from dough.")
    async with asyncio.timeout(BOUND_SECONDS):
        first = Reader(world.open(client), ask())
        second = Reader(world.open(client), ask())
        await second.began.wait()
        await first.leave()
        client.gate.set()
        await second.task

    assert second.text == "A cake is baked from dough."
    assert len(client.prompts) == 1
    assert end(await read(world.open(client))).cached


async def test_when_all_have_left_the_call_is_ended_and_nothing_kept() -> None:
    world, client = World(), GatedClient("A cake is baked from dough.", "Another one.")
    async with asyncio.timeout(BOUND_SECONDS):
        readers = [Reader(world.open(client), ask()) for _ in range(3)]
        await readers[-1].began.wait()
        for reader in readers:
            assert client.closed == 0
            await reader.leave()

        assert client.closed == 1
        client.gate.set()
        assert not end(await read(world.open(client))).cached


async def test_a_failure_is_only_the_first_ones() -> None:
    broke = BudgetExhaustedError("The token's budget is used up.")
    world, client = World(), ScriptedClient(broke, "A cake.")
    async with asyncio.timeout(BOUND_SECONDS):
        readers = [Reader(world.open(client), ask()) for _ in range(5)]
        outcomes = await asyncio.gather(*(one.task for one in readers), return_exceptions=True)

    assert outcomes == [broke, None, None, None, None]
    assert {reader.text for reader in readers[1:]} == {"A cake."}
    assert len(client.prompts) == 2


async def test_after_two_failures_everybody_asks_for_himself() -> None:
    errors = [BudgetExhaustedError("one"), BudgetExhaustedError("two")]
    world, client = World(), ScriptedClient(*errors, "A cake.", "A cake.")
    async with asyncio.timeout(BOUND_SECONDS):
        readers = [Reader(world.open(client), ask()) for _ in range(4)]
        outcomes = await asyncio.gather(*(one.task for one in readers), return_exceptions=True)

    assert outcomes == [*errors, None, None]
    assert [reader.text for reader in readers[2:]] == ["A cake.", "A cake."]


async def test_it_is_named_like_the_client_behind_it() -> None:
    client = ScriptedClient(sees_images=True)
    opened = World().open(client)

    assert (opened.name, opened.sees_images) == (client.name, True)
    assert opened.count_tokens(ask("three small words").messages) == 3
