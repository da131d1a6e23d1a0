"""Conversations of an app: begun, read, listed, cleared, stopped, rated, given files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from babble_app.errors import NotFoundError
from babble_app.services import apps, chats, files
from tests.integration.api.app_people import BIKE_SHOP, HostApp, make_host_app

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

    from tests.integration.api.conftest import LiveServer, Person

PAGE = {"Origin": "https://shop.example"}


@pytest.fixture
def host(server: LiveServer, person: Person) -> Iterator[HostApp]:
    """An app of the plain assistant that pages may use and that takes files."""
    made = make_host_app(server, person.user.id, origins=["https://shop.example"])
    server.call(apps.update_app(server.runtime, person.user.id, made.app.id, takes_files=True))
    with made.client:
        yield made


@pytest.fixture
def bikes(server: LiveServer, person: Person) -> Iterator[HostApp]:
    """An app of a program."""
    made = make_host_app(server, person.user.id, program=BIKE_SHOP)
    with made.client:
        yield made


def visit(server: LiveServer, host: HostApp) -> httpx.Client:
    """Come as a new visitor's page."""
    token = host.client.post("/api/v1/visitors", json={}, headers=PAGE).json()["visitor_token"]
    return server.client(Authorization=f"Bearer {token}", **PAGE)


def say(client: httpx.Client, message: str, session_id: str = "") -> dict[str, Any]:
    body = {"message": message} | ({"session_id": session_id} if session_id else {})
    answer = client.post("/api/v1/chat", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_session_begins_with_what_the_program_says_and_goes_on_from_there(
    bikes: HostApp,
) -> None:
    opened = bikes.client.post("/api/v1/sessions", json={})
    session = opened.json()
    first = say(bikes.client, "My bell is broken", session["session_id"])

    assert opened.status_code == 201
    assert session["greeting"] == "Welcome to the bike shop."
    assert [one["text"] for one in session["messages"]] == ["Welcome to the bike shop."]
    assert session["ended"] is False
    assert first["response"]
    assert "Welcome" not in first["response"]


def test_a_page_is_told_whether_there_may_be_something_to_hear_before_the_first_word(
    bikes: HostApp, host: HostApp
) -> None:
    faces = [one.client.post("/api/v1/visitors", json={}).json()["app"] for one in (bikes, host)]

    assert [face["speaks_first"] for face in faces] == [True, False]


def test_a_program_that_waits_right_away_greets_with_nothing(
    server: LiveServer, person: Person
) -> None:
    program = 'loop:\n    talk("Listen.", False)\nuntil "never":\n    say("x")\n'
    with make_host_app(server, person.user.id, program=program).client as client:
        session = client.post("/api/v1/sessions").json()
        answer = say(client, "Hello", session["session_id"])

    assert (session["greeting"], session["messages"]) == ("", [])
    assert answer["response"]


def test_a_program_that_only_speaks_has_ended_when_it_was_opened(
    server: LiveServer, person: Person
) -> None:
    with make_host_app(server, person.user.id, program='say("Closed today.")\n').client as client:
        session = client.post("/api/v1/sessions").json()
        further = client.post(
            "/api/v1/chat", json={"message": "Hi", "session_id": session["session_id"]}
        )

    assert (session["greeting"], session["ended"]) == ("Closed today.", True)
    assert (further.status_code, further.json()["code"]) == (409, "conflict")


def test_opening_with_the_same_key_opens_one_session(bikes: HostApp, host: HostApp) -> None:
    for app in (bikes, host):
        key = {"Idempotency-Key": "one"}
        twice = [app.client.post("/api/v1/sessions", json={}, headers=key) for _ in range(2)]
        other = app.client.post("/api/v1/sessions", json={"user": "eve"}, headers=key)

        assert twice[0].json() == twice[1].json()
        assert (other.status_code, other.json()["code"]) == (409, "idempotency_conflict")


def test_a_cleared_session_begins_at_the_top_of_the_program(bikes: HostApp) -> None:
    session_id = say(bikes.client, "My bell is broken")["session_id"]

    cleared = bikes.client.delete(f"/api/v1/sessions/{session_id}")
    messages = bikes.client.get(f"/api/v1/sessions/{session_id}/messages").json()
    again = say(bikes.client, "Hello again", session_id)

    assert cleared.status_code == 204
    assert messages == []
    assert again["response"].startswith("Welcome to the bike shop.")


def test_messages_come_page_by_page_with_their_ratings(bikes: HostApp) -> None:
    first = say(bikes.client, "My bell is broken")
    path = f"/api/v1/sessions/{first['session_id']}/messages"
    rated = bikes.client.post(
        f"/api/v1/messages/{first['message_id']}/feedback",
        json={"rating": "down", "comment": "Too short"},
    )
    bikes.client.post(f"/api/v1/messages/{first['message_id']}/feedback", json={"rating": "up"})

    messages = bikes.client.get(path).json()
    before = bikes.client.get(path, params={"before": messages[1]["id"], "limit": 5}).json()
    question = bikes.client.post(
        f"/api/v1/messages/{messages[0]['id']}/feedback", json={"rating": "up"}
    )

    assert rated.status_code == 204
    assert [one["role"] for one in messages] == ["user", "assistant"]
    assert (messages[1]["rating"], messages[1]["comment"]) == ("up", "")
    assert messages[1]["id"] == first["message_id"]
    assert before == messages[:1]
    assert question.status_code == 422


def test_a_visitor_lists_only_the_visitors_own_sessions(server: LiveServer, host: HostApp) -> None:
    with visit(server, host) as mine, visit(server, host) as theirs:
        session_id = say(mine, "Where is my parcel?")["session_id"]
        say(theirs, "Hello")

        listed = mine.get("/api/v1/sessions").json()
        one = mine.get(f"/api/v1/sessions/{session_id}").json()

    assert [(item["session_id"], item["title"]) for item in listed] == [
        (session_id, "Where is my parcel?")
    ]
    assert one == listed[0]


def test_a_public_token_lists_nothing_and_a_servers_token_lists_by_user(
    host: HostApp, bikes: HostApp
) -> None:
    refused = host.client.get("/api/v1/sessions")
    for user in ("ada", "eve"):
        bikes.client.post("/api/v1/chat", json={"message": "Hi", "user": user})

    everybody = bikes.client.get("/api/v1/sessions").json()
    of_ada = bikes.client.get("/api/v1/sessions", params={"user": "ada"}).json()

    assert (refused.status_code, refused.json()["code"]) == (403, "permission_denied")
    assert {one["user"] for one in everybody} == {"ada", "eve"}
    assert [one["user"] for one in of_ada] == ["ada"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/v1/sessions/{session}"),
        ("DELETE", "/api/v1/sessions/{session}"),
        ("GET", "/api/v1/sessions/{session}/messages"),
        ("POST", "/api/v1/sessions/{session}/stop"),
        ("POST", "/api/v1/sessions/{session}/files"),
        ("POST", "/api/v1/messages/{message}/feedback"),
        ("GET", "/api/v1/chat/stream?last_event_id={run}.1"),
    ],
)
def test_another_visitor_another_app_and_another_channel_find_nothing(
    server: LiveServer, host: HostApp, other: Person, method: str, path: str
) -> None:
    staging = make_host_app(server, host.owner_id, token={"channel": "staging"})
    stranger = make_host_app(server, other.user.id)
    with (
        visit(server, host) as mine,
        visit(server, host) as theirs,
        staging.client as of_channel,
        stranger.client as of_app,
    ):
        frames = mine.post("/api/v1/chat/stream", json={"message": "canary"}).text
        run = frames.partition("id: ")[2].partition(".")[0]
        said = mine.get("/api/v1/sessions").json()[0]["session_id"]
        messages = mine.get(f"/api/v1/sessions/{said}/messages").json()
        url = path.format(session=said, message=messages[-1]["id"], run=run)
        extra: dict[str, Any] = {"json": {"rating": "up"}} if "feedback" in path else {}
        if "files" in path:
            extra = {"files": {"file": ("a.txt", b"x")}}

        for client in (theirs, of_channel, of_app):
            answer = client.request(method, url, **extra)
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
            assert "canary" not in answer.text

        assert mine.get(f"/api/v1/sessions/{said}/messages").json() == messages


