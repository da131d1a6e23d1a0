"""The same request of a host app, sent again with its key: what came to nothing is asked anew, all else answered as before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.fakes.model_server import ModelServer
from tests.fakes.script import Answer, Rule
from tests.integration.api.app_people import BIKE_SHOP, HostApp, make_host_app, read_frames
from tests.integration.api.conftest import make_person, make_settings, serve

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.integration.api.conftest import LiveServer

KEY = {"Idempotency-Key": "k1"}
LONG = " ".join(f"word{n}" for n in range(400))
SLOW = {"message": "slow"}


@pytest.fixture(scope="module")
def models() -> Iterator[ModelServer]:
    """Models that refuse at first, and one that takes its time."""
    refused = Answer(fault="status", status=401)
    rules = [
        Rule([refused, Answer(text="Now it works.")], user=f"refused by {route}")
        for route in ("chat", "stream", "companion")
    ]
    rules.append(Rule([refused, refused, Answer(text="It works.")], user="failing"))
    rules.append(Rule("Good day.", user="Hello"))
    slow = Answer(text=LONG, tokens_per_second=40)
    rules.append(Rule([slow, Answer(text="Whole.")], user="slow"))
    rules.append(Rule([Answer(text=LONG, tokens_per_second=400)], user="twice"))
    with ModelServer(rules=rules) as running:
        yield running


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory, models: ModelServer) -> Iterator[LiveServer]:
    """A server whose models are those."""
    keys = {
        "OPENAI_API_KEY": "sk-test",
        "OPENAI_BASE_URL": models.openai_url,
        "BABBLE_DEFAULT_MODEL": "openai/fake-model",
    }
    with serve(make_settings(tmp_path_factory.mktemp("asked"), **keys)) as live:
        yield live


@pytest.fixture
def host(asked: LiveServer) -> Iterator[HostApp]:
    """An app of the plain assistant."""
    person = make_person(asked)
    made = make_host_app(asked, person.user.id)
    with person.client, made.client:
        yield made


def test_a_question_that_is_asked_again_after_failures_stands_in_the_conversation_once(
    host: HostApp, models: ModelServer
) -> None:
    first = host.client.post("/api/v1/chat", json={"message": "Hello"}).json()
    body = {"message": "failing", "session_id": first["session_id"]}

    answers = [host.client.post("/api/v1/chat", json=body) for _ in range(4)]
    path = f"/api/v1/sessions/{first['session_id']}/messages"
    said = [(one["role"], one["text"]) for one in host.client.get(path).json()]

    assert [answer.status_code for answer in answers] == [502, 502, 200, 200]
    assert said == [
        *(("user", "Hello"), ("assistant", "Good day.")),
        *(("user", "failing"), ("assistant", ""), ("assistant", ""), ("assistant", "It works.")),
        # What was answered may be asked again.
        *(("user", "failing"), ("assistant", "It works.")),
    ]
    shown = [text for role, text in models.requests[-2].messages if role == "user"]
    assert shown == ["Hello", "failing"]


def test_a_failed_answer_frees_its_key(host: HostApp) -> None:
    body = {"message": "refused by chat"}

    answers = [host.client.post("/api/v1/chat", json=body, headers=KEY) for _ in range(3)]

    assert answers[0].json()["code"] == "provider_key_refused"
    assert answers[1].json()["response"] == "Now it works."
    assert answers[2].json() == answers[1].json()


def test_a_failed_stream_frees_its_key(host: HostApp) -> None:
    body = {"message": "refused by stream"}

    streams = [
        read_frames(host.client.post("/api/v1/chat/stream", json=body, headers=KEY).text)
        for _ in range(3)
    ]

    assert [frames[-1][1] for frames in streams] == ["error", "done", "done"]
    assert streams[2] == streams[1]


def test_a_failed_companion_call_frees_its_key(host: HostApp) -> None:
    body = {"message": "refused by companion"}

    answers = [host.client.post("/v1/chat", json=body, headers=KEY) for _ in range(3)]

    assert answers[0].json()["error"]["code"]
    assert answers[1].json()["response"] == "Now it works."
    assert answers[2].json() == answers[1].json()


def test_a_stopped_answer_frees_its_key_and_a_live_one_does_not(host: HostApp) -> None:
    with host.client.stream("POST", "/api/v1/chat/stream", json=SLOW, headers=KEY) as first:
        pieces = first.iter_text()
        text = ""
        while "event: delta" not in text:
            text += next(pieces)
        begun = read_frames(text[: text.rfind("\n\n") + 2])[0]
        session = begun[2]["session_id"]
        with host.client.stream("POST", "/api/v1/chat/stream", json=SLOW, headers=KEY) as second:
            again = second.iter_text()
            seen = ""
            while "event: delta" not in seen:
                seen += next(again)
            assert host.client.post(f"/api/v1/sessions/{session}/stop").status_code == 204
            seen += "".join(again)
    anew = host.client.post("/api/v1/chat/stream", json=SLOW, headers=KEY).text

    joined = read_frames(seen)
    assert joined[0] == begun
    assert joined[-1][2]["code"] == "interrupted"
    assert read_frames(anew)[-1][2]["response"] == "Whole."


def test_a_key_whose_conversation_was_cleared_is_free(host: HostApp) -> None:
    body = {"message": "twice"}
    first = host.client.post("/api/v1/chat", json=body, headers=KEY).json()
    host.client.delete(f"/api/v1/sessions/{first['session_id']}")

    second = host.client.post("/api/v1/chat", json=body, headers=KEY)

    assert second.status_code == 200
    assert second.json()["message_id"] != first["message_id"]


def test_the_last_message_of_a_program_is_answered_again(server: LiveServer) -> None:
    person = make_person(server)
    host = make_host_app(server, person.user.id, program=BIKE_SHOP)
    with person.client, host.client as client:
        first = client.post("/api/v1/chat", json={"message": "My bell is broken"}).json()
        body: dict[str, Any] = {"message": "Goodbye!", "session_id": first["session_id"]}
        answers = [client.post("/api/v1/chat", json=body, headers=KEY) for _ in range(2)]

    assert answers[0].json()["ended"] is True
    assert answers[1].json() == answers[0].json()
