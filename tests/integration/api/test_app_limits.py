"""What holds host apps' calls in bounds: revocation, idempotency, rates, methods, and what is never shown."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Any

import pytest

from babble_app.llm.redact import RedactingFilter, redact
from babble_app.services import accounts, app_tokens, apps, budgets
from tests.integration.api.app_people import HostApp, make_host_app, read_frames
from tests.integration.api.conftest import make_person, make_settings, serve

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

    from tests.integration.api.conftest import LiveServer, Person

PAGE = {"Origin": "https://shop.example"}
WAITS = """say("One moment.")
done_so = integrations.page.insert_sql(sql="SELECT 2")
say(f"The page says {done_so}.")
"""
INSERT: dict[str, Any] = {"name": "insert_sql", "parameters": {"type": "object", "properties": {}}}


@pytest.fixture
def host(server: LiveServer, person: Person) -> Iterator[HostApp]:
    """An app of the plain assistant that pages may use."""
    made = make_host_app(server, person.user.id, origins=["https://shop.example"])
    with made.client:
        yield made


@pytest.mark.parametrize("by_visitor", [False, True])
def test_a_silent_stream_ends_when_its_token_is_revoked(
    server: LiveServer, person: Person, by_visitor: bool
) -> None:
    host = make_host_app(server, person.user.id, program=WAITS, origins=[PAGE["Origin"]])
    token = host.token.token
    with host.client as page:
        if by_visitor:
            token = page.post("/api/v1/visitors", json={}, headers=PAGE).json()["visitor_token"]
    body: dict[str, Any] = {"message": "Hello", "tools": [INSERT]}

    with (
        server.client(Authorization=f"Bearer {token}") as client,
        client.stream("POST", "/api/v1/chat/stream", json=body) as answer,
    ):
        pieces = answer.iter_text()
        while '"wanted"' not in next(pieces):
            pass
        server.call(app_tokens.revoke_token(server.runtime, host.owner_id, host.token.id))
        began = time.monotonic()
        rest = "".join(pieces)

    server.call(apps.delete_app(server.runtime, host.owner_id, host.app.id))
    assert "event: done" not in rest
    # The page would have been waited for two minutes; pings come every 15 s.
    assert time.monotonic() - began < 14


@pytest.mark.parametrize(
    ("result", "words"), [("kept", "kept"), ("7", "7"), ({"rows": 7}, "{'rows': 7}")]
)
def test_a_page_carries_out_what_the_agent_wants(
    server: LiveServer, person: Person, result: Any, words: str
) -> None:
    host = make_host_app(server, person.user.id, program=WAITS)
    body: dict[str, Any] = {"message": "Hello", "tools": [INSERT]}

    with host.client as client, client.stream("POST", "/api/v1/chat/stream", json=body) as answer:
        text = ""
        for piece in answer.iter_text():
            text += piece
            frames = read_frames(text[: text.rfind("\n\n") + 2])
            wanted = [data for _, kind, data in frames if kind == "tool"]
            if wanted and wanted[-1]["status"] == "wanted":
                session = frames[0][2]["session_id"]
                path = f"/api/v1/sessions/{session}/tool-results"
                done = {"call_id": wanted[-1]["call_id"], "result": result}
                too_much = client.post(path, json={**done, "result": ["x" * 20_000]})
                assert too_much.status_code == 422
                assert client.post(path, json=done).status_code == 204

    assert read_frames(text)[-1][2]["response"] == f"One moment.\n\nThe page says {words}."


def test_a_repeated_key_is_answered_once_in_one_piece_or_many(host: HostApp) -> None:
    key, asked = {"Idempotency-Key": "k1"}, {"message": "Hello"}
    whole = [host.client.post("/api/v1/chat", json=asked, headers=key).json() for _ in range(2)]
    streams = [
        host.client.post("/api/v1/chat/stream", json=asked, headers={"Idempotency-Key": "k2"}).text
        for _ in range(2)
    ]
    other = host.client.post("/api/v1/chat", json={"message": "Hello you"}, headers=key)

    assert whole[0] == whole[1]
    assert read_frames(streams[0]) == read_frames(streams[1])
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_conflict")


def test_keys_of_two_visitors_do_not_meet(server: LiveServer, host: HostApp) -> None:
    sessions: set[str] = set()
    for _ in range(2):
        visit = host.client.post("/api/v1/visitors", json={}, headers=PAGE).json()
        with server.client(
            Authorization=f"Bearer {visit['visitor_token']}", **{"Idempotency-Key": "k"}
        ) as client:
            sessions.add(client.post("/api/v1/chat", json={"message": "Hi"}).json()["session_id"])

    assert len(sessions) == 2


def test_a_suspended_owners_app_answers_nobody(server: LiveServer, host: HostApp) -> None:
    host.client.post("/api/v1/chat", json={"message": "Hi"})
    server.call(accounts.suspend_user(server.runtime, host.owner_id, suspended=True))

    refused = host.client.post("/api/v1/chat", json={"message": "Hi"})

    assert (refused.status_code, refused.json()["code"]) == (401, "invalid_token")


def test_what_is_not_there_is_a_problem_and_not_a_page(server: LiveServer, host: HostApp) -> None:
    answers = {
        (method, path): host.client.request(method, path)
        for method, path in (
            ("GET", "/api/v1/nothing"),
            ("PUT", "/api/v1/sessions"),
            ("OPTIONS", "/api/v1/chat"),
            ("HEAD", "/api/v1/chat"),
            ("DELETE", "/api/v1/admin/tokens"),
            ("PUT", "/v1/chat"),
        )
    }

    assert [answer.status_code for answer in answers.values()] == [404, 405, 405, 405, 405, 405]
    for (_, path), answer in answers.items():
        kind = "application/json" if path.startswith("/v1/") else "application/problem+json"
        assert answer.headers["content-type"] == kind
        assert answer.headers["x-request-id"]


def test_a_preflight_is_answered_for_host_apps_and_not_for_operators(host: HostApp) -> None:
    asked = {**PAGE, "Access-Control-Request-Method": "DELETE"}

    sessions = host.client.options("/api/v1/sessions/s_1", headers=asked)
    tokens = host.client.options("/api/v1/admin/tokens/tok_1", headers=asked)

    assert sessions.headers["access-control-allow-origin"] == PAGE["Origin"]
    assert "access-control-allow-credentials" not in sessions.headers
    assert "access-control-allow-origin" not in tokens.headers


@pytest.fixture(scope="module")
def direct(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """A server without a proxy in front: nobody's word for an address is taken."""
    folder = tmp_path_factory.mktemp("direct")
    keys = {"OPENAI_API_KEY": "sk-canary-0123456789", "OPENAI_BASE_URL": "http://127.0.0.1:9/v1"}
    with serve(make_settings(folder, BABBLE_TRUSTED_PROXIES="", **keys)) as live:
        yield live


