"""Tests of agents by script: keep, run, change, record, generate, cover, export and import."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from babble_app.schemas.events import VersionProposed
from babble_app.services import (
    agents,
)
from tests.unit.based.helpers import BAKERY

if TYPE_CHECKING:
    from tests.integration.api.conftest import LiveServer, Person


def make_agent(server: LiveServer, person: Person) -> tuple[str, str]:
    workspace = person.client.post("/api/workspaces", json={"name": "Mine"}).json()["id"]
    proposal = VersionProposed(kind="create", program=BAKERY, name="Bakery", summary="x")
    version = server.call(
        agents.create_agent(
            server.runtime,
            person.user.id,
            workspace,
            proposal=proposal,
            request="x",
            model="demo/based",
        )
    )
    return version.agent_id, version.id


def keep(person: Person, agent: str) -> dict[str, Any]:
    client = person.client
    session = client.post(f"/api/agents/{agent}/sessions", json={}).json()["session_id"]
    client.post(f"/api/sessions/{session}/messages", json={"text": "Goodbye, I am leaving."})
    kept = client.post(f"/api/sessions/{session}/keep")
    assert kept.status_code == 201, kept.text
    return kept.json()


def test_a_kept_conversation_guards_the_next_version(server: LiveServer, person: Person):
    client = person.client
    agent, version = make_agent(server, person)
    test = keep(person, agent)
    run = client.post(f"/api/tests/{test['id']}/run").json()
    changed = client.post(
        f"/api/agents/{agent}/versions",
        json={"text": BAKERY.replace("Hello, this", "Hi, that"), "parent_id": version},
    ).json()
    listed = client.get(f"/api/agents/{agent}/tests").json()
    asked = client.post(f"/api/tests/{test['id']}/fix-request").json()["text"]
    client.patch(f"/api/agents/{agent}", json={"gated": True})
    refused = client.post(f"/api/agents/{agent}/publish", json={"version_id": changed["id"]})
    recorded = client.post(f"/api/tests/{test['id']}/record")
    published = client.post(f"/api/agents/{agent}/publish", json={"version_id": changed["id"]})

    assert run["status"] == "passed"
    assert changed["tests"] == {"passed": 0, "failed": 1, "stale": 0, "total": 1}
    assert listed[0]["last"]["status"] == "failed"
    assert "+ agent: Hi, that is the bakery." in asked
    assert (refused.status_code, refused.json()["code"]) == (409, "tests_failing")
    assert recorded.status_code == 200
    assert published.json()["live_version_id"] == changed["id"]


def test_generated_tests_go_out_and_in_as_yaml(server: LiveServer, person: Person):
    client = person.client
    agent, _ = make_agent(server, person)
    keep(person, agent)
    made = client.post(f"/api/agents/{agent}/tests/generate")
    exported = client.get(f"/api/agents/{agent}/tests/export")
    coverage = client.get(f"/api/agents/{agent}/coverage").json()
    other, _ = make_agent(server, person)
    imported = client.post(f"/api/agents/{other}/tests/import", json={"text": exported.text})
    again = client.get(f"/api/agents/{other}/tests/export")

    assert [one["kind"] for one in made.json()] == ["persona", "persona"]
    assert exported.headers["content-type"].startswith("application/yaml")
    assert "bakery.tests.yaml" in exported.headers["content-disposition"]
    assert [one["text"] for one in coverage["untested"]] == ["the customer names a cake"]
    assert len(imported.json()) == 3
    assert again.text == exported.text


def test_hostile_files_and_specs_are_refused_in_plain_words(server: LiveServer, person: Person):
    client = person.client
    agent, _ = make_agent(server, person)
    bomb = "babble_tests: 1\ntests:\n- &a {name: x}\n- *a\n"
    deep = "[" * 400 + "]" * 400

    laughs = client.post(f"/api/agents/{agent}/tests/import", json={"text": bomb})
    nested = client.post(
        f"/api/agents/{agent}/tests",
        content='{"name": "x", "kind": "scripted", "spec": {"turns": ["x"], "assertions": [{"kind": "extract", "name": "a", "value": '
        + deep
        + "}]}}",
        headers={"Content-Type": "application/json"},
    )
    huge = client.post(
        f"/api/agents/{agent}/tests",
        json={"name": "x", "kind": "scripted", "spec": {"turns": ["x" * 40_000]}},
    )

    assert (laughs.status_code, "Line 3: Anchors" in laughs.json()["detail"]) == (422, True)
    assert nested.status_code == 422
    assert huge.status_code == 422
    assert client.get(f"/api/agents/{agent}/tests").json() == []


def test_a_run_with_a_key_is_carried_out_once(server: LiveServer, person: Person):
    client = person.client
    agent, _ = make_agent(server, person)
    body = {"name": "Hello", "kind": "scripted", "spec": {"turns": ["hello"], "runs": 1}}
    test = client.post(f"/api/agents/{agent}/tests", json=body).json()["id"]
    key = {"Idempotency-Key": "key-1"}

    first = client.post(f"/api/tests/{test}/run", headers=key)
    second = client.post(f"/api/tests/{test}/run", headers=key)
    other = client.post(f"/api/tests/{test}/run", headers=key, json={"model": "demo/based"})

    assert first.status_code == 200
    assert second.json()["id"] == first.json()["id"]
    assert other.status_code == 409