def test_a_visitors_file_is_seen_in_that_conversation_only(
    server: LiveServer, host: HostApp
) -> None:
    with visit(server, host) as mine, visit(server, host) as theirs:
        own = mine.post("/api/v1/sessions").json()["session_id"]
        foreign = theirs.post("/api/v1/sessions").json()["session_id"]
        given = [
            client.post(
                f"/api/v1/sessions/{session}/files", files={"file": ("menu.txt", b"Soup costs 4.")}
            )
            for client, session in ((mine, own), (theirs, foreign), (mine, own))
        ]

    rt, owner = server.runtime, host.owner_id
    assert [one.status_code for one in given] == [201, 201, 201]
    # A second one of a name is told by the visitor's own files alone.
    assert [one.json()["name"] for one in given] == ["menu.txt", "menu.txt", "menu (2).txt"]
    assert server.call(files.list_files(rt, owner, host.app.workspace_id)) == []
    mine_ids = {given[0].json()["id"], given[2].json()["id"]}
    assert set(server.call(chats.get_chat(rt, owner, own)).file_ids) == mine_ids


def test_a_cleared_session_loses_its_files(server: LiveServer, host: HostApp) -> None:
    with visit(server, host) as mine:
        session = mine.post("/api/v1/sessions").json()["session_id"]
        file = mine.post(
            f"/api/v1/sessions/{session}/files", files={"file": ("menu.txt", b"Soup costs 4.")}
        ).json()["id"]
        mine.delete(f"/api/v1/sessions/{session}")

    with pytest.raises(NotFoundError):
        server.call(files.get_file(server.runtime, host.owner_id, file))


