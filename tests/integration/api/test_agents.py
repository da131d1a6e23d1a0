"""Agents, versions, test conversations, models, keys and the checker, by script."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pytest

from babble_app.schemas.events import VersionProposed
from babble_app.services import (
    agents,
)
from tests.integration.api.conftest import make_person
from tests.integration.api.test_workbench import code_of, make_workspace

if TYPE_CHECKING:
    from babble_app.schemas.agents import Version
    from tests.integration.api.conftest import LiveServer, Person

FIRST = 'say("Hello!")\nloop:\n    talk("Be kind.")\nuntil "the visitor says goodbye":\n    say("Bye!")\n'
SECOND = FIRST.replace("Hello!", "Good morning!")
CANARY_KEY = "sk-canary-0123456789"


def make_agent(server: LiveServer, person: Person) -> Version:
    proposal = VersionProposed(kind="create", program=FIRST, name="Greeter", summary="Greets")
    return server.call(
        agents.create_agent(
            server.runtime,
            person.user.id,
            make_workspace(person),
            proposal=proposal,
            request="Greet people",
            model="demo/based",
        )
    )


def test_a_hand_edit_is_a_version_that_can_be_compared_and_taken_back(
    server: LiveServer, person: Person
):
    first = make_agent(server, person)
    url = f"/api/agents/{first.agent_id}"

    edited = person.client.post(f"{url}/versions", json={"text": SECOND, "parent_id": first.id})

    assert edited.status_code == 201, edited.text
    second = edited.json()
    assert (second["number"], second["kind"], second["parent_id"]) == (2, "manual", first.id)
    assert second["author"] == person.user.name
    assert person.client.get(f"/api/versions/{second['id']}").json()["text"] == SECOND
    listed = person.client.get(f"{url}/versions").json()
    assert [item["number"] for item in listed] == [2, 1]
    assert "text" not in listed[0]
    diff = person.client.get(f"{url}/diff?from={first.id}&to={second['id']}").json()
    assert '-say("Hello!")' in diff["unified"]
    assert [line["kind"] for line in diff["hunks"][0]["lines"]][:2] == ["removed", "added"]
    reverted = person.client.post(f"{url}/revert", json={"version_id": first.id})
    assert (reverted.status_code, reverted.json()["number"]) == (201, 3)
    assert reverted.json()["text"] == FIRST


def test_an_edit_of_an_old_version_is_told_what_is_there_now(server: LiveServer, person: Person):
    first = make_agent(server, person)
    url = f"/api/agents/{first.agent_id}/versions"
    second = person.client.post(url, json={"text": SECOND, "parent_id": first.id}).json()

    late = person.client.post(url, json={"text": FIRST + "\n", "parent_id": first.id})

    assert code_of(late) == (409, "conflict")
    assert late.json()["head"] == second["id"]


@pytest.mark.parametrize("text", [FIRST, "say(", "", 'until "x":\n    say("y")\n'])
def test_a_program_that_changes_nothing_or_has_errors_is_not_saved(
    server: LiveServer, person: Person, text: str
):
    first = make_agent(server, person)
    url = f"/api/agents/{first.agent_id}/versions"

    answer = person.client.post(url, json={"text": text, "parent_id": first.id})

    assert code_of(answer) == (422, "validation_failed")
    assert len(person.client.get(url).json()) == 1


def test_an_agent_can_be_renamed_and_deleted(server: LiveServer, person: Person):
    agent = make_agent(server, person).agent_id

    renamed = person.client.patch(f"/api/agents/{agent}", json={"name": "Host"})

    assert renamed.json()["name"] == "Host"
    assert renamed.json()["head_number"] == 1
    assert person.client.delete(f"/api/agents/{agent}").status_code == 204
    assert code_of(person.client.get(f"/api/agents/{agent}")) == (404, "not_found")


def test_a_test_conversation_goes_from_turn_to_turn(server: LiveServer, person: Person):
    agent = make_agent(server, person).agent_id

    started = person.client.post(f"/api/agents/{agent}/sessions")

    assert started.status_code == 201, started.text
    body = started.json()
    assert "Hello!" in [event["text"] for event in body["events"] if event["type"] == "agent"]
    url = f"/api/sessions/{body['session_id']}"
    turn = person.client.post(f"{url}/messages", json={"text": "How are you?"})
    assert turn.status_code == 200, turn.text
    assert set(turn.json()) == {"events", "state"}
    assert set(turn.json()["state"]) == {"line", "status"}
    whole = person.client.get(url).json()
    assert len(whole["events"]) == len(body["events"]) + len(turn.json()["events"])


def test_text_that_is_not_saved_can_be_talked_to(server: LiveServer, person: Person):
    agent = make_agent(server, person).agent_id
    url = f"/api/agents/{agent}/sessions"

    unsaved = person.client.post(url, json={"program": SECOND})
    broken = person.client.post(url, json={"program": "say("})
    both = person.client.post(url, json={"program": SECOND, "version_id": "ver_1"})

    assert "Good morning!" in str(unsaved.json()["events"])
    assert code_of(broken) == (422, "validation_failed")
    assert code_of(both) == (422, "validation_failed")


def test_the_demo_model_can_always_be_chosen(person: Person):
    models = person.client.get("/api/models").json()

    demo = next(model for model in models if model["id"] == "demo/based")
    assert "not an AI" in demo["note"]


def test_a_key_goes_in_and_never_comes_out(person: Person):
    url = "/api/settings/keys/openai"

    stored = person.client.put(url, json={"key": CANARY_KEY})

    assert stored.status_code == 200, stored.text
    assert (stored.json()["status"], stored.json()["last4"]) == ("ready", "6789")
    for path in (url, "/api/settings/keys", "/api/auth/me", "/api/models"):
        assert CANARY_KEY not in person.client.get(path).text
    assert CANARY_KEY.encode() not in person.client.get("/api/auth/export").content
    assert person.client.delete(url).status_code == 204
    assert person.client.get(url).json()["status"] == "no_key"


@pytest.mark.parametrize(
    ("provider", "body", "status"),
    [
        ("openai", {"key": ""}, 422),
        ("openai", {}, 422),
        ("openai", {"key": "two words"}, 422),
        ("openai", {"key": "k" * 2000}, 422),
        ("openai", {"key": CANARY_KEY, "owner_id": "usr_1"}, 422),
        ("nobody", {"key": CANARY_KEY}, 404),
        ("custom", {"base_url": "http://127.0.0.1:1/v1"}, 403),
    ],
)
def test_a_key_that_cannot_be_is_refused_without_repeating_it(
    person: Person, provider: str, body: dict[str, str], status: int
):
    answer = person.client.put(f"/api/settings/keys/{provider}", json=body)

    assert code_of(answer)[0] == status
    assert CANARY_KEY not in answer.text
    assert "two words" not in answer.text


def test_an_administrator_may_name_an_address(server: LiveServer):
    admin = make_person(server, "admin")
    with admin.client:
        url = "/api/settings/keys/custom"
        stored = admin.client.put(url, json={"base_url": "http://127.0.0.1:1/v1"})
        tested = admin.client.post(f"{url}/test")

    assert stored.status_code == 200, stored.text
    assert code_of(tested) == (503, "provider_unavailable")


def test_a_missing_key_is_said_before_anybody_is_called(person: Person):
    answer = person.client.post("/api/settings/keys/anthropic/test")

    assert code_of(answer) == (503, "model_unavailable")


def test_a_program_is_checked(person: Person):
    good = person.client.post("/api/based/validate", json={"code": FIRST.replace("\n", "\r\n")})
    bad = person.client.post(
        "/api/based/validate", json={"code": 'say("x")\nuntil "y":\n    say("z")\n'}
    )

    assert good.status_code == bad.status_code == 200
    assert good.json()["status"] == "success"
    assert ast.parse(good.json()["converted_code"])
    assert "until" not in good.json()["converted_code"].split()
    assert bad.json()["status"] == "error"
    assert "line 2" in bad.json()["error"]
    assert any(finding["code"].startswith("E") for finding in bad.json()["findings"])


@pytest.mark.parametrize(
    "code", ["", "x" * 300_000, "(" * 10_000, "\t\x0c\u2028", "if True:\n" * 3]
)
def test_no_program_is_too_strange_to_be_checked(person: Person, code: str):
    answer = person.client.post("/api/based/validate", json={"code": code})

    assert answer.status_code == 200
    assert answer.json()["status"] == "error"
