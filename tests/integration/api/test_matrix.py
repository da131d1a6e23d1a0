"""Who may call what: every route, with every kind of caller. A new route is covered by being in the OpenAPI document."""

from __future__ import annotations

import json
import re
import time
from typing import TYPE_CHECKING, Any

import httpx
import jwt
import pytest
from fastapi.routing import iter_route_contexts

from babble_app.api._app_identity import current_caller
from babble_app.api._identity import current_user
from babble_app.api._operator_identity import current_operator
from babble_app.api.app import create_api
from babble_app.schemas.accounts import LOGIN_COOKIE
from babble_app.schemas.events import VersionProposed
from babble_app.services import (
    accounts,
    agents,
    proposals,
)
from babble_app.services.proposals import Origin
from tests.integration.api.app_people import make_host_app
from tests.integration.api.conftest import PASSWORD, make_person
from tests.integration.api.routes import Operation, all_operations, id_kind, sample

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.integration.api.conftest import LiveServer, Person

PUBLIC = {
    "/health",
    "/health/live",
    "/health/ready",
    "/api/auth/register",
    "/api/auth/login",
    # The browser's forms: they make or end the credential.
    "/auth/login",
    "/auth/register",
    "/auth/logout",
    # Documentation, and the answers where nothing is.
    "/docs",
    "/docs/",
    "/openapi.json",
    "/api",
    "/v1",
    "/api/{path:path}",
    "/auth/{path:path}",
    "/health/{path:path}",
    "/v1/{path:path}",
    # A page's visit begins with a token, or from our own embed page: the service decides.
    "/api/v1/visitors",
}
ASKING = (current_user, current_operator, current_caller)
"""The dependencies that say who is calling."""
NOBODY = {"invalid_token", "invalid_api_key"}
"""The codes of a credential that is none: ours, and OpenAI's on its routes."""
FIXED = {"provider": "openai", "kind": "workspace", "period": "month", "name": "app"}
"""Parts of paths that are no ids of anybody."""
PROGRAM = """\
say("Hello!")
loop:
    talk("Be kind.")
until "the visitor says goodbye":
    say("Bye!")
"""
"""What the first person's agent runs."""


def make_everything(server: LiveServer, person: Person) -> dict[str, str]:
    """Give a person one of each thing, and return the ids by the names of the routes' parameters."""
    client, rt, owner = person.client, server.runtime, person.user.id
    workspace = client.post("/api/workspaces", json={"name": "Mine"}).json()["id"]
    added = client.post(
        f"/api/workspaces/{workspace}/files", files=[("file", ("secret.txt", b"canary-file"))]
    )
    chat = client.post(f"/api/workspaces/{workspace}/chats", json={"title": "canary-chat"}).json()
    proposal = VersionProposed(kind="create", program=PROGRAM, name="Canary", summary="x")
    version = server.call(
        agents.create_agent(
            rt, owner, workspace, proposal=proposal, request="canary", model="demo/based"
        )
    )
    agent = version.agent_id
    origin = Origin(chat["id"], "run_1", "canary", "demo/based", version.id)
    change = proposal.model_copy(update={"program": PROGRAM.replace("Bye", "Good night")})
    waiting = server.call(proposals.add_proposal(rt, owner, agent, origin, change))
    assert waiting is not None
    session = client.post(f"/api/agents/{agent}/sessions", json={}).json()["session_id"]
    test = client.post(f"/api/sessions/{session}/keep", json={"name": "canary-test"}).json()["id"]
    started = client.post(f"/api/chats/{chat['id']}/messages", json={"text": "Hello"})
    assert started.status_code == 202, started.text
    run = started.json()["run_id"]
    client.get(f"/api/runs/{run}/events").raise_for_status()
    profile = client.post("/api/profiles", json={"name": "canary-profile"}).json()["id"]
    login = server.call(
        accounts.log_in(
            rt, email=person.user.email, password=PASSWORD, address=owner, user_agent="x"
        )
    )
    client.put(
        f"/api/budgets/workspace/{workspace}/month", json={"limit_usd": 3}
    ).raise_for_status()
    key = client.post(
        f"/api/settings/keys/{FIXED['provider']}",
        json={"key": "sk-canary-0123456789", "label": "canary-key", "workspace_id": workspace},
    )
    assert key.status_code == 201, key.text
    host = make_host_app(server, owner, name="canary-app", agent_id=agent)
    with host.client as visitor:
        reply = visitor.post("/api/v1/chat", json={"message": "canary", "user": "canary-user"})
    assert reply.status_code == 200, reply.text
    tool = {"name": "sample_text", "url": "https://canary.example/", "secret_headers": ["X-Key"]}
    client.put(
        f"/api/apps/{host.app.id}/tools",
        json={"tools": [tool], "secrets": {"sample_text": {"X-Key": "canary-secret"}}},
    ).raise_for_status()
    api_key = client.post("/api/settings/api-keys", json={"name": "canary-key"}).json()["id"]
    return {
        "app_id": host.app.id,
        "token_id": host.token.id,
        "visitor": "canary-user",
        "name": "sample_text",
        "visit_id": reply.json()["session_id"],
        "reply_id": reply.json()["message_id"],
        "app_token": host.token.token,
        "api_key_id": api_key,
        "workspace_id": workspace,
        "scope_id": workspace,
        "file_id": added.json()[0]["id"],
        "chat_id": chat["id"],
        "agent_id": agent,
        "version_id": version.id,
        "proposal_id": waiting.id,
        "session_id": session,
        "test_id": test,
        "run_id": run,
        "message_id": started.json()["message_id"],
        "profile_id": profile,
        "login_id": login.login.id,
        "key_id": key.json()["id"],
    }


