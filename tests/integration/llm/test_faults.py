"""What happens when a model's server misbehaves: the same for every wire, each fault through a real socket."""

from __future__ import annotations

import asyncio
import logging
import socket
from time import monotonic

import pytest

from babble_app.llm.redact import HIDDEN
from tests.fakes.script import Answer
from tests.integration.llm.clients import KEY, Waits, ask, collect, opened, text_of

TEXT = "one two three four five six"


@pytest.mark.parametrize("streamed", [True, False])
@pytest.mark.parametrize(
    ("status", "code"),
    [(429, "provider_rate_limited"), (500, "provider_unavailable"), (503, "provider_unavailable")],
)
async def test_a_passing_refusal_is_retried_twice_then_told(wire, server, status, code, streamed):
    server.script.queue += [Answer(fault="status", status=status)] * 3
    waits = Waits()

    async with opened(wire, server, waits=waits) as client:
        error = await _failure(client, streamed=streamed)

    assert error.code == code
    assert error.retryable
    assert client.target.provider.title in str(error)
    assert len(server.requests) == 3
    assert 0 < waits.seconds[0] < waits.seconds[1] < 1


@pytest.mark.parametrize("fault", ["status", "reset"])
async def test_an_answer_after_a_retry_is_an_ordinary_answer(wire, server, fault):
    server.script.queue += [Answer(fault=fault, status=503), TEXT]

    async with opened(wire, server) as client:
        events, error = await collect(client)

    assert error is None
    assert text_of(events) == TEXT


async def test_a_short_retry_after_is_honoured(wire, server):
    server.script.queue += [Answer(fault="status", status=429, retry_after=2), TEXT]
    waits = Waits()

    async with opened(wire, server, waits=waits) as client:
        _, error = await collect(client)

    assert error is None
    assert waits.seconds == [2]


async def test_a_long_retry_after_is_told_at_once(wire, server):
    server.script.queue.append(Answer(fault="status", status=429, retry_after=90))

    async with opened(wire, server) as client:
        _, error = await collect(client)

    assert error is not None
    assert error.code == "provider_rate_limited"
    assert error.retry_after_seconds == 90
    assert len(server.requests) == 1


@pytest.mark.parametrize("streamed", [True, False])
async def test_a_refused_key_is_named_and_never_shown(wire, server, caplog, streamed):
    server.script.queue.append(Answer(fault="status", status=401))

    with caplog.at_level(logging.DEBUG, logger="babble_app"):
        async with opened(wire, server) as client:
            error = await _failure(client, streamed=streamed)

    assert error.code == "provider_key_refused"
    assert "key" in str(error)
    assert KEY not in str(error)
    assert KEY not in caplog.text
    assert HIDDEN in caplog.text or "REDACTED" in caplog.text  # LiteLLM hides it by itself
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("message", "status", "code", "words"),
    [
        ("The model `x` does not exist", 404, "model_unavailable", "Choose another|choose another"),
        ("prompt is too long: 9999 tokens > 8192 maximum", 400, "context_too_large", "too long"),
        ("tools are unsupported", 400, "model_unavailable", "did not accept"),
        ("credit balance is too low", 400, "provider_key_refused", "credit"),
    ],
)
async def test_a_lasting_refusal_says_what_to_do_and_is_not_repeated(
    wire, server, message, status, code, words
):
    server.script.queue.append(Answer(fault="status", status=status, message=message))

    async with opened(wire, server) as client:
        _, error = await collect(client)

    assert error is not None
    assert error.code == code
    assert any(word in str(error) for word in words.split("|"))
    assert message not in str(error)
    assert len(server.requests) == 1


async def test_a_server_that_never_answers_meets_the_first_deadline(wire, server):
    server.script.queue.append(Answer(fault="hang"))
    began = monotonic()

    async with opened(wire, server, first_token=0.2) as client:
        events, error = await collect(client)

    assert error is not None
    assert error.code == "model_timeout"
    assert events == []
    assert monotonic() - began < 10  # the usual deadline is 60 s
    assert await asyncio.to_thread(server.hung_up.wait, 3)


