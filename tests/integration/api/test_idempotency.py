"""The Idempotency-Key header on every POST that spends money."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from tests.integration.api.test_agents import make_agent
from tests.integration.api.test_runs import follow, send
from tests.integration.api.test_workbench import code_of, make_chat

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

    from tests.integration.api.conftest import LiveServer, Person

KEY = {"Idempotency-Key": "3f6c1d0a"}
SPENDERS = {
    "/api/chats/{chat_id}/messages",
    "/api/runs/{run_id}/retry",
    "/api/agents/{agent_id}/sessions",
    "/api/sessions/{session_id}/messages",
    "/api/sessions/{session_id}/reset",
    "/api/sessions/{session_id}/fork",
    "/api/sessions/{session_id}/replay",
    "/api/agents/{agent_id}/tests/run",
    "/api/tests/{test_id}/run",
    "/api/tests/{test_id}/record",
    "/api/tests/{test_id}/fix",
    "/api/v1/chat",
    "/api/v1/chat/stream",
    "/api/v1/sessions",
    "/v1/chat/completions",
    "/v1/embeddings",
    "/v1/responses",
    "/v1/chat",
}


def ten_at_once(post: Callable[[], httpx.Response]) -> list[httpx.Response]:
    with ThreadPoolExecutor(10) as pool:
        return [future.result() for future in [pool.submit(post) for _ in range(10)]]


def one_body(answers: list[httpx.Response], status: int) -> dict[str, Any]:
    """Return what all of them answered."""
    assert {answer.status_code for answer in answers} == {status}, answers[0].text
    assert len({answer.text for answer in answers}) == 1
    return answers[0].json()


def test_ten_equal_messages_at_once_start_one_run(person: Person):
    chat = make_chat(person)

    answers = ten_at_once(lambda: send(person, chat, headers=KEY))

    run_id = one_body(answers, 202)["run_id"]
    assert {answer.headers["Location"] for answer in answers} == {f"/api/runs/{run_id}"}
    follow(person, run_id)
    assert len(person.client.get(f"/api/chats/{chat}/messages").json()) == 2
    assert send(person, chat, headers=KEY).json()["run_id"] == run_id


def test_another_request_with_the_key_is_refused(server: LiveServer, person: Person):
    chat = make_chat(person)
    agent = make_agent(server, person).agent_id
    send(person, chat, headers=KEY)

    other_body = send(person, chat, "Something else", headers=KEY)
    other_chat = send(person, make_chat(person), headers=KEY)
    other_route = person.client.post(f"/api/agents/{agent}/sessions", headers=KEY)

    assert code_of(other_body) == (409, "idempotency_conflict")
    assert code_of(other_chat) == (409, "idempotency_conflict")
    assert code_of(other_route) == (409, "idempotency_conflict")
    assert "new key" in other_body.json()["detail"]


def test_a_run_is_repeated_once(person: Person):
    run_id = send(person, make_chat(person), model="nobody/nothing").json()["run_id"]
    assert follow(person, run_id)[-1].event == "run.failed"
    url = f"/api/runs/{run_id}/retry"

    again = one_body(ten_at_once(lambda: person.client.post(url, headers=KEY)), 202)["run_id"]

    assert again != run_id
    follow(person, again)
    assert person.client.post(url, headers=KEY).json()["run_id"] == again


def test_a_test_conversation_begins_goes_on_and_is_reset_once(server: LiveServer, person: Person):
    agent = make_agent(server, person).agent_id

    def ten(key: str, path: str, body: dict[str, Any] | None = None) -> list[httpx.Response]:
        headers = {"Idempotency-Key": key}
        return ten_at_once(lambda: person.client.post(path, json=body, headers=headers))

    begun = one_body(ten("begin", f"/api/agents/{agent}/sessions", {}), 201)
    url = f"/api/sessions/{begun['session_id']}"
    turn = one_body(ten("say", f"{url}/messages", {"text": "How are you?"}), 200)
    reset = one_body(ten("reset", f"{url}/reset"), 201)

    assert person.client.get(url).json()["events"] == begun["events"] + turn["events"]
    assert reset["id"] != begun["session_id"]


def test_a_message_that_was_refused_can_be_mended_and_sent_with_its_key(person: Person):
    chat = make_chat(person)

    refused = send(person, chat, "   ", headers=KEY)
    mended = send(person, chat, "Hello", headers=KEY)

    assert (refused.status_code, mended.status_code) == (422, 202)


def test_a_key_is_a_persons_own(person: Person, other: Person):
    mine = send(person, make_chat(person), headers=KEY)
    theirs = send(other, make_chat(other), "Another", headers=KEY)

    assert (mine.status_code, theirs.status_code) == (202, 202)
    assert mine.json()["run_id"] != theirs.json()["run_id"]


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("", "1 or more"),
        ("a b", "without spaces"),
        ("x" * 201, "at most 200 characters; this one has 201"),
    ],
)
def test_a_key_that_cannot_be_is_refused_in_words(person: Person, key: str, words: str):
    answer = send(person, make_chat(person), headers={"Idempotency-Key": key})

    assert code_of(answer) == (422, "validation_failed")
    assert words in answer.json()["detail"]


def test_the_document_names_the_header_where_it_is_honoured(anybody: httpx.Client):
    paths = anybody.get("/openapi.json").json()["paths"]

    taking = {
        path: operation
        for path, methods in paths.items()
        for operation in methods.values()
        if any(item["name"] == "idempotency-key" for item in operation.get("parameters", ()))
    }

    assert set(taking) == SPENDERS
    assert all("409" in operation["responses"] for operation in taking.values())