@pytest.fixture(scope="module")
def first(server: LiveServer) -> Iterator[tuple[Person, dict[str, str]]]:
    """Somebody who has one of each thing."""
    person = make_person(server)
    with person.client:
        yield person, make_everything(server, person)


@pytest.fixture(scope="module")
def second(server: LiveServer) -> Iterator[tuple[Person, dict[str, str]]]:
    """Somebody else who has one of each thing."""
    person = make_person(server)
    with person.client:
        yield person, make_everything(server, person)


@pytest.fixture(scope="module")
def before(first: tuple[Person, dict[str, str]]) -> dict[str, str]:
    """What the first person has before anybody tries anything."""
    return snapshot(*first)


def of_operation(operation: Operation, ids: dict[str, str]) -> dict[str, str]:
    """Return the ids by the names that the operation has for them: sessions and messages of apps are visitors'."""
    if operation.for_apps:
        return {**ids, "session_id": ids["visit_id"], "message_id": ids["reply_id"]}
    if "/api-keys/" in operation.path:
        return {**ids, "key_id": ids["api_key_id"]}
    return ids


def call(
    client: httpx.Client, operation: Operation, path_ids: dict[str, str], ids: dict[str, str]
) -> httpx.Response:
    """Call the operation with `path_ids` in its path and `ids` in query and body."""
    path_ids, ids = of_operation(operation, path_ids), of_operation(operation, ids)
    path = operation.path.format(**{**FIXED, **path_ids})
    query = {name: ids[id_kind(name)] for name in operation.query if id_kind(name)}
    if "message" in operation.query:
        query["message"] = "sample text"
    if "since" in operation.query:
        # What is asked must not change while the tests run, midnight or not.
        query["since"] = "2026-11-01"
    extra: dict[str, Any] = {}
    if operation.takes_files:
        extra["files"] = [("file", ("x.txt", b"x"))]
    elif operation.body is not None:
        extra["json"] = sample(operation.body, ids)
    return client.request(operation.method, path, params=query, **extra)


def problem_of(answer: httpx.Response) -> dict[str, Any]:
    """Return the failure's members, of OpenAI's error object too, without the request's id."""
    body: dict[str, Any] = answer.json()
    if "error" in body:
        return {"code": body["error"]["code"], "detail": body["error"]["message"]}
    return {**body, "request_id": ""}


