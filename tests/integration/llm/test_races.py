"""Racing and hedging through real sockets: the first good token wins, and the losers' servers are told to stop."""

from __future__ import annotations

import asyncio
from contextlib import aclosing

import pytest

from babble_app.errors import ProviderRateLimitedError
from tests.fakes.books import WAIT_SECONDS
from tests.fakes.script import Answer
from tests.integration.llm.clients import WIRES, ask, collect, text_of
from tests.integration.llm.routes import announced, routed, serving

TEXT = "one two three four five six"
HANG = Answer(fault="hang")


@pytest.mark.parametrize("wire", WIRES[:2])
@pytest.mark.parametrize("streamed", [True, False])
async def test_the_first_good_token_wins_and_the_loser_is_cancelled(wire, streamed):
    with serving(slow=HANG, quick=TEXT, third="other") as servers:
        async with routed(servers, wire=wire, racing=True) as opened:
            text, why = await _answer(opened.client, streamed=streamed)
            slow, quick = await opened.books.wait_for(2)

            assert await asyncio.to_thread(servers["slow"].hung_up.wait, WAIT_SECONDS)

    assert text == TEXT
    assert why == "quick: faster than slow"
    assert (slow.outcome, quick.outcome) == ("lost", "ok")
    assert slow.usage.input_tokens > 0  # what was sent may have to be paid
    assert servers["third"].requests == []


async def test_the_preferred_model_may_win_too():
    with serving(quick=TEXT, slow=HANG) as servers:
        async with routed(servers, racing=True) as opened:
            assert await _answer(opened.client) == (TEXT, "quick: faster than slow")
            assert await opened.books.outcomes(2) == ["ok", "lost"]


async def test_a_lie_does_not_win_a_race_and_the_next_takes_its_place():
    with serving(lying=Answer(fault="html"), slow=HANG, third=TEXT) as servers:
        async with routed(servers, racing=True) as opened:
            text, why = await _answer(opened.client)
            assert await opened.books.outcomes(3) == ["failed", "lost", "ok"]

    assert text == TEXT
    assert why == "third: lying gave no usable answer; faster than slow"


async def test_a_race_that_all_lose_names_them():
    down = Answer(fault="status", status=503)
    with serving(one=down, two=down, three=down) as servers:
        async with routed(servers, racing=True) as opened:
            _, error = await collect(opened.client)
            assert await opened.books.outcomes(3) == ["failed"] * 3

    assert error is not None
    assert error.code == "provider_unavailable"
    assert str(error).count("was not reachable") == 3


async def test_a_model_that_cools_does_not_race():
    with serving(first=Answer(text=TEXT, delay=0.2), sick="other") as servers:
        async with routed(servers, racing=True) as opened:
            sick = opened.client.route.candidates[1]
            opened.health.enter(sick).bad(ProviderRateLimitedError("", retry_after_seconds=3600))

            assert await _answer(opened.client) == (TEXT, "")

    assert servers["sick"].requests == []


async def test_beside_a_running_model_none_is_asked_that_cools():
    down = Answer(fault="status", status=503)
    with serving(down=down, second=Answer(text=TEXT, delay=0.2), sick="other") as servers:
        async with routed(servers, racing=True) as opened:
            sick = opened.client.route.candidates[2]
            opened.health.enter(sick).bad(ProviderRateLimitedError("", retry_after_seconds=3600))

            assert await _answer(opened.client) == (TEXT, "second: down was not reachable")

    assert servers["sick"].requests == []


async def test_the_preferred_model_owes_nothing_to_another_that_failed():
    down = Answer(fault="status", status=503, message="down")
    with serving(first=Answer(text=TEXT, delay=0.3), down=down, third=down) as servers:
        async with routed(servers, racing=True) as opened:
            text, why = await _answer(opened.client)

    assert (text, why) == (TEXT, "")
    assert len(servers["down"].requests) == 1


async def test_stopping_a_race_ends_both():
    (one, one_asked), (two, two_asked) = announced(HANG), announced(HANG)
    with serving(one=one, two=two) as servers:
        async with routed(servers, racing=True) as opened:
            reading = asyncio.create_task(_read(opened.client))
            async with asyncio.timeout(WAIT_SECONDS):
                await asyncio.gather(one_asked.wait(), two_asked.wait())
            reading.cancel()
            with pytest.raises(asyncio.CancelledError):
                await reading

            assert [record.outcome for record in opened.books.records] == ["stopped", "stopped"]
            for server in servers.values():
                assert await asyncio.to_thread(server.hung_up.wait, WAIT_SECONDS)


@pytest.mark.parametrize("streamed", [True, False])
async def test_a_model_that_is_slower_than_usual_gets_a_second_beside_it(streamed):
    with serving(slow=HANG, second=TEXT) as servers:
        async with routed(servers, hedging=True) as opened:
            _remember(opened, calls=20)

            text, why = await _answer(opened.client, streamed=streamed)

            assert await opened.books.outcomes(2) == ["lost", "ok"]
            assert await asyncio.to_thread(servers["slow"].hung_up.wait, WAIT_SECONDS)

    assert (text, why) == (TEXT, "second: slow was slow")


async def test_a_model_that_is_as_quick_as_usual_is_asked_alone():
    with serving(first=Answer(text=TEXT, delay=0.5), second="other") as servers:
        async with routed(servers, hedging=True) as opened:
            _remember(opened, calls=20, seconds=WAIT_SECONDS)

            assert await _answer(opened.client) == (TEXT, "")

    assert servers["second"].requests == []


async def test_without_enough_measures_nobody_is_slow():
    with serving(first=Answer(text=TEXT, delay=0.5), second="other") as servers:
        async with routed(servers, hedging=True) as opened:
            _remember(opened, calls=19)

            assert await _answer(opened.client) == (TEXT, "")

    assert servers["second"].requests == []


def _remember(opened, *, calls, seconds=0.01):
    """Let the first model have answered so often, in so many seconds."""
    for _ in range(calls):
        visit = opened.health.enter(opened.client.route.candidates[0])
        visit.good(first_token_seconds=seconds, total_seconds=seconds)


async def _answer(client, *, streamed=True):
    """Return text and reason of an answer."""
    if not streamed:
        answer = await client.complete(ask())
        return answer.text, answer.why
    events, error = await collect(client)
    assert error is None, error
    return text_of(events), events[-1].why


async def _read(client):
    async with aclosing(client.stream(ask())) as stream:
        async for _ in stream:
            pass
