"""Apps and their tokens, as persons and the holder of the server's own key handle them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from babble_app.services import operators
from tests.integration.api.app_people import BIKE_SHOP, make_host_app
from tests.integration.api.conftest import make_person, make_settings, serve

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import httpx

    from tests.integration.api.conftest import LiveServer, Person

TOKENS = "/api/v1/admin/tokens"
ADMIN_KEY = "an admin key of some length"


def make(client: httpx.Client, **body: Any) -> dict[str, Any]:
    answer = client.post(TOKENS, json={"name": "shop", **body})
    assert answer.status_code == 201, answer.text
    return answer.json()


def ask(server: LiveServer, token: str, **headers: str) -> httpx.Response:
    with server.client(Authorization=f"Bearer {token}", **headers) as client:
        return client.post("/api/v1/chat", json={"message": "Hello"})


def test_a_name_alone_makes_a_token_that_answers(server: LiveServer, person: Person) -> None:
    made = make(person.client)
    answer = ask(server, made["token"])
    app = person.client.get(f"/api/apps/{made['app_id']}").json()

    assert made["token"].startswith("bb_")
    assert made["prefix"] == made["token"][:7]
    assert answer.status_code == 200, answer.text
    assert answer.json()["agent_version"] is None
    assert (app["name"], app["agent_id"]) == ("shop", None)


def test_a_token_is_shown_once(person: Person) -> None:
    made = make(person.client)

    listed = person.client.get(TOKENS)
    one = person.client.get(f"{TOKENS}/{made['id']}")

    assert made["token"] not in listed.text + one.text
    assert listed.json() == [one.json()]
    assert one.json()["last4"] == made["token"][-4:]


def test_what_is_given_becomes_the_apps_and_the_tokens_own(
    server: LiveServer, person: Person
) -> None:
    made = make(
        person.client,
        allowed_origins=["https://Shop.example/cart"],
        system_prompt="Speak of bikes.",
        rate_limit_per_minute=2,
        daily_budget_usd=1.5,
    )
    app = person.client.get(f"/api/apps/{made['app_id']}").json()
    budget = person.client.get("/api/budgets").json()
    statuses = [ask(server, made["token"]).status_code for _ in range(3)]

    assert (app["origins"], app["instructions"]) == (["https://shop.example"], "Speak of bikes.")
    assert made["allowed_origins"] == ["https://shop.example"]
    assert [(one["scope_id"], one["limit_usd"]) for one in budget if one["kind"] == "token"] == [
        (made["id"], 1.5)
    ]
    assert statuses == [200, 200, 429]


def test_a_limit_says_when_to_come_back(server: LiveServer, person: Person) -> None:
    made = make(person.client, rate_limit_per_minute=1)
    ask(server, made["token"])

    refused = ask(server, made["token"])

    assert refused.json()["code"] == "rate_limited"
    assert int(refused.headers["retry-after"]) > 0
    assert refused.headers["ratelimit-limit"] == "1"
    assert refused.headers["ratelimit-remaining"] == "0"


def test_null_takes_a_bound_away_and_what_is_left_out_stays(person: Person) -> None:
    made = make(
        person.client,
        rate_limit_per_minute=5,
        daily_budget_usd=1,
        expires_at="2126-01-01T00:00:00Z",
    )
    path = f"{TOKENS}/{made['id']}"

    named = person.client.patch(path, json={"name": "site"}).json()
    bounds = ("rate_limit_per_minute", "daily_budget_usd", "expires_at")
    lifted = person.client.patch(path, json=dict.fromkeys(bounds)).json()
    again = person.client.patch(path, json=dict.fromkeys(bounds))

    assert (named["name"], named["rate_limit_per_minute"], named["daily_budget_usd"]) == (
        "site",
        5,
        1,
    )
    assert named["expires_at"] == "2126-01-01T00:00:00.000Z"
    assert [lifted[bound] for bound in bounds] == [None, None, None]
    assert not [one for one in person.client.get("/api/budgets").json() if one["kind"] == "token"]
    assert again.status_code == 200


def test_a_revoked_token_is_refused_at_once_and_stays_listed(
    server: LiveServer, person: Person
) -> None:
    made = make(person.client)
    ask(server, made["token"])

    revoked = person.client.delete(f"{TOKENS}/{made['id']}")
    refused = ask(server, made["token"])

    assert revoked.status_code == 204
    assert (refused.status_code, refused.json()["code"]) == (401, "invalid_token")
    assert person.client.get(TOKENS).json()[0]["revoked_at"]


def test_rotation_leaves_the_old_token_for_the_overlap(server: LiveServer, person: Person) -> None:
    made = make(person.client)

    overlapping = person.client.post(f"{TOKENS}/{made['id']}/rotate").json()
    both = [ask(server, one["token"]).status_code for one in (made, overlapping)]
    path = f"{TOKENS}/{overlapping['id']}/rotate"
    at_once = person.client.post(path, json={"overlap_hours": 0}).json()
    after = [ask(server, one["token"]).status_code for one in (overlapping, at_once)]

    assert both == [200, 200]
    assert after == [401, 200]


def test_a_token_that_would_be_expired_makes_no_app(person: Person) -> None:
    answer = person.client.post(TOKENS, json={"name": "late", "expires_at": "2020-01-01T00:00:00Z"})

    assert (answer.status_code, answer.json()["field"]) == (422, "expires_at")
    assert person.client.get("/api/apps").json() == []


def test_a_use_is_noted(server: LiveServer, person: Person) -> None:
    made = make(person.client)
    ask(server, made["token"])
    server.call(server.runtime.writer.write([]))

    used = person.client.get(f"{TOKENS}/{made['id']}").json()

    assert made["last_used_at"] is None
    assert used["last_used_at"]


def test_apps_are_released_rolled_back_and_staged(server: LiveServer, person: Person) -> None:
    host = make_host_app(server, person.user.id, program=BIKE_SHOP)
    host.client.close()
    client, path = person.client, f"/api/apps/{host.app.id}"
    head = client.get(f"/api/agents/{host.app.agent_id}").json()["head_version_id"]

    pinned = client.post(f"{path}/release", json={"version_id": head}).json()
    staged = client.post(f"{path}/stage", json={"version_id": head}).json()
    back = client.post(f"{path}/rollback").json()
    releases = client.get(f"{path}/releases").json()

    assert (pinned["version_id"], staged["staging_version_id"]) == (head, head)
    assert back["version_id"] is None
    assert [one["kind"] for one in releases] == ["rollback", "release", "create"]
    assert client.post(f"{path}/rollback").json()["code"] == "conflict"
    assert [one["name"] for one in client.get(f"{path}/tokens").json()] == ["site"]
    assert len(client.get(f"{path}/naming-key").json()["naming_key"]) == 64


def test_an_app_is_changed_in_parts_and_deleted_whole(server: LiveServer, person: Person) -> None:
    app = person.client.post("/api/apps", json={"name": "Helper"}).json()
    path = f"/api/apps/{app['id']}"

    changed = person.client.patch(
        path, json={"retention_days": 30, "look": {"title": "Hi"}, "takes_files": True}
    ).json()
    kept = person.client.patch(path, json={"retention_days": None, "paused": True}).json()
    made = make(person.client, app_id=app["id"])
    paused = ask(server, made["token"])
    deleted = person.client.delete(path)

    assert (changed["retention_days"], changed["look"]["title"]) == (30, "Hi")
    assert (kept["retention_days"], kept["takes_files"]) == (None, True)
    assert (paused.status_code, paused.json()["code"]) == (403, "app_paused")
    assert deleted.status_code == 204
    assert ask(server, made["token"]).status_code == 401
    assert person.client.get(TOKENS).json() == []


def test_a_visitor_is_erased(server: LiveServer, person: Person) -> None:
    host = make_host_app(server, person.user.id)
    with host.client as client:
        for user in ("ada@example.com", "eve/x"):
            client.post("/api/v1/chat", json={"message": "Hi", "user": user})

        erased = person.client.delete(f"/api/apps/{host.app.id}/visitors/eve%2Fx")
        left = client.get("/api/v1/sessions").json()
        again = person.client.delete(f"/api/apps/{host.app.id}/visitors/eve%2Fx")

    assert erased.json() == {"conversations": 1}
    assert [one["user"] for one in left] == ["ada@example.com"]
    assert again.status_code == 404


@pytest.fixture(scope="module")
def operated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """A server with a key of its own."""
    folder: Path = tmp_path_factory.mktemp("operated")
    with serve(make_settings(folder, BABBLE_ADMIN_KEY=ADMIN_KEY)) as live:
        yield live


def test_the_servers_own_key_acts_for_everybody(operated: LiveServer) -> None:
    with operated.client(Authorization=f"Bearer {ADMIN_KEY}") as operator:
        nobody = operator.post(TOKENS, json={"name": "x"})
        admin, member = make_person(operated, "admin"), make_person(operated)
        with admin.client, member.client:
            default = make(operator)
            named = make(operator, owner_email=member.user.email)
            own = make(member.client)
            listed = {one["id"] for one in operator.get(TOKENS).json()}
            changed = operator.patch(f"{TOKENS}/{own['id']}", json={"name": "seen"}).json()
            revoked = operator.delete(f"{TOKENS}/{own['id']}")

            of_admin = {one["id"] for one in admin.client.get(TOKENS).json()}
            of_member = {one["id"] for one in member.client.get(TOKENS).json()}
            for_another = member.client.post(
                TOKENS, json={"name": "x", "owner_email": admin.user.email}
            )
        unknown = operator.get(f"{TOKENS}/tok_unknown")
        elsewhere = operator.get("/api/workspaces")

    assert (nobody.status_code, nobody.json()["code"]) == (409, "conflict")
    assert listed == {default["id"], named["id"], own["id"]}
    assert (of_admin, of_member) == ({default["id"]}, {named["id"], own["id"]})
    assert (changed["name"], revoked.status_code) == ("seen", 204)
    assert for_another.status_code == 403
    assert unknown.status_code == 404
    assert elsewhere.status_code == 401


@pytest.mark.parametrize("key", ["an admin key", ADMIN_KEY + "x", ADMIN_KEY.upper()])
def test_another_key_is_none(operated: LiveServer, key: str) -> None:
    with operated.client(Authorization=f"Bearer {key}") as client:
        assert client.get(TOKENS).status_code == 401


def test_where_no_key_is_set_an_empty_one_opens_nothing(server: LiveServer) -> None:
    assert not operators.holds_admin_key(server.runtime, "")
