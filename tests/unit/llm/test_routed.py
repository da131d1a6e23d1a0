"""What a routed client does that no real server can be made to do at will: ties, late goodbyes, books that fail."""

from __future__ import annotations

import asyncio
import gc
from contextlib import aclosing
from typing import TYPE_CHECKING

import pytest

from babble_app.errors import DatabaseUnavailableError, ProviderUnavailableError
from babble_app.llm.health import Health
from babble_app.llm.route import Candidate, Route
from babble_app.llm.routed import RoutedClient
from babble_app.schemas.calls import CallScope
from babble_app.schemas.models import ModelMessage, ModelRequest, TextPart
from tests.fakes.books import WAIT_SECONDS, Books
from tests.fakes.scripted_client import USAGE, ScriptedClient
from tests.unit.llm.candidates import make_candidate

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from babble_app.llm.client import ModelClient
    from babble_app.schemas.calls import CallRecord
    from babble_app.schemas.models import ModelAnswer, ModelEvent

ASK = ModelRequest(messages=(ModelMessage(role="user", text="one two three"),))
DOWN = ProviderUnavailableError("It is down.")


class Reluctant(ScriptedClient):
    """Says nothing, and takes its time to say goodbye."""

    def __init__(self) -> None:
        super().__init__("never said")
        self.asked, self.may_go, self.gone = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def stream(self, request: ModelRequest) -> AsyncGenerator[ModelEvent, None]:
        """Wait to be cancelled, then for leave to go."""
        del request
        try:
            self.asked.set()
            await asyncio.Event().wait()
            yield TextPart(text="never said")
        finally:
            await asyncio.wait_for(self.may_go.wait(), WAIT_SECONDS)  # a failed test must end
            self.gone.set()


def make_routed(
    *clients: ModelClient,
    meter: Books | None = None,
    racing: bool = False,
    health: Health | None = None,
) -> tuple[RoutedClient, Books]:
    candidates = tuple(_candidate(f"m{at}", client) for at, client in enumerate(clients, 1))
    books = meter or Books()
    route = Route(candidates, racing=racing)
    return RoutedClient(route, health or Health(), books, CallScope(owner_id="usr_1")), books


def _candidate(name: str, client: ModelClient) -> Candidate:
    return Candidate(info=make_candidate(name).info, open=lambda _: client, health_key=name)


async def read(client: RoutedClient) -> list[ModelEvent]:
    async with aclosing(client.stream(ASK)) as stream:
        return [event async for event in stream]


async def test_the_end_names_who_answered_and_the_record_keeps_what_the_provider_said() -> None:
    client, books = make_routed(ScriptedClient("hello there"))

    events = await read(client)

    assert events[-1].model == "acme/m1"
    (record,) = books.records
    assert (record.outcome, record.served_model, record.usage) == ("ok", "model", USAGE)
    assert record.first_token_seconds is not None
    assert record.first_token_seconds <= record.latency_seconds


async def test_a_lone_models_failure_is_raised_as_it_is() -> None:
    client, books = make_routed(ScriptedClient(DOWN))

    with pytest.raises(ProviderUnavailableError) as raised:
        await client.complete(ASK)

    assert raised.value is DOWN
    assert books.records[0].usage.input_tokens == 0  # refused: nothing was used


async def test_of_two_that_speak_at_once_the_preferred_wins_and_the_other_is_closed() -> None:
    preferred, other = ScriptedClient("the answer"), ScriptedClient("another")
    client, books = make_routed(preferred, other, racing=True)

    events = await read(client)
    outcomes = await books.outcomes(2)

    assert "".join(event.text for event in events if event.type == "text") == "the answer"
    assert outcomes == ["ok", "lost"]
    assert other.closed == 1


async def test_the_winner_does_not_wait_for_the_losers_goodbye() -> None:
    loser = Reluctant()
    client, books = make_routed(loser, ScriptedClient("the answer"), racing=True)

    events = await asyncio.wait_for(read(client), WAIT_SECONDS)

    assert events[-1].type == "done"
    assert not loser.gone.is_set()
    loser.may_go.set()
    await asyncio.wait_for(loser.gone.wait(), WAIT_SECONDS)
    assert await books.outcomes(2) == ["lost", "ok"]


async def test_a_reader_that_is_cancelled_again_and_again_settles_every_call_once() -> None:
    one, two = Reluctant(), Reluctant()
    client, books = make_routed(one, two, racing=True)
    reading = asyncio.create_task(read(client))
    await asyncio.wait_for(asyncio.gather(one.asked.wait(), two.asked.wait()), WAIT_SECONDS)

    for _ in range(3):
        reading.cancel()
        await asyncio.sleep(0)
    one.may_go.set()
    two.may_go.set()
    with pytest.raises(asyncio.CancelledError):
        await reading

    assert [record.outcome for record in books.records] == ["stopped", "stopped"]


