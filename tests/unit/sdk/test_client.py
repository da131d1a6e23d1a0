"""What both clients do with a server that works, on real sockets."""

from __future__ import annotations

import asyncio
import inspect
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from babble_app.sdk import (
    AsyncBrainClient,
    AsyncSession,
    BrainClient,
    CitationEvent,
    DeltaEvent,
    DoneEvent,
    InvalidTokenError,
    NotFoundError,
    Session,
    SessionEvent,
    StateEvent,
    ToolEvent,
    UnreachableError,
)
from tests.fakes.brain_server import TOKEN, BrainServer
from tests.unit.sdk.connected import AT_ONCE, connect, connect_async, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def server() -> Iterator[BrainServer]:
    with BrainServer() as running:
        yield running


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
        session.clear()
        assert session.history() == ()
        assert [one.session_id for one in brain.list_sessions(user="u1")] == [session.id]
        assert server.asked[-1].query == {"user": "u1", "limit": "50"}
        with pytest.raises(NotFoundError):
            brain.history("s_somebodys")


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
        stats = brain.get_stats(since=datetime(2026, 11, 1, tzinfo=UTC))

    assert (stats.cost_usd, stats.by_day[0].requests) == (0.5, 3)
    assert server.asked[-1].query == {"since": "2026-11-01T00:00:00+00:00"}
    assert uploaded.name == "menu.txt"
    assert b'name="file"; filename="menu.txt"' in server.asked[2].body
    assert b"soup 4.50" in server.asked[2].body
    assert server.asked[1].body == {"call_id": "call_1", "ok": False, "result": '{"rows": 2}'}
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


def test_a_server_that_is_not_there_is_said_to_be_unreachable() -> None:
    with BrainServer() as server:
        url = server.url
    brain = BrainClient(base_url=url, token=TOKEN, max_retries=AT_ONCE)
    with brain, pytest.raises(UnreachableError):
        brain.ask("hello")


async def test_an_asynchronous_session_does_the_same(server: BrainServer) -> None:
    async with connect_async(server) as brain:
        session = brain.session(context={"app": "shop"}, user="u1")
        file = await session.upload(b"soup", name="menu.txt")
        came = [event async for event in session.stream("one")]
        answer = await session.chat("two")
        said = [message.text for message in await session.history()]
        await brain.feedback(answer, "up")
        await session.send_tool_result("call_1", "done")
        await session.stop()
        await session.clear()

        assert await session.history() == ()
        assert (await brain.get_stats()).requests == 3
        assert [one.session_id for one in await brain.list_sessions()] == [session.id]

    assert (file.name, text_of(came)) == ("menu.txt", "You said: one")
    assert said == ["Hello!", "one", "You said: one", "two", "You said: two"]
    assert server.asked[0].body == {"context": {"app": "shop"}, "user": "u1"}
    assert server.asked[2].body["session_id"] == session.id


async def test_questions_of_one_asynchronous_client_are_asked_side_by_side(
    server: BrainServer,
) -> None:
    async with connect_async(server) as brain:
        answers = await asyncio.gather(*(brain.ask(f"number {at}") for at in range(20)))

    assert answers == [f"You said: number {at}" for at in range(20)]


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
