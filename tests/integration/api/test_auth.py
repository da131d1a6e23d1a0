"""Accounts by script."""

from __future__ import annotations

import asyncio
import io
import zipfile
from typing import TYPE_CHECKING

import pytest

from tests.integration.api.conftest import PASSWORD

if TYPE_CHECKING:
    from pathlib import Path

    import httpx

    from tests.integration.api.conftest import LiveServer, Person


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_registering_gives_a_token_that_works(anybody: httpx.Client):
    body = {"email": "New.Person@Example.com", "password": PASSWORD, "name": "New"}

    answer = anybody.post("/api/auth/register", json=body)

    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert made["token_type"] == "bearer"
    assert made["expires_in"] == 900
    assert made["user"]["email"] == "new.person@example.com"
    assert set(made["user"]) >= {"id", "email", "name", "role"}
    me = anybody.get("/api/auth/me", headers=bearer(made["access_token"]))
    assert me.json()["id"] == made["user"]["id"]


def test_a_token_leaves_no_login_behind(person: Person, anybody: httpx.Client):
    body = {"email": person.user.email, "password": PASSWORD}

    token = anybody.post("/api/auth/login", json=body).json()["access_token"]

    assert anybody.get("/api/auth/logins", headers=bearer(token)).json() == []


def test_unknown_email_and_wrong_password_look_alike(person: Person, anybody: httpx.Client):
    wrong = anybody.post("/api/auth/login", json={"email": person.user.email, "password": "x" * 12})
    unknown = anybody.post(
        "/api/auth/login", json={"email": "no@one.example", "password": "x" * 12}
    )

    assert wrong.status_code == unknown.status_code == 401
    bodies = [wrong.json(), unknown.json()]
    for body in bodies:
        assert body.pop("request_id")
    assert bodies[0] == bodies[1]
    assert bodies[0]["code"] == "invalid_credentials"


@pytest.mark.parametrize(
    "change",
    [
        {"role": "admin"},
        {"id": "usr_1"},
        {"suspended": False},
        {"password_hash": "x"},
        {"is_admin": True},
    ],
)
def test_nobody_registers_with_more_than_is_asked_for(
    anybody: httpx.Client, change: dict[str, object]
):
    body = {"email": "sly@example.com", "password": PASSWORD, **change}

    answer = anybody.post("/api/auth/register", json=body)

    assert answer.status_code == 422
    assert answer.json()["code"] == "validation_failed"


@pytest.mark.parametrize("change", [{"role": "admin"}, {"email": "x@y.z"}, {"suspended": True}])
def test_nobody_gives_themselves_rights(person: Person, change: dict[str, object]):
    answer = person.client.patch("/api/auth/me", json=change)

    assert answer.status_code == 422
    assert person.client.get("/api/auth/me").json()["role"] == "member"


def test_an_account_can_be_changed(person: Person):
    answer = person.client.patch("/api/auth/me", json={"name": "Ada", "theme": "dark"})

    assert answer.status_code == 200
    assert (answer.json()["name"], answer.json()["theme"]) == ("Ada", "dark")


def test_logging_out_with_a_token_ends_the_tokens(person: Person):
    assert person.client.post("/api/auth/logout").status_code == 204

    answer = person.client.get("/api/auth/me")

    assert answer.status_code == 401
    assert answer.json()["code"] == "invalid_token"
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_changed_password_ends_the_tokens(person: Person, anybody: httpx.Client):
    body = {"current": PASSWORD, "new": "another plain sentence 8"}

    assert person.client.post("/api/auth/password", json=body).status_code == 204

    assert person.client.get("/api/auth/me").status_code == 401
    login = {"email": person.user.email, "password": body["new"]}
    assert anybody.post("/api/auth/login", json=login).status_code == 200


def test_a_wrong_password_changes_nothing(person: Person):
    body = {"current": "not the password", "new": "another plain sentence 8"}

    answer = person.client.post("/api/auth/password", json=body)

    assert answer.status_code == 422
    assert answer.json()["field"] == "current"


def test_everything_can_be_taken_along(server: LiveServer, person: Person):
    person.client.post("/api/workspaces", json={"name": "Taken along"})

    answer = person.client.get("/api/auth/export")

    assert answer.headers["Content-Type"] == "application/zip"
    assert "attachment" in answer.headers["Content-Disposition"]
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        contents = b"".join(archive.read(name) for name in archive.namelist())
    assert b"Taken along" in contents
    assert b"argon2" not in contents
    server.call(emptied(server.runtime.settings.data_dir / "exports"))


async def emptied(folder: Path) -> None:
    """Return when the folder is empty: the file goes a moment after its last byte has arrived."""
    async with asyncio.timeout(5):
        while list(folder.iterdir()):  # noqa: ASYNC110, ASYNC240 - no event tells
            await asyncio.sleep(0.01)


def test_an_erased_account_is_gone(person: Person, anybody: httpx.Client):
    refused = person.client.request("DELETE", "/api/auth/me", json={"password": "wrong"})
    erased = person.client.request("DELETE", "/api/auth/me", json={"password": PASSWORD})

    assert (refused.status_code, erased.status_code) == (422, 204)
    assert person.client.get("/api/auth/me").status_code == 401
    login = {"email": person.user.email, "password": PASSWORD}
    assert anybody.post("/api/auth/login", json=login).status_code == 401


def test_guessing_is_slowed_down(server: LiveServer, person: Person):
    with server.client() as guesser:
        for _ in range(40):
            answer = guesser.post(
                "/api/auth/login", json={"email": person.user.email, "password": "guess"}
            )
            if answer.status_code == 429:
                break

    assert answer.status_code == 429
    assert answer.json()["code"] == "rate_limited"
    assert answer.json()["retryable"] is True
    assert int(answer.headers["Retry-After"]) > 0
    assert {"RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"} <= {
        name.title().replace("Ratelimit", "RateLimit") for name in answer.headers
    }