async def test_a_probe_that_is_stopped_makes_room_for_the_next() -> None:
    times = iter(range(0, 10**6, 1000))
    health = Health(clock=lambda: next(times))
    model = Reluctant()
    client, _ = make_routed(model, ScriptedClient(), health=health)
    health.enter(client.route.candidates[0]).bad(DOWN)
    reading = asyncio.create_task(read(client))
    await asyncio.wait_for(model.asked.wait(), WAIT_SECONDS)
    assert health.trouble(client.route.candidates[0])

    model.may_go.set()
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading

    assert not health.trouble(client.route.candidates[0])


async def test_books_that_fail_do_not_take_the_answer_away() -> None:
    class Broken(Books):
        async def settle(self, record: CallRecord) -> None:
            del record
            raise DatabaseUnavailableError("away")

    client, _ = make_routed(ScriptedClient("hello"), meter=Broken())

    assert (await client.complete(ASK)).text == "hello"


async def test_a_connection_that_cannot_be_closed_holds_no_money_back() -> None:
    class Sticky(ScriptedClient):
        async def stream(self, request: ModelRequest) -> AsyncGenerator[ModelEvent, None]:
            del request
            try:
                yield TextPart(text="hello")
                yield TextPart(text="never read")
            finally:
                raise ZeroDivisionError

    client, books = make_routed(Sticky())
    stream = client.stream(ASK)
    await anext(stream)

    with pytest.raises(ZeroDivisionError):
        await stream.aclose()

    assert [record.outcome for record in books.records] == ["stopped"]


async def test_a_loser_that_fails_while_it_goes_is_not_told_to_the_log() -> None:
    class Bitter(Reluctant):
        async def stream(self, request: ModelRequest) -> AsyncGenerator[ModelEvent, None]:
            async with aclosing(super().stream(request)) as events:
                try:
                    async for event in events:
                        yield event
                except asyncio.CancelledError:
                    raise DOWN from None

    complaints: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, said: complaints.append(said))
    loser = Bitter()
    loser.may_go.set()
    client, books = make_routed(loser, ScriptedClient("the answer"), racing=True)

    await read(client)
    assert await books.outcomes(2) == ["failed", "ok"]

    del loser, client, books
    for _ in range(10):  # until nobody holds the loser's task
        await asyncio.sleep(0)
    gc.collect()
    assert complaints == []


@pytest.mark.parametrize("racing", [True, False])
async def test_an_unexpected_error_is_no_reason_to_ask_another_and_is_settled(
    racing: bool,
) -> None:
    class Wrong(ScriptedClient):
        async def stream(self, request: ModelRequest) -> AsyncGenerator[ModelEvent, None]:
            del request
            yield TextPart(text=" ")
            raise ZeroDivisionError

    other, third = Reluctant(), ScriptedClient()
    other.may_go.set()
    client, books = make_routed(Wrong(), other, third, racing=racing)

    with pytest.raises(ZeroDivisionError):
        await read(client)

    assert books.records[0].error_code == "internal"
    assert other.asked.is_set() == racing
    assert third.prompts == []


async def test_a_model_that_falls_ill_meanwhile_is_asked_last() -> None:
    class Spreading(ScriptedClient):
        async def complete(self, request: ModelRequest) -> ModelAnswer:
            client.health.enter(client.route.candidates[1]).bad(DOWN)
            return await super().complete(request)

    second, third = ScriptedClient(), ScriptedClient("the answer")
    client, _ = make_routed(Spreading(DOWN), second, third)

    assert (await client.complete(ASK)).text == "the answer"
    assert second.prompts == []


async def test_a_reader_that_is_cancelled_while_its_call_is_settled_waits_for_that() -> None:
    settling, may_settle = asyncio.Event(), asyncio.Event()

    class Slow(Books):
        async def settle(self, record: CallRecord) -> None:
            settling.set()
            await may_settle.wait()
            await super().settle(record)

    client, books = make_routed(ScriptedClient("hello"), meter=Slow())
    reading = asyncio.create_task(read(client))
    await asyncio.wait_for(settling.wait(), WAIT_SECONDS)

    for _ in range(3):
        reading.cancel()
        await asyncio.sleep(0)
    may_settle.set()
    with pytest.raises(asyncio.CancelledError):
        await reading

    assert [record.outcome for record in books.records] == ["ok"]


async def test_tokens_are_counted_by_the_preferred_model() -> None:
    client, _ = make_routed(ScriptedClient(), ScriptedClient())

    assert client.count_tokens(ASK.messages) == 3
    assert client.name == "acme/m1"