@pytest.mark.parametrize("kind", ["app", "token"])
def test_a_money_cap_is_said_and_nobody_is_asked(direct: LiveServer, kind: Any) -> None:
    person = make_person(direct)
    host = make_host_app(direct, person.user.id, model="openai/gpt-4o-mini")
    whose = {"app": host.app.id, "token": host.token.id}[kind]
    rt = direct.runtime
    direct.call(budgets.set_budget(rt, host.owner_id, kind, whose, "day", limit_usd=0))

    with person.client, host.client as client:
        whole = client.post("/api/v1/chat", json={"message": "Hi"})
        stream = client.post("/api/v1/chat/stream", json={"message": "Hi"})
        openai = client.post("/v1/chat", json={"message": "Hi"})

    assert (whole.status_code, whole.json()["code"]) == (402, "budget_exhausted")
    assert read_frames(stream.text)[-1][1:] == (
        "error",
        {"code": "budget_exhausted", "detail": whole.json()["detail"], "retryable": False},
    )
    assert (openai.status_code, openai.json()["error"]["code"]) == (402, "budget_exhausted")


def test_made_up_addresses_and_visitors_stay_limited(direct: LiveServer) -> None:
    person = make_person(direct)
    host = make_host_app(direct, person.user.id, origins=[PAGE["Origin"]])
    with person.client, host.client as client:
        server_limit = _first_refusal(
            client, [{"X-Forwarded-For": f"10.1.{n}.9"} for n in range(30)], "/api/v1/sessions"
        )
        visits = _first_refusal(
            client,
            [{"X-Forwarded-For": f"10.2.{n}.9", **PAGE} for n in range(70)],
            "/api/v1/visitors",
        )

    assert server_limit == host.app.rate_limit_per_minute
    assert visits == 60


