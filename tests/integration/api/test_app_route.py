"""Plain calls of an app, which go past FastAPI's dependencies, are answered as all others are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

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