async def test_a_whole_answer_that_never_comes_meets_a_deadline(wire, server):
    server.script.queue.append(Answer(fault="hang"))

    async with opened(wire, server, first_token=0.1, idle=0.1) as client:
        error = await _failure(client, streamed=False)

    assert error.code == "model_timeout"


async def test_a_stall_keeps_what_came_and_meets_the_idle_deadline(wire, server):
    server.script.queue.append(Answer(text=TEXT, fault="stall"))

    async with opened(wire, server, idle=0.2) as client:
        events, error = await collect(client)

    assert error is not None
    assert error.code == "model_timeout"
    assert text_of(events) == "one two three"
    assert await asyncio.to_thread(server.hung_up.wait, 3)


async def test_a_drip_meets_the_total_deadline(wire, server):
    server.script.queue.append(Answer(text=TEXT * 10, tokens_per_second=20))

    async with opened(wire, server, idle=0.3, total=0.4) as client:
        events, error = await collect(client)

    assert error is not None
    assert error.code == "model_timeout"
    assert text_of(events).startswith("one two")


@pytest.mark.parametrize("fault", ["cut", "close", "garbage", "error"])
async def test_an_answer_broken_in_the_middle_keeps_its_beginning(wire, server, fault):
    server.script.queue.append(Answer(text=TEXT, fault=fault))

    async with opened(wire, server) as client:
        events, error = await collect(client)

    assert error is not None
    assert error.code == "model_answer_invalid"
    assert error.retryable
    assert text_of(events) == "one two three"
    assert "done" not in [event.type for event in events]
    assert len(server.requests) == 1


@pytest.mark.parametrize("fault", ["cut", "garbage"])
async def test_a_broken_whole_answer_is_an_error(wire, server, fault):
    server.script.queue += [Answer(text=TEXT, fault=fault)] * 3

    async with opened(wire, server) as client:
        error = await _failure(client, streamed=False)

    assert error.code in {"model_answer_invalid", "provider_unavailable"}


@pytest.mark.parametrize("streamed", [True, False])
async def test_an_empty_answer_is_an_error(wire, server, streamed):
    server.script.queue.append(Answer(fault="empty"))

    async with opened(wire, server) as client:
        error = await _failure(client, streamed=streamed)

    assert error.code == "model_answer_invalid"
    assert "empty" in str(error)


@pytest.mark.parametrize("streamed", [True, False])
async def test_a_web_page_is_not_taken_for_an_answer(wire, server, streamed):
    server.script.queue += [Answer(fault="html")] * 3

    async with opened(wire, server) as client:
        error = await _failure(client, streamed=streamed)

    assert error.code in {"model_answer_invalid", "provider_unavailable"}
    assert "<" not in str(error)


@pytest.mark.parametrize("streamed", [True, False])
async def test_an_endless_answer_is_stopped_at_the_cap(wire, server, streamed):
    server.script.queue.append(Answer(fault="huge"))

    async with opened(wire, server, max_chars=20_000) as client:
        error = await _failure(client, streamed=streamed)

    assert error.code == "model_answer_invalid"
    assert "limit" in str(error)


async def test_a_server_that_is_not_there_is_named_with_its_address(wire):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{unused.getsockname()[1]}"

    class Nowhere:
        url = address
        openai_url = f"{address}/v1"

    async with opened(wire, Nowhere()) as client:
        _, error = await collect(client)

    assert error is not None
    assert error.code == "provider_unavailable"
    assert address in str(error)


async def test_cancelling_the_reader_ends_the_providers_work(wire, server):
    server.script.queue.append(Answer(text=TEXT * 100, tokens_per_second=50))
    first = asyncio.Event()

    async def read(client):
        async for _ in client.stream(ask()):
            first.set()

    async with opened(wire, server) as client:
        task = asyncio.create_task(read(client))
        await asyncio.wait_for(first.wait(), 5)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

        assert await asyncio.to_thread(server.hung_up.wait, 3)


async def _failure(client, *, streamed):
    if streamed:
        events, error = await collect(client)
        assert "done" not in [event.type for event in events]
        assert error is not None
        return error
    with pytest.raises(Exception) as caught:  # noqa: PT011 - the callers look at its code
        await client.complete(ask())
    return caught.value
