"""What both clients do with a server, or a network, that fails: on real sockets."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import hypothesis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from babble_app.sdk import (
    BrainError,
    BudgetExhaustedError,
    ConnectionFailedError,
    InvalidAnswerError,
    InvalidTokenError,
    ModelUnavailableError,
    NotFoundError,
    RateLimitedError,
    Retries,
    ServerFailedError,
    SessionEvent,
    TimedOutError,
    Timeouts,
    ValidationFailedError,
)
from tests.fakes.brain_server import BrainServer, Fault
from tests.unit.sdk.connected import (
    AT_ONCE,
    Serving,
    connect,
    connect_async,
    connect_awaited,
    text_of,
)

if TYPE_CHECKING:
    pass


@pytest.fixture(params=[connect, connect_awaited])
def served(request: pytest.FixtureRequest) -> Serving:
    """Each of the two clients in turn."""
    return Serving(request.param)


def test_a_stream_that_breaks_off_again_and_again_goes_on_without_gap_or_double(
    served: Serving,
) -> None:
    cuts = [Fault(events=2), Fault(events=0), Fault(events=1, clean=True), Fault(events=2)]
    with served(*cuts) as (server, brain):
        came = list(brain.stream("one two three four five"))

    assert text_of(came) == "You said: one two three four five"
    assert server.paid == ["one two three four five"]
    asked_behind = [asked.headers.get("Last-Event-ID") for asked in server.asked]
    assert [last and last.partition(".")[2] for last in asked_behind] == [None, "2", "2", "3", "5"]


def test_a_stream_that_never_goes_on_fails_in_the_end(served: Serving) -> None:
    with served(*([Fault(events=0)] * 9)) as (server, brain), pytest.raises(ConnectionFailedError):
        list(brain.stream("hello"))

    assert len(server.asked) == 1 + AT_ONCE.times
    assert len({asked.headers["Idempotency-Key"] for asked in server.asked}) == 1
    assert server.paid == ["hello"]


def test_a_failure_told_by_the_stream_is_raised_and_not_repeated(served: Serving) -> None:
    told = {"code": "budget_exhausted", "detail": "The cap is reached.", "retryable": False}
    with served(events=[("error", told)]) as (server, brain):
        events = brain.stream("hello")
        with pytest.raises(BudgetExhaustedError, match="The cap is reached"):
            list(events)

    assert len(server.asked) == 1


def test_leaving_a_stream_closes_its_connection(served: Serving) -> None:
    with served(Fault(events=2, silent=True)) as (server, brain):
        events = brain.stream("hello")
        next(events)
        events.close()

        assert server.left.wait(10)


@pytest.mark.parametrize(
    "fault",
    [
        Fault(status=429, headers={"Retry-After": "0"}, body={"code": "rate_limited"}),
        Fault(status=500, body={"code": "internal", "retryable": False}),
        Fault(status=502, body=b"<html>Bad gateway</html>"),
        Fault(status=503, body={"code": "not_ready", "retryable": True}),
        Fault(),
        Fault(served=True),
    ],
)
def test_a_failed_call_is_repeated_under_its_key_and_paid_once(
    served: Serving, fault: Fault
) -> None:
    with served(fault, fault) as (server, brain):
        assert brain.ask("hello") == "You said: hello"

    assert len(server.asked) == 3
    assert len({asked.headers["Idempotency-Key"] for asked in server.asked}) == 1
    assert server.paid == ["hello"]


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (401, "invalid_token", InvalidTokenError),
        (402, "budget_exhausted", BudgetExhaustedError),
        (404, "not_found", NotFoundError),
        (422, "validation_failed", ValidationFailedError),
        (503, "model_unavailable", ModelUnavailableError),
        (302, "", InvalidAnswerError),
    ],
)
def test_a_call_that_cannot_succeed_fails_at_once_with_its_kind(
    served: Serving, status: int, code: str, kind: type[BrainError]
) -> None:
    fault = Fault(status=status, body={"code": code, "detail": "Why.", "retryable": False})
    with served(fault) as (server, brain), pytest.raises(kind) as failed:
        brain.ask("hello")

    assert len(server.asked) == 1
    assert (failed.value.status, failed.value.request_id) == (status, "req_1")
    assert (str(failed.value), failed.value.retryable) == ("Why.", False)


def test_a_model_that_failed_is_not_asked_again_under_the_same_key(served: Serving) -> None:
    fault = Fault(status=503, body={"code": "provider_unavailable", "retryable": True})
    with served(fault) as (server, brain), pytest.raises(ModelUnavailableError) as failed:
        brain.ask("hello")

    assert failed.value.retryable
    assert len(server.asked) == 1


def test_a_server_that_wants_too_much_patience_is_not_waited_for(served: Serving) -> None:
    fault = Fault(status=429, headers={"Retry-After": "45"}, body={"code": "rate_limited"})
    with served(fault) as (_, brain), pytest.raises(RateLimitedError) as failed:
        brain.ask("hello")

    assert failed.value.retry_after_seconds == 45
    assert failed.value.retryable


def test_a_failure_that_stays_is_told_after_the_last_repetition(served: Serving) -> None:
    with served(*([Fault(status=500)] * 9)) as (server, brain), pytest.raises(ServerFailedError):
        brain.ask("hello")

    assert len(server.asked) == 1 + AT_ONCE.times


def test_a_file_is_not_sent_twice_when_nobody_knows_whether_it_arrived(served: Serving) -> None:
    busy = Fault(status=429, headers={"Retry-After": "0"})
    with served(busy, Fault(served=True)) as (server, brain), pytest.raises(ConnectionFailedError):
        brain.upload("s_1", b"soup", name="menu.txt")

    assert len(server.asked) == 2


def test_silence_ends_a_call_when_its_time_is_over(served: Serving) -> None:
    with served(Fault(silent=True), timeout=0.3) as (_, brain), pytest.raises(TimedOutError):
        brain.ask("hello")


def test_a_silent_stream_is_taken_up_anew(served: Serving) -> None:
    fault = Fault(events=3, silent=True)
    with served(fault, timeout=Timeouts(idle=0.5)) as (server, brain):
        assert text_of(list(brain.stream("good day"))) == "You said: good day"

    assert len(server.asked) == 2


@pytest.mark.parametrize("body", [b"<html>Welcome</html>", b"[]"])
def test_an_answer_of_another_server_is_told_as_such(served: Serving, body: bytes) -> None:
    fault = Fault(status=200, body=body)
    with served(fault, fault) as (_, brain):
        with pytest.raises(InvalidAnswerError, match="base_url"):
            brain.ask("hello")
        with pytest.raises(InvalidAnswerError, match="base_url"):
            list(brain.stream("hello"))


_FAULTS = st.one_of(
    st.builds(Fault, events=st.integers(1, 4), clean=st.booleans()),
    st.sampled_from([Fault(status=503), Fault(status=429, headers={"Retry-After": "0"}), Fault()]),
)


@hypothesis.settings(max_examples=30)
@given(st.lists(_FAULTS, max_size=6), st.lists(st.sampled_from(["a", "Ü", "🥐"]), min_size=1))
def test_however_a_stream_is_disturbed_it_is_whole_and_paid_once(
    faults: list[Fault], words: list[str]
) -> None:
    message = " ".join(words)
    patient = Retries(times=len(faults), first_wait_seconds=0)
    with Serving(connect)(*faults, max_retries=patient) as (server, brain):
        events = list(brain.stream(message))

    assert text_of(events) == f"You said: {message}"
    assert [type(event) for event in events].count(SessionEvent) == 1
    assert server.paid == [message]


async def test_a_cancelled_stream_closes_its_connection() -> None:
    with BrainServer(faults=[Fault(events=2, silent=True)]) as server:
        async with connect_async(server) as brain:
            begun = asyncio.Event()

            async def follow() -> None:
                async for _ in brain.stream("hello"):
                    begun.set()

            following = asyncio.create_task(follow())
            await asyncio.wait_for(begun.wait(), 10)
            following.cancel()
            await asyncio.wait({following})

            assert await asyncio.to_thread(server.left.wait, 10)
