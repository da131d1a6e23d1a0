"""The Python client with a real server: its conversations are those that the server keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from babble_app.sdk import (
    AsyncBrainClient,
    BrainClient,
    ConflictError,
    DeltaEvent,
    DoneEvent,
    InvalidTokenError,
    NotFoundError,
    RateLimitedError,
    Retries,
    SessionEvent,
    ValidationFailedError,
)
from babble_app.services import app_tokens, apps
from tests.fakes.cutting_proxy import CuttingProxy
from tests.integration.api.app_people import BIKE_SHOP, HostApp, make_host_app

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.integration.api.conftest import LiveServer, Person


@pytest.fixture
def brain(server: LiveServer, host: HostApp) -> Iterator[BrainClient]:
    """A client of that app."""
    with BrainClient(base_url=server.url, token=host.token.token) as made:
        yield made


def test_three_turns_are_one_conversation(brain: BrainClient) -> None:
    session = brain.session(context={"app": "exportee"}, user="u1")

    answers = [session.chat(text) for text in ("Hello", "And now?", "Thank you")]

    assert {answer.session_id for answer in answers} == {session.id}
    assert len({answer.message_id for answer in answers}) == 3
    assert all(answer.response and answer.model == "demo/based" for answer in answers)


async def test_a_stream_ends_with_what_it_said(server: LiveServer, host: HostApp) -> None:
    async with AsyncBrainClient(base_url=server.url, token=host.token.token) as brain:
        events = [event async for event in brain.stream("Hello")]

    first, last = events[0], events[-1]
    assert isinstance(first, SessionEvent)
    assert isinstance(last, DoneEvent)
    assert last.answer.session_id == first.session_id
    said = "".join(event.text for event in events if isinstance(event, DeltaEvent))
    assert said == last.answer.response


def test_a_network_that_breaks_off_leaves_no_gap_and_asks_nothing_again(
    server: LiveServer, host: HostApp
) -> None:
    whole = host.client.post("/api/v1/chat", json={"message": "Hello"}).json()["response"]
    with CuttingProxy(server.url, [900, 1200, 0, 1100]) as proxy:
        retries = Retries(first_wait_seconds=0)
        with BrainClient(base_url=proxy.url, token=host.token.token, max_retries=retries) as brain:
            session = brain.session()
            events = list(session.stream("Hello"))

            assert not proxy.cuts
    said = "".join(event.text for event in events if isinstance(event, DeltaEvent))
    assert said == whole
    assert [type(event) for event in events].count(SessionEvent) == 1


def test_an_agents_program_is_talked_to_until_it_ends(server: LiveServer, person: Person) -> None:
    host = make_host_app(server, person.user.id, program=BIKE_SHOP)
    with BrainClient(base_url=server.url, token=host.token.token) as brain:
        session = brain.session()
        first = session.chat("My bell is broken")
        second = session.chat("It is a red one")
        last = session.chat("Goodbye!")

        assert first.response.startswith("Welcome to the bike shop.")
        assert (first.agent_version, second.ended) == (1, False)
        assert (last.response, last.ended) == ("Ride safely!", True)
        with pytest.raises(ConflictError):
            session.chat("Wait")


def test_an_agent_speaks_first_and_what_was_said_is_kept_until_it_is_cleared(
    server: LiveServer, person: Person
) -> None:
    host = make_host_app(server, person.user.id, program=BIKE_SHOP)
    with BrainClient(base_url=server.url, token=host.token.token) as brain:
        session = brain.session(user="ada")
        opening = session.open()
        answer = session.chat("My bell is broken")
        brain.feedback(answer, "up", "Just right")
        said = session.history()
        session.clear()
        [listed] = brain.list_sessions(user="ada")

        assert opening.greeting == said[0].text == "Welcome to the bike shop."
        assert [message.role for message in said] == ["assistant", "user", "assistant"]
        assert (said[-1].id, said[-1].rating) == (answer.message_id, "up")
        assert session.history() == ()
        assert listed.session_id == session.id
        assert brain.list_sessions(user="somebody else") == ()


def test_a_file_of_a_session_is_read_and_figures_are_kept(
    server: LiveServer, host: HostApp, brain: BrainClient, tmp_path: Path
) -> None:
    server.call(apps.update_app(server.runtime, host.owner_id, host.app.id, takes_files=True))
    (tmp_path / "menu.txt").write_text("A bowl of soup costs 4.50 euros.", encoding="utf-8")
    session = brain.session()
    file = session.upload(tmp_path / "menu.txt")
    answer = session.chat("What does a bowl of soup cost?")
    session.stop()
    stats = brain.get_stats()

    assert file.name == "menu.txt"
    assert "4.50" in answer.response
    assert [citation.file for citation in answer.citations] == ["menu.txt"]
    assert (stats.requests, stats.errors, len(stats.by_day)) == (1, 0, 1)


def test_an_equal_key_gives_the_first_answer_again(brain: BrainClient) -> None:
    first = brain.chat("Hello", idempotency_key="order-7")
    second = brain.chat("Hello", idempotency_key="order-7")

    assert second == first
    with pytest.raises(ConflictError) as refused:
        brain.chat("Good evening", idempotency_key="order-7")
    assert refused.value.code == "idempotency_conflict"


def test_what_the_server_refuses_is_told_in_its_words(
    server: LiveServer, host: HostApp, brain: BrainClient
) -> None:
    with pytest.raises(ValidationFailedError, match="empty") as empty:
        brain.ask(" ")
    with pytest.raises(NotFoundError) as foreign:
        brain.ask("Hello", session_id="s_somebodys")
    server.call(app_tokens.revoke_token(server.runtime, host.owner_id, host.token.id))
    with pytest.raises(InvalidTokenError) as revoked:
        brain.ask("Hello")

    assert (empty.value.field, empty.value.status) == ("message", 422)
    assert foreign.value.request_id
    assert host.token.token not in str(revoked.value)


def test_a_rate_limit_says_when_to_come_back(server: LiveServer, person: Person) -> None:
    host = make_host_app(server, person.user.id, token={"rate_limit_per_minute": 1})
    retries = Retries(longest_wait_seconds=0.5)
    with BrainClient(base_url=server.url, token=host.token.token, max_retries=retries) as brain:
        brain.ask("Hello")
        with pytest.raises(RateLimitedError) as refused:
            brain.ask("Hello again")

    assert 1 <= (refused.value.retry_after_seconds or 0) <= 60