def test_made_up_names_of_visitors_meet_the_apps_ceiling(direct: LiveServer) -> None:
    person = make_person(direct)
    host = make_host_app(direct, person.user.id)
    rt = direct.runtime
    direct.call(apps.update_app(rt, host.owner_id, host.app.id, rate_limit_per_minute=1))
    statuses: list[int] = []
    with person.client, host.client as client:
        for number in range(51):
            answer = client.post("/api/v1/sessions", json={"user": f"visitor {number}"})
            statuses.append(answer.status_code)
        reserved = [
            client.post("/api/v1/sessions", json={"user": user}).status_code
            for user in ("vis_abc", "user ada")
        ]

    assert statuses == [201] * 50 + [429]
    assert reserved == [422, 422]


@pytest.mark.parametrize("path", ["/api/v1/visitors", "/api/v1/sessions"])
def test_addresses_of_one_ipv6_network_are_one_caller(
    server: LiveServer, person: Person, path: str
) -> None:
    host = make_host_app(server, person.user.id, origins=[PAGE["Origin"]])
    rt, owner_id = server.runtime, host.owner_id
    server.call(apps.update_app(rt, owner_id, host.app.id, rate_limit_per_minute=60))
    network = f"2001:db8:{len(path):x}"

    with host.client as client:
        statuses = [
            client.post(path, json={}, headers={"X-Forwarded-For": address}).status_code
            for address in [*(f"{network}:1::{n:x}" for n in range(61)), f"{network}:2::1"]
        ]

    assert statuses.count(429) == 1
    assert statuses[-2] == 429


def _first_refusal(client: httpx.Client, headers: list[dict[str, str]], path: str) -> int:
    """Return how many calls were let through before one was refused for coming too often."""
    for number, one in enumerate(headers):
        if client.post(path, json={}, headers=one).status_code == 429:
            return number
    return -1


def test_secrets_of_apps_are_in_no_log_no_error_and_no_address(
    server: LiveServer, host: HostApp, person: Person, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    key = person.client.post("/api/settings/api-keys", json={"name": "x"}).json()["key"]
    visit = host.client.post("/api/v1/visitors", json={}, headers=PAGE).json()
    canaries = [host.token.token, visit["visitor_token"], visit["visitor_secret"], key]
    told = ""
    for secret in canaries:
        with server.client(Authorization=f"Bearer {secret}x") as client:
            for path in ("/api/v1/chat", "/v1/chat", "/api/workspaces", "/api/v1/admin/tokens"):
                answer = client.post(path, json={"message": secret * 2000, "name": "x"})
                told += answer.text + str(answer.headers) + str(answer.url)
        with server.client(Authorization=f"Bearer {secret}") as client:
            for path in ("/api/v1/sessions/s_x/messages", "/api/v1/stats", "/api/files/fil_x"):
                answer = client.get(path)
                told += answer.text + str(answer.headers) + str(answer.url)

    logged = "\n".join(record.getMessage() for record in caplog.records)
    for secret in canaries:
        assert secret not in told
        assert secret not in logged


@pytest.mark.parametrize("scheme", ["bb", "bbk", "bv"])
def test_a_token_of_ours_is_taken_out_of_logs(scheme: str) -> None:
    body = "eyJhcHAiOiJhcHBfMSJ9_-" * 3
    token = f"bv_{body}.{'A_-b' * 10}abc" if scheme == "bv" else f"{scheme}_" + "a1B2c3" * 6
    record = logging.LogRecord("x", logging.INFO, "x", 1, "came with %s!", (token,), None)
    RedactingFilter().filter(record)

    assert token not in record.getMessage()
    assert redact(f"a {token} b") == "a [hidden] b"
