"""What both clients do with a server that works, and with one that does not: real sockets, one truth."""

from __future__ import annotations

import asyncio
import inspect
import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from babble_app.sdk import (
    AsyncBrainClient,
    AsyncSession,
    BrainClient,
    BrainError,
    BudgetExhaustedError,
    CitationEvent,
    ConnectionFailedError,
    DeltaEvent,
    DoneEvent,
    InvalidAnswerError,
    InvalidTokenError,
    ModelUnavailableError,
    NotFoundError,
    RateLimitedError,
    Retries,
    ServerFailedError,
    Session,
    SessionEvent,
    StateEvent,
    TimedOutError,
    Timeouts,
    ToolEvent,
    UnreachableError,
    ValidationFailedError,
)
from tests.fakes.brain_server import TOKEN, BrainServer, Fault

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from pathlib import Path

    from babble_app.sdk import BrainEvent

AT_ONCE = Retries(times=3, first_wait_seconds=0.0)


@pytest.fixture
def server() -> Iterator[BrainServer]:
    with BrainServer() as running:
        yield running


def connect(server: BrainServer, **options: Any) -> BrainClient:
    given: Any = {"base_url": server.url, "token": TOKEN, "max_retries": AT_ONCE, **options}
    return BrainClient(**given)


def connect_async(server: BrainServer, **options: Any) -> AsyncBrainClient:
    given: Any = {"base_url": server.url, "token": TOKEN, "max_retries": AT_ONCE, **options}
    return AsyncBrainClient(**given)


@contextmanager
def served(*faults: Fault | None, **options: Any) -> Generator[tuple[BrainServer, BrainClient]]:
    """Serve with faults, and connect a client."""
    with BrainServer(faults=faults) as server, connect(server, **options) as brain:
        yield server, brain


def text_of(events: list[BrainEvent]) -> str:
    return "".join(event.text for event in events if isinstance(event, DeltaEvent))


def test_a_question_is_answered(server: BrainServer) -> None:
    with connect(server) as brain:
        assert brain.ask("hello") == "You said: hello"


def test_an_answer_tells_its_facts_and_leaves_out_what_it_does_not_know(
    server: BrainServer,
) -> None:
    with connect(server) as brain:
        answer = brain.chat("hello", context={"app": "shop"}, user="u1")

    assert (answer.model, answer.agent_version, answer.usage.input_tokens) == ("demo/based", 7, 4)
    assert str(answer) == answer.response
    assert server.asked[0].body == {"message": "hello", "context": {"app": "shop"}, "user": "u1"}
    assert server.asked[0].headers["User-Agent"].startswith("babble-sdk/")


def test_a_session_keeps_its_id_its_context_and_its_user(server: BrainServer) -> None:
    with connect(server) as brain:
        session = brain.session(context={"app": "shop", "page": 1}, user="u1")
        session.ask("one")
        session.chat("two", context={"page": 2})
        list(session.stream("three"))
        said = [message.text for message in session.history()]

        assert said[::2] == ["one", "two", "three"]
        assert [asked.body.get("session_id") for asked in server.asked[:3]] == [
            None,
            session.id,
            session.id,
        ]
        assert server.asked[1].body["context"] == {"app": "shop", "page": 2}
        assert server.asked[1].body["user"] == "u1"
        assert len(session.history(limit=1)) == 1
        gone, _ = session.id, session.clear()
        assert session.id == ""
        assert session.history() == ()
        with pytest.raises(NotFoundError):
            brain.history(gone)


def test_what_belongs_to_a_conversation_is_sent_to_its_paths(
    server: BrainServer, tmp_path: Path
) -> None:
    (tmp_path / "menu.txt").write_text("soup 4.50", encoding="utf-8")
    with connect(server) as brain:
        session = brain.session("s/../x")
        session.stop()
        session.send_tool_result("call_1", {"rows": 2}, ok=False)
        uploaded = session.upload(tmp_path / "menu.txt")
        session.upload(b"soup", name="menu.txt")
        answer = brain.chat("hello")
        brain.feedback(answer, "up", "good")
        brain.feedback("m_7", "down")

        assert brain.session().open().greeting == "Hello!"
        assert brain.get_stats().model_extra == {"requests": 3, "cost_usd": 0.5}

    assert uploaded.name == "menu.txt"
    assert b'name="file"; filename="menu.txt"' in server.asked[2].body
    assert b"soup 4.50" in server.asked[2].body
    assert server.asked[1].body == {"call_id": "call_1", "ok": False, "result": {"rows": 2}}
    assert [asked.path for asked in server.asked[:3]] == [
        "/api/v1/sessions/s/../x/stop", "/api/v1/sessions/s/../x/tool-results", "/api/v1/sessions/s/../x/files",
    ]  # fmt: skip
    ratings = [asked.body for asked in server.asked if asked.path.endswith("/feedback")]
    assert ratings == [{"rating": "up", "comment": "good"}, {"rating": "down"}]


