"""Visitors' conversations over the API: what the owner does, what the visitor hears of it, and what neither may do."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from queue import Queue
from typing import TYPE_CHECKING, Any

import pytest

from babble_app.services import app_tokens
from tests.integration.api.app_people import HostApp, make_host_app, read_frames

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    import httpx

    from tests.integration.api.conftest import LiveServer, Person


@pytest.fixture
def host(server: LiveServer, person: Person) -> Iterator[HostApp]:
    """An app of the plain assistant."""
    made = make_host_app(server, person.user.id)
    with made.client:
        yield made


def ask(host: HostApp, text: str, **fields: Any) -> dict[str, Any]:
    answer = host.client.post("/api/v1/chat", json={"message": text, **fields})
    assert answer.status_code == 200, answer.text
    return answer.json()


class Listener:
    """Reads a session's events in a thread of its own."""

    def __init__(self, client: httpx.Client, session_id: str, **params: str) -> None:
        self._frames: Queue[tuple[str, dict[str, Any]] | None] = Queue()
        self._client, self._path, self._params = (
            client,
            f"/api/v1/sessions/{session_id}/events",
            params,
        )
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def next(self) -> tuple[str, dict[str, Any]] | None:
        """Return the next event, None at the end."""
        return self._frames.get(timeout=30)

    def join(self) -> None:
        """Wait for the end of the stream."""
        self._thread.join(30)

    def _read(self) -> None:
        kind = ""
        with self._client.stream("GET", self._path, params=self._params) as answer:
            for line in answer.iter_lines():
                name, _, value = line.partition(": ")
                if name == "event":
                    kind = value
                elif name == "data":
                    self._frames.put((kind, json.loads(value)))
        self._frames.put(None)


@contextmanager
def listening(
    server: LiveServer, host: HostApp, session_id: str, **params: str
) -> Generator[Listener]:
    """Listen to a session until the block is left; then the app's token is taken back, which ends the stream."""
    listener = Listener(host.client, session_id, **params)
    yield listener
    server.call(app_tokens.revoke_token(server.runtime, host.owner_id, host.token.id))
    listener.join()


def test_a_person_takes_over_is_heard_and_hands_back(
    server: LiveServer, person: Person, host: HostApp
) -> None:
    session = ask(host, "Hello")["session_id"]
    place = f"/api/apps/{host.app.id}/conversations/{session}"
    with listening(server, host, session) as listener:
        assert listener.next() == ("state", {"name": "agent", "person": "", "asked": False})

        taken = person.client.post(f"{place}/takeover").json()
        assert listener.next() == (
            "state",
            {"name": "human", "person": taken["human"], "asked": False},
        )
        streamed = read_frames(
            host.client.post(
                "/api/v1/chat/stream", json={"message": "Anybody?", "session_id": session}
            ).text
        )
        assert [kind for _, kind, _ in streamed] == ["session", "state", "done"]
        assert streamed[1][2] == {"name": "human"}
        assert (streamed[2][2]["response"], streamed[2][2]["human"]) == ("", True)
        again = host.client.get("/api/v1/chat/stream", headers={"Last-Event-ID": streamed[0][0]})
        assert read_frames(again.text) == streamed[1:]

        said = person.client.post(f"{place}/messages", json={"text": "Yes, me."})
        assert said.status_code == 201
        heard = listener.next()
        assert heard is not None
        assert (heard[0], heard[1]["message"]["text"]) == ("message", "Yes, me.")
        assert heard[1]["message"]["human"] == taken["human"]
        assert person.client.post(f"{place}/handback").status_code == 204
        assert listener.next() == ("state", {"name": "agent", "person": "", "asked": False})
        assert ask(host, "And you?", session_id=session)["human"] is False

    assert listener.next() is None


def test_a_reconnect_hears_what_was_said_meanwhile(
    server: LiveServer, person: Person, host: HostApp
) -> None:
    session = ask(host, "Hello")["session_id"]
    place = f"/api/apps/{host.app.id}/conversations/{session}"
    person.client.post(f"{place}/takeover")
    first = person.client.post(f"{place}/messages", json={"text": "One"}).json()["message_id"]
    person.client.post(f"{place}/messages", json={"text": "Two"})

    with listening(server, host, session, after=first) as listener:
        assert (listener.next() or ("", {}))[1]["name"] == "human"
        assert (listener.next() or ("", {}))[1]["message"]["text"] == "Two"


def test_events_are_not_for_other_apps_nor_other_visitors(
    server: LiveServer, person: Person, host: HostApp
) -> None:
    session = ask(host, "Hello")["session_id"]
    other = make_host_app(server, person.user.id)
    with other.client:
        foreign = ask(other, "Hello")["message_id"]
        assert other.client.get(f"/api/v1/sessions/{session}/events").status_code == 404
    behind = host.client.get(f"/api/v1/sessions/{session}/events", params={"after": foreign})
    assert behind.status_code == 404


def test_the_owner_lists_reads_exports_and_erases(person: Person, host: HostApp) -> None:
    session = ask(host, "Where is the lamp?", user="guest 7")["session_id"]
    ask(host, "Hello")
    place = f"/api/apps/{host.app.id}"

    listed = person.client.get(f"{place}/conversations", params={"search": "lamp"}).json()
    assert [one["id"] for one in listed["items"]] == [session]
    assert listed["items"][0]["visitor"] == "guest 7"
    read = person.client.get(f"{place}/conversations/{session}").json()
    assert [one["role"] for one in read["messages"]] == ["user", "assistant"]
    lines = person.client.get(f"{place}/conversations.jsonl").text.splitlines()
    assert len(lines) == 2
    table = person.client.get(f"{place}/conversations.csv")
    assert table.text.splitlines()[0].startswith("conversation_id,visitor")
    assert table.headers["content-disposition"] == 'attachment; filename="conversations.csv"'
    assert person.client.delete(f"{place}/conversations/{session}").status_code == 204
    assert person.client.get(f"{place}/conversations/{session}").status_code == 404
    assert person.client.get(f"{place}/unanswered").json() == []


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/conversations"),
        ("GET", "/conversations.jsonl"),
        ("GET", "/conversations.csv"),
        ("GET", "/unanswered"),
        ("GET", "/conversations/{session}"),
        ("DELETE", "/conversations/{session}"),
        ("POST", "/conversations/{session}/takeover"),
        ("POST", "/conversations/{session}/handback"),
        ("POST", "/conversations/{session}/messages"),
        ("POST", "/conversations/{session}/keep-as-test"),
    ],
)
def test_a_stranger_finds_none_of_it(
    person: Person, other: Person, host: HostApp, method: str, path: str
) -> None:
    session = ask(host, "canary")["session_id"]
    body = {"text": "x"} if path.endswith("/messages") else None

    answer = other.client.request(
        method, f"/api/apps/{host.app.id}{path.format(session=session)}", json=body
    )

    assert answer.status_code == 404, answer.text
    assert "canary" not in answer.text
    read = person.client.get(f"/api/apps/{host.app.id}/conversations/{session}").json()
    assert (len(read["messages"]), read["about"]["human"]) == (2, "")