def call_as(
    who: tuple[Person, dict[str, str]],
    operation: Operation,
    path_ids: dict[str, str],
    ids: dict[str, str],
) -> httpx.Response:
    """Call the operation as a person, or with the token of the person's app where it takes one."""
    person, own = who
    if not operation.for_apps:
        return call(person.client, operation, path_ids, ids)
    with httpx.Client(base_url=person.client.base_url, timeout=60) as client:
        client.headers["Authorization"] = f"Bearer {own['app_token']}"
        return call(client, operation, path_ids, ids)


def snapshot(person: Person, ids: dict[str, str]) -> dict[str, str]:
    """Read everything a person has, and what its app's visitors said."""
    reads = [
        operation
        for operation in all_operations()
        if operation.method == "GET"
        and operation.guarded
        and "export" not in operation.path
        and not operation.path.endswith("/chat/stream")
        # Figures of the last moment.
        and operation.path != "/api/v1/stats"
    ]
    return {
        str(operation): _still(call_as((person, ids), operation, ids, ids)) for operation in reads
    }


def _still(answer: httpx.Response) -> str:
    """Return the answer without when a token was used last, which asking changes."""
    return re.sub(r'"last_used_at":("[^"]*"|null)', "", answer.text)


NESTED = [op for op in all_operations() if any(name not in FIXED for name in op.path_ids)]
WITH_IDS_INSIDE = [
    op
    for op in all_operations()
    if op.guarded
    and (
        any(id_kind(name) for name in op.query)
        or any(id_kind(name) for name in (op.body or {}).get("properties", {}))
    )
]
GUARDED = [op for op in all_operations() if op.guarded]


@pytest.mark.parametrize("operation", NESTED, ids=str)
def test_a_second_user_finds_nothing_under_the_firsts_ids(
    first: tuple[Person, dict[str, str]],
    second: tuple[Person, dict[str, str]],
    before: dict[str, str],
    operation: Operation,
):
    answer = call_as(second, operation, first[1], second[1])

    assert answer.status_code == 404, answer.text
    assert problem_of(answer)["code"] == "not_found"
    assert "canary" not in answer.text.lower()
    assert snapshot(*first) == before


@pytest.mark.parametrize("operation", WITH_IDS_INSIDE, ids=str)
def test_a_second_user_cannot_bring_the_firsts_ids_into_their_own(
    first: tuple[Person, dict[str, str]],
    second: tuple[Person, dict[str, str]],
    before: dict[str, str],
    operation: Operation,
):
    answer = call_as(second, operation, second[1], first[1])

    assert answer.status_code == 404, answer.text
    assert "canary" not in answer.text.lower()
    assert snapshot(*first) == before


@pytest.mark.parametrize("operation", NESTED, ids=str)
def test_an_unknown_id_and_a_foreign_one_look_alike(
    first: tuple[Person, dict[str, str]],
    second: tuple[Person, dict[str, str]],
    operation: Operation,
):
    unknown = {name: value[:4] + "0" * 20 for name, value in first[1].items()}

    answers = [call_as(second, operation, ids, second[1]) for ids in (first[1], unknown)]

    bodies = [problem_of(answer) for answer in answers]
    assert bodies[0] == bodies[1]


def bad_credentials(server: LiveServer) -> dict[str, dict[str, str]]:
    """Name every way of not being anybody."""
    gone = make_person(server)
    suspended = make_person(server)
    server.call(accounts.suspend_user(server.runtime, suspended.user.id, suspended=True))
    login = server.call(
        accounts.log_in(
            server.runtime, email=gone.user.email, password=PASSWORD, address="x", user_agent="x"
        )
    )
    server.call(accounts.delete_account(server.runtime, gone.user.id, PASSWORD))
    claims = jwt.decode(gone.token, options={"verify_signature": False})
    origin = {"Origin": server.url}
    return {
        "nothing": {},
        "an empty token": {"Authorization": "Bearer"},
        "another scheme": {"Authorization": "Basic dXNlcjpwYXNz"},
        "rubbish": {"Authorization": "Bearer \xff\xfe.x.y"},
        "an unsigned token": {"Authorization": f"Bearer {jwt.encode(claims, '', 'none')}"},
        "a forged token": {
            "Authorization": f"Bearer {jwt.encode({**claims, 'exp': time.time() + 999}, 'k' * 32)}"
        },
        "a token of an erased account": {"Authorization": f"Bearer {gone.token}"},
        "a token of a suspended account": {"Authorization": f"Bearer {suspended.token}"},
        "a personal key that is not there": {"Authorization": "Bearer bbk_" + "0" * 36},
        "a login that is not there": {"Cookie": f"{LOGIN_COOKIE}=x", **origin},
        "a login of an erased account": {"Cookie": f"{LOGIN_COOKIE}={login.token}", **origin},
    }