def test_a_file_of_bytes_needs_a_name(server: BrainServer) -> None:
    with connect(server) as brain, pytest.raises(ValueError, match="need a name"):
        brain.upload("s_1", b"soup")


def test_a_stream_is_typed_events_and_ends_with_the_whole_answer() -> None:
    events: list[tuple[str, dict[str, Any]]] = [
        ("state", {"name": "thinking"}),
        ("tool", {"name": "search", "status": "called", "call_id": "c1"}),
        ("citation", {"file": "menu.pdf", "page": 3, "quote": "soup"}),
        ("invented_later", {"x": 1}),
    ]
    with BrainServer(events=events) as server, connect(server) as brain:
        came = list(brain.stream("good day"))

    kinds = [SessionEvent, StateEvent, ToolEvent, CitationEvent, *[DeltaEvent] * 4, DoneEvent]
    assert [type(event) for event in came] == kinds
    assert text_of(came) == "You said: good day"
    assert isinstance(came[-1], DoneEvent)
    assert came[-1].answer.response == "You said: good day"


def test_a_stream_that_breaks_off_again_and_again_goes_on_without_gap_or_double() -> None:
    cuts = [Fault(events=2), Fault(events=0), Fault(events=1, clean=True), Fault(events=2)]
    with served(*cuts) as (server, brain):
        came = list(brain.stream("one two three four five"))

    assert text_of(came) == "You said: one two three four five"
    assert server.paid == ["one two three four five"]
    asked_behind = [asked.headers.get("Last-Event-ID") for asked in server.asked]
    assert [last and last.partition(".")[2] for last in asked_behind] == [None, "2", "2", "3", "5"]


def test_a_stream_that_never_goes_on_fails_in_the_end() -> None:
    with served(*([Fault(events=0)] * 9)) as (server, brain), pytest.raises(ConnectionFailedError):
        list(brain.stream("hello"))

    assert len(server.asked) == 1 + AT_ONCE.times
    assert len({asked.headers["Idempotency-Key"] for asked in server.asked}) == 1
    assert server.paid == ["hello"]


def test_a_failure_told_by_the_stream_is_raised_and_not_repeated() -> None:
    told = {"code": "budget_exhausted", "detail": "The cap is reached.", "retryable": False}
    with BrainServer(events=[("error", told)]) as server, connect(server) as brain:
        events = brain.stream("hello")
        with pytest.raises(BudgetExhaustedError, match="The cap is reached"):
            list(events)

    assert len(server.asked) == 1


def test_leaving_a_stream_closes_its_connection() -> None:
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
def test_a_failed_call_is_repeated_under_its_key_and_paid_once(fault: Fault) -> None:
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
    status: int, code: str, kind: type[BrainError]
) -> None:
    fault = Fault(status=status, body={"code": code, "detail": "Why.", "retryable": False})
    with served(fault) as (server, brain), pytest.raises(kind) as failed:
        brain.ask("hello")

    assert len(server.asked) == 1
    assert (failed.value.status, failed.value.request_id) == (status, "req_1")
    assert (str(failed.value), failed.value.retryable) == ("Why.", False)


def test_a_server_that_wants_too_much_patience_is_not_waited_for() -> None:
    fault = Fault(status=429, headers={"Retry-After": "3600"}, body={"code": "rate_limited"})
    with served(fault) as (_, brain), pytest.raises(RateLimitedError) as failed:
        brain.ask("hello")

    assert failed.value.retry_after_seconds == 3600
    assert failed.value.retryable


def test_a_failure_that_stays_is_told_after_the_last_repetition() -> None:
    with served(*([Fault(status=500)] * 9)) as (server, brain), pytest.raises(ServerFailedError):
        brain.ask("hello")

    assert len(server.asked) == 1 + AT_ONCE.times


