"""Plain calls of an app, which go past FastAPI's dependencies, are answered as all others are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from babble_app.api.app import plain_routes
from tests.integration.api.app_people import HostApp, make_host_app, read_frames

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

    from tests.integration.api.conftest import LiveServer, Person

JSON = "application/json"
OWN = {"request_id", "session_id", "message_id", "cached", "usage"}
"""What differs from answer to answer: the second one is given again."""


@pytest.fixture
def host(server: LiveServer, person: Person) -> Iterator[HostApp]:
    """An app of the plain assistant."""
    made = make_host_app(server, person.user.id)
    with made.client:
        yield made


def test_what_programs_call_most_can_go_the_short_way() -> None:
    assert plain_routes().keys() == {
        ("POST", path)
        for path in (
            "/api/v1/chat",
            "/api/v1/chat/stream",
            "/v1/chat",
            "/v1/chat/completions",
            "/v1/embeddings",
            "/v1/responses",
        )
    }


def ask_both_ways(
    host: HostApp, body: bytes, path: str = "/api/v1/chat", **headers: str
) -> list[httpx.Response]:
    """Send a call as it is, and with a header that only some send and that says nothing."""
    sent = {"Content-Type": JSON} | headers
    return [
        host.client.post(path, content=body, headers=sent | further)
        for further in ({}, {"X-App-Context": "{}"})
    ]


def told(response: httpx.Response) -> tuple[int, str, dict[str, object]]:
    """Return what an answer says besides its ids."""
    said = {key: value for key, value in response.json().items() if key not in OWN}
    return response.status_code, response.headers["content-type"], said


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b'{"message": "Hello", "user": "u1", "context": {"page": "cart"}}', 200),
        (b'{"message": "Hello", "session_id": "s_none"}', 404),
        (b'{"message": "Hello", "session_id": "../x"}', 404),
        (b'{"message": "  "}', 422),
        (b'{"message": "\\u0000"}', 422),
        (b'{"message": "Hello", "more": 1}', 422),
        (b'{"message": 7}', 422),
        (b'{"message": "Hello"', 422),
        (b'["Hello"]', 422),
        (b'{"message": "Hello", "context": {"n": NaN}}', 200),
        (b"", 422),
    ],
)
def test_a_plain_call_is_answered_as_any_other(host: HostApp, body: bytes, status: int) -> None:
    plain, thorough = ask_both_ways(host, body)

    assert told(plain) == told(thorough)
    assert plain.status_code == status


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/v1/chat", b'{"message": "Hello", "user_id": "u1"}', 200),
        ("/v1/chat", b'{"message": "Hello", "conversation_id": "s_none"}', 404),
        ("/v1/chat", b'{"message": 7}', 422),
        ("/v1/chat/completions", b'{"model": "app", "messages": [{"role": "user", "content": "Hello"}]}', 200),
        ("/v1/chat/completions", b'{"model": "nobody", "messages": [{"role": "user", "content": "Hello"}]}', 404),
        ("/v1/chat/completions", b'{"model": "app", "messages": 7}', 400),
        ("/v1/chat/completions", b'{"model": "app", "messages": [', 400),
        ("/v1/chat/completions", b"", 400),
        ("/v1/responses", b'{"model": "app", "input": "Hello"}', 200),
        ("/v1/responses", b'{"model": "app", "input": {}}', 400),
        ("/v1/embeddings", b'{"model": "app"}', 400),
    ],
)  # fmt: skip
def test_other_protocols_are_answered_alike_too(
    host: HostApp, path: str, body: bytes, status: int
) -> None:
    plain, thorough = ask_both_ways(host, body, path)

    assert [plain.status_code, thorough.status_code] == [status, status]
    assert plain.headers["content-type"] == thorough.headers["content-type"]
    assert told(plain)[2].keys() == told(thorough)[2].keys()
    assert plain.json().get("error") == thorough.json().get("error")


def test_a_stream_that_was_asked_for_plainly_is_the_same(host: HostApp) -> None:
    plain, thorough = ask_both_ways(host, b'{"message": "Hello"}', "/api/v1/chat/stream")

    kinds = [[kind for _, kind, _ in read_frames(one.text)] for one in (plain, thorough)]
    assert kinds[0][0] == kinds[1][0] == "session"
    assert kinds[0][-1] == kinds[1][-1] == "done"
    assert plain.headers["content-type"] == thorough.headers["content-type"]


def test_who_calls_is_asked_before_what_is_sent(host: HostApp) -> None:
    body = b'{"message": "Hello", "session_id": "../x"}'

    answers = ask_both_ways(host, body, Authorization="Bearer bb_nothing")

    assert [answer.status_code for answer in answers] == [401, 401]
    assert told(answers[0]) == told(answers[1])