def test_an_app_that_takes_no_files_says_so(bikes: HostApp) -> None:
    session = bikes.client.post("/api/v1/sessions").json()["session_id"]

    answer = bikes.client.post(f"/api/v1/sessions/{session}/files", files={"file": ("a.txt", b"x")})

    assert (answer.status_code, answer.json()["code"]) == (403, "permission_denied")


def test_a_stopped_answer_keeps_what_had_arrived(bikes: HostApp) -> None:
    session = bikes.client.post("/api/v1/sessions").json()["session_id"]
    asked = {"message": "My bell is broken", "session_id": session}
    with bikes.client.stream("POST", "/api/v1/chat/stream", json=asked) as answer:
        pieces = answer.iter_text()
        while "event: delta" not in next(pieces):
            pass
        stopped = bikes.client.post(f"/api/v1/sessions/{session}/stop")
        rest = "".join(pieces)

    last = bikes.client.get(f"/api/v1/sessions/{session}/messages").json()[-1]
    assert stopped.status_code == 204
    assert "event: error" in rest or "event: done" in rest
    assert last["status"] in {"stopped", "done"}
    assert bikes.client.post(f"/api/v1/sessions/{session}/stop").status_code == 204


def test_the_apps_figures_are_its_own(server: LiveServer, person: Person, bikes: HostApp) -> None:
    say(bikes.client, "My bell is broken")

    stats = bikes.client.get("/api/v1/stats").json()
    with make_host_app(server, person.user.id).client as unused:
        none = unused.get("/api/v1/stats").json()

    assert stats["requests"] >= 1
    assert stats["tokens"] == stats["input_tokens"] + stats["output_tokens"] > 0
    assert [day["requests"] for day in stats["by_day"]] == [stats["requests"]]
    assert stats["p95_ms"] is not None
    assert (none["requests"], none["by_day"], none["p50_ms"]) == (0, [], None)


def test_a_token_that_pages_have_shows_no_figures(server: LiveServer, host: HostApp) -> None:
    """Whoever has seen the page could else read what the app costs."""
    with visit(server, host) as visitor:
        answers = [
            host.client.get("/api/v1/stats"),
            host.client.get("/api/v1/stats", headers=PAGE),
            visitor.get("/api/v1/stats"),
        ]

    assert [answer.json()["code"] for answer in answers] == ["permission_denied"] * 3


def test_companion_style_callers_get_their_shape(bikes: HostApp, host: HostApp) -> None:
    asked = {"message": "My bell is broken", "app_id": "exportee", "user_id": "ada"}
    first = bikes.client.post("/v1/chat", json=asked).json()
    goes_on = {"conversation_id": first["metadata"]["session_id"]}
    second = bikes.client.post("/v1/chat", json={**asked, "message": "Goodbye!", **goes_on}).json()
    foreign = bikes.client.post("/v1/chat", json={**asked, "app_id": host.app.id})

    assert first["success"] is True
    assert first["response"].startswith("Welcome to the bike shop.")
    assert set(first["metadata"]) == {"model", "cached", "usage", "session_id"}
    assert second["response"] == "Ride safely!"
    assert foreign.status_code == 404
    assert foreign.json()["error"]["code"] == "not_found"