def test_a_file_is_not_sent_twice_when_nobody_knows_whether_it_arrived() -> None:
    busy = Fault(status=429, headers={"Retry-After": "0"})
    with served(busy, Fault(served=True)) as (server, brain), pytest.raises(ConnectionFailedError):
        brain.upload("s_1", b"soup", name="menu.txt")

    assert len(server.asked) == 2


def test_silence_ends_a_call_when_its_time_is_over() -> None:
    with served(Fault(silent=True), timeout=0.3) as (_, brain), pytest.raises(TimedOutError):
        brain.ask("hello")


def test_a_silent_stream_is_taken_up_anew() -> None:
    fault = Fault(events=3, silent=True)
    with served(fault, timeout=Timeouts(idle=0.5)) as (server, brain):
        assert text_of(list(brain.stream("good day"))) == "You said: good day"

    assert len(server.asked) == 2


def test_a_server_that_is_not_there_is_said_to_be_unreachable() -> None:
    with BrainServer() as server:
        url = server.url
    brain = BrainClient(base_url=url, token=TOKEN, max_retries=AT_ONCE)
    with brain, pytest.raises(UnreachableError):
        brain.ask("hello")


@pytest.mark.parametrize("body", [b"<html>Welcome</html>", b"[]"])
def test_an_answer_of_another_server_is_told_as_such(body: bytes) -> None:
    fault = Fault(status=200, body=body)
    with served(fault, fault) as (_, brain):
        with pytest.raises(InvalidAnswerError, match="base_url"):
            brain.ask("hello")
        with pytest.raises(InvalidAnswerError, match="base_url"):
            list(brain.stream("hello"))


async def test_the_asynchronous_client_does_the_same() -> None:
    cuts = [Fault(status=503), Fault(events=2), Fault(events=1), None, Fault(status=500)]
    with BrainServer(faults=cuts) as server:
        async with connect_async(server) as brain:
            session = brain.session(user="u1")
            came = [event async for event in session.stream("good day")]
            answer = await session.chat("two")
            said = [message.text for message in await session.history()]
            file = await session.upload(b"soup", name="menu.txt")
            await brain.feedback(answer, "up")
            await session.clear()

    assert text_of(came) == "You said: good day"
    assert said[::2] == ["good day", "two"]
    assert file.name == "menu.txt"
    assert server.paid == ["good day", "two"]


async def test_questions_of_one_asynchronous_client_are_asked_side_by_side(
    server: BrainServer,
) -> None:
    async with connect_async(server) as brain:
        answers = await asyncio.gather(*(brain.ask(f"number {at}") for at in range(20)))

    assert answers == [f"You said: number {at}" for at in range(20)]


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


@pytest.mark.parametrize(
    ("blocking", "other"), [(BrainClient, AsyncBrainClient), (Session, AsyncSession)]
)
def test_both_clients_offer_the_same(blocking: type, other: type) -> None:
    def offered(kind: type) -> dict[str, list[str]]:
        return {
            name.removeprefix("a") if name == "aclose" else name: list(
                inspect.signature(member).parameters
            )
            for name, member in vars(kind).items()
            if inspect.isfunction(member) and not name.startswith("_")
        }

    assert offered(blocking) == offered(other)
    assert len(offered(blocking)) >= 9


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"base_url": "https://babble.example"}, "BABBLE_TOKEN"),
        ({"base_url": "https://babble.example", "token": "bb_1\r\nX-Evil: 1"}, "BABBLE_TOKEN"),
        ({"base_url": "babble.example", "token": TOKEN}, "no address"),
    ],
)
def test_settings_that_cannot_be_used_are_refused_at_once(
    options: dict[str, Any], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BABBLE_TOKEN", raising=False)

    with pytest.raises(ValueError, match=words):
        BrainClient(**options)


def test_the_environment_says_where_the_server_is(
    server: BrainServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BABBLE_BASE_URL", f"{server.url}/")
    monkeypatch.setenv("BABBLE_TOKEN", TOKEN)

    with BrainClient() as brain:
        assert brain.ask("hello") == "You said: hello"


def test_a_token_shows_nowhere(server: BrainServer) -> None:
    with connect(server, token="bb_canary") as brain:
        with pytest.raises(InvalidTokenError) as refused:
            brain.ask("hello")
        shown = (
            repr(vars(brain)) + repr(brain) + repr(refused.value) + json.dumps(refused.value.detail)
        )

    assert "canary" not in shown
