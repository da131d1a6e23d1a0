"""Personal keys of the API."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlmodel import col, update

from babble_app.services import accounts
from babble_app.store.tables.api_keys import ApiKeyRow
from babble_app.store.tables.base import now

if TYPE_CHECKING:
    from datetime import datetime

    import httpx

    from tests.integration.api.conftest import LiveServer, Person

KEYS = "/api/settings/api-keys"


def make(person: Person, **body: Any) -> dict[str, Any]:
    answer = person.client.post(KEYS, json={"name": "report", **body})
    assert answer.status_code == 201, answer.text
    return answer.json()


def ask(server: LiveServer, key: str, path: str = "/api/auth/me") -> httpx.Response:
    with server.client(Authorization=f"Bearer {key}") as client:
        return client.get(path)


async def _expire(server: LiveServer, key_id: str, at: datetime) -> None:
    statement = update(ApiKeyRow).where(col(ApiKeyRow.id) == key_id).values(expires_at=at)
    async with server.runtime.database.unit_of_work() as db:
        await db.exec(statement)
    server.runtime.login_cache.forget()


def test_a_key_does_what_its_person_may_and_is_shown_once(
    server: LiveServer, person: Person
) -> None:
    made = make(person)
    answer = ask(server, made["key"])
    server.call(server.runtime.writer.write([]))
    listed = person.client.get(KEYS)

    assert made["key"].startswith("bbk_")
    assert answer.json()["email"] == person.user.email
    assert made["key"] not in listed.text
    assert listed.json()[0]["last_used_at"]
    assert listed.json()[0]["last4"] == made["key"][-4:]


def test_a_deleted_a_mistyped_and_an_expired_key_are_refused(
    server: LiveServer, person: Person
) -> None:
    deleted, expired = make(person), make(person)
    ask(server, deleted["key"])
    person.client.delete(f"{KEYS}/{deleted['id']}").raise_for_status()
    server.call(_expire(server, expired["id"], now() - timedelta(seconds=1)))
    mistyped = expired["key"][:-1] + ("a" if expired["key"][-1] != "a" else "b")

    answers = [ask(server, key) for key in (deleted["key"], mistyped, expired["key"], "bbk_")]

    assert [answer.status_code for answer in answers] == [401] * 4
    assert {answer.json()["code"] for answer in answers} == {"invalid_token"}


def test_a_key_of_a_suspended_account_is_refused_at_once(
    server: LiveServer, person: Person
) -> None:
    made = make(person)
    ask(server, made["key"])
    server.call(accounts.suspend_user(server.runtime, person.user.id, suspended=True))

    assert ask(server, made["key"]).status_code == 401


def test_a_key_opens_no_app(server: LiveServer, person: Person) -> None:
    assert ask(server, make(person)["key"], "/api/v1/sessions").status_code == 401


def test_a_key_that_would_be_expired_is_not_made(person: Person) -> None:
    answer = person.client.post(KEYS, json={"name": "x", "expires_at": "2020-01-01"})

    assert (answer.status_code, answer.json()["field"]) == (422, "expires_at")
