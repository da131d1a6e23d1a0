"""A route of dead, slow, lying and limited servers answers by the healthy one, and says why; all through real sockets."""

from __future__ import annotations

import asyncio
from contextlib import aclosing

import pytest

from babble_app.errors import BabbleError
from babble_app.llm.health import Health
from babble_app.schemas.models import Image, ModelMessage, ModelRequest, ToolSpec
from tests.fakes.books import WAIT_SECONDS
from tests.fakes.script import Answer
from tests.integration.llm.clients import ask, collect, text_of
from tests.integration.llm.routes import Dead, announced, routed, serving

TEXT = "one two three four five six"
GARBAGE = Answer(text=TEXT, fault="garbage", after=0)


class Clock:
    """A time that passes when it is told to."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize("streamed", [True, False])
async def test_a_dead_a_limited_a_slow_and_lying_servers_are_passed_and_named(streamed):
    faults = {
        "limited": Answer(fault="status", status=429, retry_after=60),
        "slow": Answer(fault="hang"),
        "page": Answer(fault="html"),
        "empty": Answer(fault="empty"),
        "garbled": GARBAGE,
    }
    with serving(**faults, healthy=TEXT) as servers:
        async with routed(
            {"dead": Dead(), **servers}, impatient={"slow"}, why_first="your default"
        ) as opened:
            text, model, why = await _answer(opened.client, streamed=streamed)
            records = await opened.books.wait_for(7)
            again = await _answer(opened.client, streamed=streamed)

    assert text == TEXT
    assert model == "custom/healthy"
    assert why == (
        "healthy: dead was not reachable; limited was rate-limited; slow took too long; "
        "page gave no usable answer; empty gave no usable answer; garbled gave no usable answer"
    )
    assert again == (text, model, why)  # they cool: nobody is asked but the healthy one
    assert [len(server.requests) for server in servers.values()] == [1, 1, 1, 1, 1, 2]
    assert [record.outcome for record in records] == ["failed"] * 6 + ["ok"]
    assert [record.error_code for record in records[:3]] == [
        "provider_unavailable",
        "provider_rate_limited",
        "model_timeout",
    ]
    assert len({record.chain_id for record in records}) == 1
    assert records[-1].why == why
    assert records[-1].served_model == "healthy"
    assert records[-1].usage.output_tokens == 6
    assert opened.waits.seconds == []


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Answer(fault="status", status=503), "was not reachable"),
        (Answer(fault="status", status=401), "refused the key"),
        (Answer(fault="reset"), "was not reachable"),
        (Answer(fault="status", status=404, message="The model `x` does not exist"), "did not"),
        (Answer(fault="status", status=400, message="prompt is too long"), "too small a context"),
    ],
    ids=["503", "401", "reset", "unknown model", "too long"],
)
async def test_what_another_model_may_do_better_falls_back(answer, words):
    with serving(first=answer, second=TEXT) as servers:
        async with routed(servers) as opened:
            text, _, why = await _answer(opened.client)

            assert await opened.books.outcomes(2) == ["failed", "ok"]

    assert text == TEXT
    assert words in why


async def test_a_lone_model_that_answers_needs_no_words():
    with serving(only=TEXT) as servers:
        async with routed(servers, why_first="your default") as opened:
            assert await _answer(opened.client) == (TEXT, "custom/only", "")


async def test_the_preferred_model_says_why_it_is_the_first():
    with serving(one=TEXT, two="other") as servers:
        async with routed(servers, why_first="your default") as opened:
            _, _, why = await _answer(opened.client)

    assert why == "one: your default"


@pytest.mark.parametrize("fault", ["cut", "garbage", "error", "stall"])
async def test_after_the_first_token_nobody_else_is_asked(fault):
    with serving(broken=Answer(text=TEXT, fault=fault), healthy="other") as servers:
        async with routed(servers, impatient={"broken"}) as opened:
            events, error = await collect(opened.client)
            (record,) = await opened.books.wait_for(1)

    assert text_of(events) == "one two three"
    assert error is not None
    assert "No model answered" not in str(error)
    assert servers["healthy"].requests == []
    assert record.outcome == "failed"
    assert record.usage.output_tokens == 4  # thirteen characters had arrived
    assert record.usage.input_tokens > 0


async def test_white_space_is_no_first_token():
    blank = Answer(text="\n \n", tokens_per_second=100)
    with serving(blank=blank, healthy=TEXT) as servers:
        async with routed(servers) as opened:
            text, _, why = await _answer(opened.client)

    assert text == TEXT
    assert why == "healthy: blank gave no usable answer"


async def test_only_the_last_of_a_route_tries_again_by_itself():
    down = Answer(fault="status", status=503)
    with serving(one=down, two=down) as servers:
        async with routed(servers) as opened:
            _, error = await collect(opened.client)

    assert [len(server.requests) for server in servers.values()] == [1, 3]
    assert len(opened.waits.seconds) == 2
    assert error is not None
    assert error.code == "provider_unavailable"
    assert "one was not reachable; two was not reachable" in str(error)


async def test_a_model_without_money_is_passed_and_a_route_without_money_says_so():
    with serving(dear=TEXT, cheap="cheap answer") as servers:
        async with routed(servers, broke={"custom/dear"}) as opened:
            text, _, why = await _answer(opened.client)
            assert await opened.books.outcomes(1) == ["ok"]
        async with routed(servers, broke={"custom/dear", "custom/cheap"}) as opened:
            _, error = await collect(opened.client)

    assert text == "cheap answer"
    assert why == "cheap: dear was over budget"
    assert servers["dear"].requests == []
    assert error is not None
    assert error.code == "budget_exhausted"
    assert opened.books.records == []


async def test_needs_decide_before_anybody_is_asked():
    eyes = {"seeing": {"sees_images": True}, "blind": {"sees_images": False}}
    picture = Image(media_type="image/png", data=b"png")
    seen = ModelRequest(messages=(ModelMessage(role="user", text="hi", images=(picture,)),))
    with serving(blind="no", seeing=TEXT) as servers:
        async with routed(servers, facts=eyes) as opened:
            assert opened.client.sees_images
            text, _, why = await _answer(opened.client, seen)

    assert (text, why) == (TEXT, "seeing: needs vision")
    assert servers["blind"].requests == []


async def test_tools_and_their_calls_go_the_same_way():
    tool = ToolSpec(name="look_up", description="Look it up.", parameters={"type": "object"})
    use = {"tools": [{"name": "look_up"}]}
    with serving(plain=TEXT, able=use) as servers:
        async with routed(servers, facts={"plain": {"calls_tools": False}}) as opened:
            events, error = await collect(opened.client, ask(tools=(tool,)))

    assert error is None
    assert [event.type for event in events] == ["tool_call", "done"]
    assert events[-1].why == "able: needs tools"


async def test_after_the_cooldown_one_request_probes_and_the_rest_go_elsewhere():
    clock = Clock()
    health = Health(clock)
    probing, answer = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    async def wait(_incoming):
        loop.call_soon_threadsafe(probing.set)
        await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(answer.wait(), loop))
        return "back again"

    with serving(sick=Answer(fault="status", status=503), healthy=TEXT) as servers:
        async with routed(servers, health=health) as opened:
            await _answer(opened.client)
            clock.now += 3
            servers["sick"].script.queue[0] = wait
            probe = asyncio.create_task(_answer(opened.client))
            await asyncio.wait_for(probing.wait(), WAIT_SECONDS)

            others = [await _answer(opened.client) for _ in range(3)]
            answer.set()
            probed = await probe
            after = await _answer(opened.client)

    assert {other[1] for other in others} == {"custom/healthy"}
    assert probed[:2] == ("back again", "custom/sick")
    assert after[1] == "custom/sick"
    assert len(servers["sick"].requests) == 3


async def test_where_all_are_cooling_they_are_asked_all_the_same():
    with serving(one=Answer(fault="status", status=503), two=GARBAGE) as servers:
        async with routed(servers) as opened:
            await collect(opened.client)
            for server in servers.values():
                server.script.queue[0] = TEXT

            text, model, _ = await _answer(opened.client)

    assert (text, model) == (TEXT, "custom/one")


@pytest.mark.parametrize("after_first_token", [True, False])
async def test_stopping_settles_once_and_closes_the_connection(after_first_token):
    talking = Answer(text=TEXT * 100, tokens_per_second=50)
    answer, asked = announced(talking if after_first_token else Answer(fault="hang"))
    with serving(first=answer, second="other") as servers:
        async with routed(servers) as opened:
            heard = asyncio.Event()
            reading = asyncio.create_task(_read(opened.client, heard))
            await asyncio.wait_for((heard if after_first_token else asked).wait(), WAIT_SECONDS)
            reading.cancel()
            reading.cancel()
            with pytest.raises(asyncio.CancelledError):
                await reading

            assert [record.outcome for record in opened.books.records] == ["stopped"]
            assert opened.books.reserved == 1
            assert await asyncio.to_thread(servers["first"].hung_up.wait, WAIT_SECONDS)
            record = opened.books.records[0]

    assert servers["second"].requests == []
    assert (record.usage.output_tokens > 0) is after_first_token
    assert record.usage.input_tokens > 0


async def test_a_reader_that_leaves_early_settles_once():
    with serving(only=Answer(text=TEXT * 100, tokens_per_second=50)) as servers:
        async with routed(servers) as opened:
            async with aclosing(opened.client.stream(ask())) as stream:
                await anext(stream)

            assert [record.outcome for record in opened.books.records] == ["stopped"]
            assert await asyncio.to_thread(servers["only"].hung_up.wait, WAIT_SECONDS)


async def test_a_reader_that_leaves_after_the_end_got_a_whole_answer():
    with serving(only=TEXT) as servers:
        async with routed(servers) as opened:
            async with aclosing(opened.client.stream(ask())) as stream:
                async for event in stream:
                    if event.type == "done":
                        break

            assert [record.outcome for record in opened.books.records] == ["ok"]


async def _answer(client, request=None, *, streamed=True):
    """Return text, model and why of an answer."""
    if not streamed:
        answer = await client.complete(request or ask())
        return answer.text, answer.model, answer.why
    events, error = await collect(client, request)
    assert error is None, error
    return text_of(events), events[-1].model, events[-1].why


async def _read(client, heard):
    try:
        async with aclosing(client.stream(ask())) as stream:
            async for _ in stream:
                heard.set()
    except BabbleError:
        pytest.fail("the answer broke off by itself")