def test_nobody_reaches_anything_without_a_credential(
    server: LiveServer, first: tuple[Person, dict[str, str]], before: dict[str, str]
):
    reached: list[str] = []

    for name, headers in bad_credentials(server).items():
        raw = {key: value.encode("latin-1") for key, value in headers.items()}
        with server.client() as client:
            client.headers.update(raw)  # type: ignore[arg-type]
            for operation in GUARDED:
                answer = call(client, operation, first[1], first[1])
                if answer.status_code != 401 or problem_of(answer)["code"] not in NOBODY:
                    reached.append(f"{operation} with {name}: {answer.status_code}")

    assert reached == []
    assert snapshot(*first) == before


def test_every_route_asks_who_is_calling_unless_it_is_listed_as_public():
    open_routes: set[str] = set()
    for route in iter_route_contexts(create_api(lambda: None).routes):  # type: ignore[arg-type]
        dependant = getattr(route, "dependant", None)
        if dependant is None or not _asks_who(dependant):
            open_routes.add(str(route.path))

    assert open_routes == PUBLIC


def _asks_who(dependant: Any) -> bool:
    return any(one.call in ASKING or _asks_who(one) for one in dependant.dependencies)


def test_the_matrix_sees_the_routes():
    assert len(GUARDED) >= 40
    assert len(NESTED) >= 25
    assert {str(op) for op in WITH_IDS_INSIDE} >= {
        "PUT /api/chats/{chat_id}/files",
        "POST /api/settings/keys/{provider}",
        "POST /api/agents/{agent_id}/revert",
        "GET /api/agents/{agent_id}/diff",
        "POST /api/agents/{agent_id}/sessions",
    }


@pytest.mark.parametrize(
    "operation",
    [op for op in GUARDED if op.body and op.body.get("type") == "object" and not op.of_openai],
    ids=str,
)
def test_unknown_and_privileged_fields_are_refused(
    first: tuple[Person, dict[str, str]], operation: Operation
):
    assert operation.body is not None
    assert operation.body.get("additionalProperties") is False
    ids = of_operation(operation, first[1])
    path = operation.path.format(**{**FIXED, **ids})
    body = {**sample(operation.body, ids), "owner_id": "usr_1"}

    headers = {"Authorization": f"Bearer {ids['app_token']}"} if operation.for_apps else None
    answer = first[0].client.request(operation.method, path, json=body, headers=headers)

    assert answer.status_code == 422
    assert "owner_id" in problem_of(answer)["detail"]


@pytest.mark.parametrize(
    "operation", [op for op in all_operations() if op.body and op.body.get("properties")], ids=str
)
@pytest.mark.parametrize("text", ["a\u0000b", "\ud800", "x" * 900_000])
def test_a_text_that_cannot_be_stored_is_no_failure_of_the_server(
    first: tuple[Person, dict[str, str]], operation: Operation, text: str
):
    assert operation.body is not None
    ids = of_operation(operation, first[1])
    path = operation.path.format(**{**FIXED, **ids})
    good = sample(operation.body, ids)
    headers = {"Content-Type": "application/json"}
    if operation.for_apps:
        headers["Authorization"] = f"Bearer {ids['app_token']}"
    for name, value in good.items():
        if isinstance(value, str):
            answer = first[0].client.request(
                operation.method,
                path,
                content=json.dumps({**good, name: text}),
                headers=headers,
            )
            refused = 400 if operation.of_openai else 422
            assert answer.status_code in {200, 401, 404, 413, refused}, (name, answer.text)
