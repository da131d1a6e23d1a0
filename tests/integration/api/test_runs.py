"""Messages and their runs: sending, following, stopping, repeating."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from babble_app.schemas.events import LAST_EVENTS, run_event_adapter
from babble_app.services import accounts
from tests.integration.api.test_workbench import code_of, make_chat

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.integration.api.conftest import LiveServer, Person


@dataclass(frozen=True)
class Frame:
    """One server-sent event."""

    id: int
    event: str
    data: dict[str, Any]


def read_frames(lines: Iterator[str]) -> Iterator[Frame]:
    """Decode a stream as the SSE standard says."""
    fields: dict[str, str] = {}
    for line in lines:
        if line.startswith(":"):
            continue
        if line:
            name, _, value = line.partition(": ")
            fields[name] = value
            continue
        if fields:
            yield Frame(int(fields["id"]), fields["event"], json.loads(fields["data"]))
        fields = {}


def follow(person: Person, run_id: str, query: str = "", **headers: str) -> list[Frame]:
    path = f"/api/runs/{run_id}/events{query}"
    with person.client.stream("GET", path, headers=headers) as answer:
        assert answer.status_code == 200
        assert answer.headers["Content-Type"].startswith("text/event-stream")
        return list(read_frames(answer.iter_lines()))


def send(person: Person, chat: str, text: str = "Hello", **extra: Any) -> httpx.Response:
    headers = extra.pop("headers", {})
    return person.client.post(
        f"/api/chats/{chat}/messages", json={"text": text, **extra}, headers=headers
    )


def test_a_message_becomes_a_run_whose_events_are_streamed_to_the_end(person: Person):
    chat = make_chat(person)

    started = send(person, chat)

    assert started.status_code == 202
    assert set(started.json()) == {"run_id", "message_id"}
    run_id = started.json()["run_id"]
    assert started.headers["Location"] == f"/api/runs/{run_id}"
    frames = follow(person, run_id)
    assert [frame.id for frame in frames] == list(range(1, len(frames) + 1))
    assert [frame.event for frame in frames] == [frame.data["type"] for frame in frames]
    for frame in frames:
        run_event_adapter.validate_python(frame.data)
    assert frames[0].event == "run.started"
    assert frames[0].data["message_id"] == started.json()["message_id"]
    assert [frame.event in LAST_EVENTS for frame in frames].count(True) == 1
    assert frames[-1].event == "message.done"
    deltas = "".join(frame.data["text"] for frame in frames if frame.event == "text.delta")
    assert deltas == frames[-1].data["text"]
    assert person.client.get(f"/api/runs/{run_id}").json()["status"] == "done"
    question, answer = person.client.get(f"/api/chats/{chat}/messages").json()
    assert (question["role"], question["text"]) == ("user", "Hello")
    assert (answer["role"], answer["text"]) == ("assistant", deltas)


def test_every_reader_sees_the_same_and_one_that_comes_back_misses_nothing(person: Person):
    run_id = send(person, make_chat(person)).json()["run_id"]
    whole = follow(person, run_id)

    for seen in range(len(whole) + 1):
        assert follow(person, run_id, **{"Last-Event-ID": str(seen)}) == whole[seen:]
    assert follow(person, run_id, "?after=2") == whole[2:]
    assert follow(person, run_id, "?after=0", **{"Last-Event-ID": "2"}) == whole[2:]


def test_a_reader_that_goes_away_in_the_middle_stops_nothing(person: Person):
    run_id = send(person, make_chat(person), "Tell me about bicycles").json()["run_id"]
    with person.client.stream("GET", f"/api/runs/{run_id}/events") as answer:
        first = next(read_frames(answer.iter_lines()))

    rest = follow(person, run_id, **{"Last-Event-ID": str(first.id)})

    assert rest[0].id == first.id + 1
    assert rest[-1].event == "message.done"


@pytest.mark.parametrize(
    ("query", "headers"),
    [
        ("?after=-1", {}),
        ("?after=x", {}),
        ("", {"Last-Event-ID": "x"}),
        ("", {"Last-Event-ID": "-1"}),
    ],
)
def test_a_place_that_cannot_be_is_refused(person: Person, query: str, headers: dict[str, str]):
    run_id = send(person, make_chat(person)).json()["run_id"]

    answer = person.client.get(f"/api/runs/{run_id}/events{query}", headers=headers)

    assert code_of(answer) == (422, "validation_failed")


@pytest.mark.parametrize(
    "body",
    [
        {"text": ""},
        {"text": "   "},
        {"text": "x" * 32_001},
        {"text": "x", "mode": "sing"},
        {"text": "x", "role": "assistant"},
        {"model": "demo/based"},
    ],
)
def test_a_message_that_cannot_be_sent_is_refused(person: Person, body: dict[str, Any]):
    answer = person.client.post(f"/api/chats/{make_chat(person)}/messages", json=body)

    assert code_of(answer) == (422, "validation_failed")


def test_an_answer_of_before_is_given_again_unless_a_fresh_one_is_wanted(person: Person):
    whys: list[str] = []
    for fresh in (False, False, True):
        chat = make_chat(person)
        sent = send(person, chat, "What is Based?", mode="chat", fresh=fresh).raise_for_status()
        follow(person, sent.json()["run_id"])
        answer = person.client.get(f"/api/chats/{chat}/messages").json()[-1]
        whys.append(answer["why"])

    assert [why.startswith("answered before") for why in whys] == [False, True, False]


def test_stopping_a_run_ends_its_stream(person: Person):
    run_id = send(person, make_chat(person), "Tell me about bicycles").json()["run_id"]

    stopped = person.client.post(f"/api/runs/{run_id}/stop").json()

    # It may have been faster than the stop.
    last = {"stopped": "run.stopped", "done": "message.done"}[stopped["status"]]
    assert follow(person, run_id)[-1].event == last


def test_a_run_that_ended_well_is_not_run_again(person: Person):
    run_id = send(person, make_chat(person)).json()["run_id"]
    follow(person, run_id)

    stopped = person.client.post(f"/api/runs/{run_id}/stop")
    again = person.client.post(f"/api/runs/{run_id}/retry")

    assert stopped.json()["status"] == "done"
    assert code_of(again) == (409, "conflict")


def test_a_run_without_its_model_fails_in_words_and_can_be_run_again(person: Person):
    chat = make_chat(person)
    run_id = send(person, chat, model="nobody/nothing").json()["run_id"]
    frames = follow(person, run_id)

    assert [frame.event for frame in frames] == ["run.started", "run.failed"]
    assert frames[-1].data["code"] == "model_unavailable"
    again = person.client.post(f"/api/runs/{run_id}/retry")
    assert again.status_code == 202
    assert again.json()["message_id"] == question_of(person, run_id)
    assert follow(person, again.json()["run_id"])[-1].event == "run.failed"


def question_of(person: Person, run_id: str) -> str:
    return person.client.get(f"/api/runs/{run_id}").json()["question_id"]


def test_two_messages_are_answered_one_after_the_other(person: Person):
    chat = make_chat(person)
    runs = [send(person, chat, text).json()["run_id"] for text in ("First", "Second")]

    for run_id in runs:
        follow(person, run_id)

    messages = person.client.get(f"/api/chats/{chat}/messages").json()
    assert [message["run_id"] for message in messages if message["role"] == "assistant"] == runs


def test_a_stream_ends_when_its_token_is_revoked(server: LiveServer, person: Person):
    workspace = person.client.post("/api/workspaces", json={"name": "W"}).json()["id"]
    chat = person.client.post(f"/api/workspaces/{workspace}/chats", json={}).json()["id"]
    text = "An agent for a bakery that asks for their name, email and cake, and says goodbye. " * 20
    body = {"text": text, "mode": "build", "model": "demo/based"}
    run = person.client.post(f"/api/chats/{chat}/messages", json=body).json()["run_id"]
    received = ""

    with person.client.stream("GET", f"/api/runs/{run}/events") as stream:
        for piece in stream.iter_text():
            if not received:
                server.call(accounts.revoke_all_logins(server.runtime, person.user.id))
            received += piece

    assert "program.delta" in received
    assert "message.done" not in received
