"""Profiles over the API: made, changed, given to chats, deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.integration.api.conftest import Person


def test_a_profile_is_made_changed_and_given_to_a_chat(person: Person) -> None:
    client = person.client
    body = {"name": "Notes", "tools": ["web"], "temperature": 0.5, "cache_minutes": 5}

    made = client.post("/api/profiles", json=body)
    place = f"/api/profiles/{made.json()['id']}"
    changed = client.patch(place, json={"temperature": None, "racing": True})
    workspace = client.post("/api/workspaces", json={"name": "Mine"}).json()["id"]
    chat = client.post(
        f"/api/workspaces/{workspace}/chats", json={"profile": made.json()["id"]}
    ).json()
    other = client.patch(f"/api/chats/{chat['id']}", json={"profile": "coder"}).json()
    unknown = client.patch(f"/api/chats/{chat['id']}", json={"profile": "barista"})

    assert made.status_code == 201
    assert made.json()["tools"] == ["web"]
    assert changed.json() == {**made.json(), "temperature": None, "racing": True}
    assert client.get(place).json() == changed.json()
    listed = client.get("/api/profiles").json()
    assert [one["id"] for one in listed[:2]] == ["analyst", "assistant"]
    assert listed[-1] == changed.json()
    assert (chat["profile"], other["profile"]) == (made.json()["id"], "coder")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "not_found")
    assert client.delete(place).status_code == 204
    assert client.get(place).status_code == 404


def test_rules_are_taken_given_changed_and_refused_in_words(person: Person) -> None:
    client = person.client
    rule = {"models": ["openai/gpt-4o"], "languages": ["de"], "difficulty": "hard"}
    body = {"name": "Mine", "rules": [rule], "classifier": "groq/small"}

    made = client.post("/api/profiles", json=body)
    place = f"/api/profiles/{made.json()['id']}"
    changed = client.patch(place, json={"rules": [{"models": ["a/b"], "tasks": ["build"]}]})
    bare = client.patch(place, json={"rules": [{"models": ["a/b"]}]})
    unjudged = client.post("/api/profiles", json={**body, "classifier": ""})
    unknown = client.patch(place, json={"rules": [{**rule, "languages": ["klingon"]}]})
    more = client.patch(place, json={"rules": [{**rule, "weather": "fine"}]})

    assert made.status_code == 201
    everything = {"tasks": [], "longer_than_tokens": None, "shorter_than_tokens": None}
    assert made.json()["rules"] == [{**everything, **rule}]
    assert made.json()["classifier"] == "groq/small"
    assert changed.json()["rules"][0]["tasks"] == ["build"]
    assert changed.json()["classifier"] == "groq/small"
    assert (bare.status_code, bare.json()["field"]) == (422, "rules")
    assert "Rule 1 has no condition" in bare.json()["detail"]
    assert (unjudged.status_code, unjudged.json()["field"]) == (422, "classifier")
    assert (unknown.status_code, more.status_code) == (422, 422)
    assert client.get(place).json() == changed.json()


def test_a_limit_of_the_price_is_set_and_taken_back_and_models_say_theirs(person: Person) -> None:
    client = person.client

    made = client.post("/api/profiles", json={"name": "Thrifty", "max_usd_per_million": 2.5})
    place = f"/api/profiles/{made.json()['id']}"
    changed = client.patch(place, json={"max_usd_per_million": None, "cheapest_first": True})
    wrong = client.patch(place, json={"max_usd_per_million": -1})
    (demo,) = (one for one in client.get("/api/models").json() if one["id"] == "demo/based")

    assert (made.json()["max_usd_per_million"], made.json()["cheapest_first"]) == (2.5, False)
    assert changed.json() == {**made.json(), "max_usd_per_million": None, "cheapest_first": True}
    assert (wrong.status_code, wrong.json()["field"]) == (422, "max_usd_per_million")
    assert demo["output_usd_per_million"] == 0


def test_what_cannot_be_used_and_what_comes_with_babble_is_refused(person: Person) -> None:
    client = person.client

    wrong = client.post("/api/profiles", json={"name": "Hot", "temperature": 3})
    group = client.post("/api/profiles", json={"name": "Shell", "tools": ["shell"]})
    own = client.patch("/api/profiles/coder", json={"name": "Mine"})

    assert (wrong.status_code, wrong.json()["field"]) == (422, "temperature")
    assert "from 0 to 2" in wrong.json()["detail"]
    assert group.status_code == 422
    assert (own.status_code, own.json()["code"]) == (409, "conflict")
    assert client.get("/api/profiles/coder").json()["builtin"] is True
