"""Chat with an app's agent, as host apps call it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from babble_app.store.visits import get_standing
from tests.integration.api.app_people import BIKE_SHOP, HostApp, make_host_app, read_frames

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.integration.api.conftest import LiveServer, Person


@pytest.fixture
def host(server: LiveServer, person: Person) -> Iterator[HostApp]:
    """An app of the plain assistant."""
    made = make_host_app(server, person.user.id, origins=["https://shop.example"])
    with made.client:
        yield made


async def read_log(server: LiveServer, host: HostApp, session_id: str) -> list[dict[str, Any]]:
    found = await server.runtime.database.fetch(
        get_standing, host.owner_id, host.app.id, session_id
    )
    return found.log


def test_a_message_is_answered_in_a_session_that_goes_on(host: HostApp) -> None:
    first = host.client.post("/api/v1/chat", json={"message": "Hello"}).json()
    second = host.client.post(
        "/api/v1/chat", json={"message": "And again", "session_id": first["session_id"]}
    ).json()

    assert first["response"]
    assert first["session_id"].startswith("s_")
    assert first["model"] == "demo/based"
    assert second["session_id"] == first["session_id"]
    assert second["message_id"] != first["message_id"]


def test_a_stream_says_the_session_first_and_the_whole_answer_last(host: HostApp) -> None:
    text = host.client.post("/api/v1/chat/stream", json={"message": "Hello"}).text

    frames = read_frames(text)
    kinds = [kind for _, kind, _ in frames]
    assert kinds[0] == "session"
    assert kinds[-1] == "done"
    pieces = "".join(data["text"] for _, kind, data in frames if kind == "delta")
    assert frames[-1][2]["response"] == pieces
    assert frames[0][2]["session_id"] == frames[-1][2]["session_id"]


def test_a_reconnect_goes_on_behind_the_last_event_and_asks_nothing_again(host: HostApp) -> None:
    asked = {"message": "Hello"}
    whole = read_frames(host.client.get("/api/v1/chat/stream", params=asked).text)

    rest = host.client.get(
        "/api/v1/chat/stream", params=asked, headers={"Last-Event-ID": whole[1][0]}
    )

    assert read_frames(rest.text) == whole[2:]


def test_an_agents_program_runs_and_goes_on_from_where_it_stood(
    server: LiveServer, person: Person
) -> None:
    host = make_host_app(server, person.user.id, program=BIKE_SHOP)
    with host.client as client:
        first = client.post("/api/v1/chat", json={"message": "My bell is broken"}).json()
        goes_on = {"session_id": first["session_id"]}
        second = client.post("/api/v1/chat", json={"message": "Goodbye!", **goes_on}).json()
        third = client.post("/api/v1/chat", json={"message": "Wait", **goes_on})

    assert first["response"].startswith("Welcome to the bike shop.\n\n")
    assert (first["agent_version"], first["ended"]) == (1, False)
    assert (second["response"], second["ended"]) == ("Ride safely!", True)
    assert (third.status_code, third.json()["code"]) == (409, "conflict")


def test_messages_that_come_at_once_have_their_turns_one_after_the_other(
    server: LiveServer, person: Person
) -> None:
    host = make_host_app(server, person.user.id, program=BIKE_SHOP)
    with host.client as client:
        first = client.post("/api/v1/chat", json={"message": "My bell is broken"}).json()
        asked = {"session_id": first["session_id"]}
        with ThreadPoolExecutor() as threads:
            said = ["My brake too", "My light too", "My lock too"]
            answers = list(
                threads.map(
                    lambda text: client.post("/api/v1/chat", json={"message": text, **asked}), said
                )
            )

    assert [answer.status_code for answer in answers] == [200] * 3
    log = server.call(read_log(server, host, first["session_id"]))
    assert sorted(one["text"] for one in log if one["kind"] == "user")[1:] == sorted(said)


def test_an_answer_that_is_taken_up_behind_its_last_words_is_whole_all_the_same(
    server: LiveServer, person: Person
) -> None:
    host = make_host_app(server, person.user.id, program=BIKE_SHOP)
    with host.client as client:
        session_id = client.post("/api/v1/chat", json={"message": "Hello"}).json()["session_id"]
        asked = {"message": "Goodbye!", "session_id": session_id}
        whole = read_frames(client.post("/api/v1/chat/stream", json=asked).text)
        rest = client.post(
            "/api/v1/chat/stream", json=asked, headers={"Last-Event-ID": whole[-2][0]}
        )

    assert whole[-1][2]["ended"] is True
    assert read_frames(rest.text) == whole[-1:]


@pytest.mark.parametrize(
    ("token", "status"), [("bb_" + "a" * 36, 401), ("nonsense", 401), ("bb_", 401)]
)
def test_a_token_that_is_none_is_refused(server: LiveServer, token: str, status: int) -> None:
    with server.client(Authorization=f"Bearer {token}") as client:
        answer = client.post("/api/v1/chat", json={"message": "Hello"})

    assert answer.status_code == status
    assert answer.json()["code"] == "invalid_token"


def test_a_page_of_another_origin_is_refused(host: HostApp) -> None:
    allowed = host.client.post(
        "/api/v1/chat", json={"message": "Hi"}, headers={"Origin": "https://shop.example"}
    )
    refused = host.client.post(
        "/api/v1/chat", json={"message": "Hi"}, headers={"Origin": "https://evil.example"}
    )

    assert allowed.status_code == 200
    assert allowed.headers["access-control-allow-origin"] == "https://shop.example"
    assert refused.status_code == 403
    assert refused.json()["code"] == "origin_not_allowed"


def test_a_page_exchanges_the_token_for_its_visitors_own(server: LiveServer, host: HostApp) -> None:
    page = {"Origin": "https://shop.example"}
    visit = host.client.post("/api/v1/visitors", json={}, headers=page).json()
    other = host.client.post("/api/v1/visitors", json={}, headers=page).json()
    with (
        server.client(Authorization=f"Bearer {visit['visitor_token']}", **page) as mine,
        server.client(Authorization=f"Bearer {other['visitor_token']}", **page) as theirs,
    ):
        answer = mine.post("/api/v1/chat", json={"message": "Hi"}).json()
        follow = {"message": "Me too", "session_id": answer["session_id"]}

        assert mine.post("/api/v1/chat", json=follow).status_code == 200
        assert theirs.post("/api/v1/chat", json=follow).status_code == 404
