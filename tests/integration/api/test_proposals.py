"""Proposals, publishing, labels and merges by script."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.factories import make_proposal
from tests.integration.api.test_workbench import code_of, make_workspace

if TYPE_CHECKING:
    from babble_app.schemas.agents import Proposal
    from tests.integration.api.conftest import LiveServer, Person

PROGRAM = "".join(f'say("This is line {n}.", True)\n' for n in range(1, 21))
PROPOSED = PROGRAM.replace("line 2.", "line two.").replace("line 19.", "line nineteen.")


def make_agent(person: Person) -> dict[str, Any]:
    url = f"/api/workspaces/{make_workspace(person)}/agents"
    made = person.client.post(url, json={"name": "Desk", "text": PROGRAM})
    assert made.status_code == 201, made.text
    return made.json()


def edit(person: Person, parent: dict[str, Any], old: str, new: str) -> dict[str, Any]:
    made = person.client.post(
        f"/api/agents/{parent['agent_id']}/versions",
        json={"text": parent["text"].replace(old, new), "parent_id": parent["id"]},
    )
    assert made.status_code == 201, made.text
    return made.json()


def propose(server: LiveServer, person: Person, parent: dict[str, Any]) -> Proposal:
    work = make_proposal(
        server.runtime, person.user.id, parent["agent_id"], parent["id"], text=PROPOSED
    )
    return server.call(work)


def test_a_proposal_is_read_and_kept_in_part(server: LiveServer, person: Person):
    first = make_agent(person)
    proposal = propose(server, person, first)

    agent = person.client.get(f"/api/agents/{first['agent_id']}").json()
    read = person.client.get(f"/api/proposals/{agent['proposal_id']}").json()
    kept = person.client.post(f"/api/proposals/{proposal.id}/keep", json={"hunks": [2]})

    assert [hunk["number"] for hunk in read["diff"]["hunks"]] == [1, 2]
    assert (read["status"], read["stale"], read["text"]) == ("pending", False, PROPOSED)
    assert kept.status_code == 201, kept.text
    assert kept.json()["text"] == PROGRAM.replace("line 19.", "line nineteen.")
    again = person.client.post(f"/api/proposals/{proposal.id}/keep")
    assert code_of(again) == (409, "conflict")
    assert again.json()["head"] == kept.json()["id"]


def test_a_proposal_is_kept_whole_without_a_body_or_discarded(server: LiveServer, person: Person):
    first = make_agent(person)
    kept = person.client.post(f"/api/proposals/{propose(server, person, first).id}/keep")
    second = make_agent(person)
    proposal = propose(server, person, second)
    discarded = person.client.post(f"/api/proposals/{proposal.id}/discard")

    assert kept.json()["text"] == PROPOSED
    assert (discarded.status_code, discarded.json()["status"]) == (200, "discarded")


@pytest.mark.parametrize("hunks", [[], [3], [-1], [1, 1], ["x"], [1.5], {}, [[1]], [2**70]])
def test_a_choice_of_hunks_that_are_none_is_refused(server: LiveServer, person: Person, hunks: Any):
    proposal = propose(server, person, make_agent(person))

    answer = person.client.post(f"/api/proposals/{proposal.id}/keep", json={"hunks": hunks})

    assert code_of(answer) == (422, "validation_failed")
    assert "hunks" in answer.text


def test_an_edit_of_an_outdated_version_is_merged(person: Person):
    first = make_agent(person)
    second = edit(person, first, "line 2.", "line two.")
    url = f"/api/agents/{first['agent_id']}/merge"

    clean = person.client.post(
        url, json={"text": PROGRAM.replace("line 19.", "19!"), "base_id": first["id"]}
    ).json()
    clash = person.client.post(
        url, json={"text": PROGRAM.replace("line 2.", "2!"), "base_id": first["id"]}
    ).json()

    assert clean["text"] == second["text"].replace("line 19.", "19!")
    assert (clean["conflicts"], clean["head_id"]) == ([], second["id"])
    (conflict,) = clash["conflicts"]
    assert (conflict["line"], "2!" in conflict["yours"]) == (2, True)


def test_parts_of_a_version_are_restored_unless_the_head_is_another(person: Person):
    first = make_agent(person)
    second = edit(person, first, "line 2.", "line two.")
    url = f"/api/agents/{first['agent_id']}/restore"
    body = {"version_id": first["id"], "hunks": [1]}

    late = person.client.post(url, json={**body, "head_id": first["id"]})
    restored = person.client.post(url, json={**body, "head_id": second["id"]})

    assert code_of(late) == (409, "conflict")
    assert late.json()["head"] == second["id"]
    assert (restored.status_code, restored.json()["kind"]) == (201, "restore-hunks")
    assert restored.json()["text"] == PROGRAM


def test_a_version_is_labelled(person: Person):
    first = make_agent(person)
    url = f"/api/versions/{first['id']}"

    named = person.client.patch(url, json={"name": "Opening day", "note": "First."})
    unnamed = person.client.patch(url, json={"name": ""})

    assert (named.json()["name"], named.json()["note"]) == ("Opening day", "First.")
    assert (unnamed.json()["name"], unnamed.json()["note"]) == ("", "First.")
    assert person.client.get(url).json()["text"] == PROGRAM


def test_versions_go_live_and_back(person: Person):
    first = make_agent(person)
    second = edit(person, first, "line 2.", "line two.")
    url = f"/api/agents/{first['agent_id']}"

    live = [
        person.client.post(f"{url}/publish", json={"version_id": version["id"]}).json()[
            "live_number"
        ]
        for version in (first, second)
    ]
    back = person.client.post(f"{url}/rollback")
    none = person.client.post(f"{url}/rollback")

    assert live == [1, 2]
    assert back.json()["live_version_id"] == first["id"]
    assert code_of(none) == (409, "conflict")
    moves = person.client.get(f"{url}/publications").json()
    assert [(move["kind"], move["version_number"]) for move in moves] == [
        ("rollback", 1),
        ("publish", 2),
        ("publish", 1),
    ]


def test_settings_of_agents_chats_and_workspaces_are_patched(person: Person):
    first = make_agent(person)
    agent = person.client.patch(f"/api/agents/{first['agent_id']}", json={"gated": True}).json()
    workspace = f"/api/workspaces/{agent['workspace_id']}"
    chat = person.client.post(f"{workspace}/chats", json={"review_changes": True}).json()

    changed = person.client.patch(f"/api/chats/{chat['id']}", json={"review_changes": False})
    hosts = person.client.patch(
        workspace,
        json={"allowed_hosts": ["API.example.com", "api.example.com", "*.bücher.de:8443"]},
    )

    assert (agent["gated"], agent["name"], chat["review_changes"]) == (True, "Desk", True)
    assert changed.json()["review_changes"] is False
    assert hosts.json()["allowed_hosts"] == ["api.example.com", "*.xn--bcher-kva.de:8443"]
    assert hosts.json()["name"] == "Bikes"


@pytest.mark.parametrize(
    "host", ["https://api.example.com", "localhost", "a b.com", "x.com/path", "x.com:99999", "", "..", "*"]
)  # fmt: skip
def test_what_is_no_host_is_not_allowed(person: Person, host: str):
    workspace = make_workspace(person)

    answer = person.client.patch(f"/api/workspaces/{workspace}", json={"allowed_hosts": [host]})

    assert code_of(answer) == (422, "validation_failed")
