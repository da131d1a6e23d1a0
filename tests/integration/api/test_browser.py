"""The login forms of the pages."""

from __future__ import annotations

from http.cookies import SimpleCookie
from typing import TYPE_CHECKING

import httpx
import pytest

from babble_app.schemas.accounts import LOGIN_COOKIE
from babble_app.services.flash import FLASH_COOKIE, find_flash
from tests.integration.api.conftest import PASSWORD, make_settings, serve

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.api.conftest import LiveServer, Person


def post_form(server: LiveServer, path: str, origin: str | None = None, **fields: str):
    with server.client(Origin=origin or server.url) as client:
        return client.post(path, data=fields)


def cookies_of(answer: httpx.Response) -> SimpleCookie:
    found: SimpleCookie = SimpleCookie()
    for header in answer.headers.get_list("set-cookie"):
        found.load(header)
    return found


def log_in(server: LiveServer, person: Person, **fields: str) -> httpx.Response:
    return post_form(server, "/auth/login", email=person.user.email, password=PASSWORD, **fields)


def test_a_login_sets_a_cookie_that_no_script_reads(server: LiveServer, person: Person):
    answer = log_in(server, person, next="/workspaces/")

    assert answer.status_code == 303
    assert answer.headers["Location"] == "/workspaces/"
    cookie = cookies_of(answer)[LOGIN_COOKIE]
    assert cookie["httponly"] is True
    assert cookie["samesite"].lower() == "lax"
    assert cookie["path"] == "/"
    assert int(cookie["max-age"]) == pytest.approx(90 * 24 * 3600, abs=60)
    assert not cookie["secure"]
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_cookie_is_a_credential_for_the_api(server: LiveServer, person: Person):
    token = cookies_of(log_in(server, person))[LOGIN_COOKIE].value

    with server.client(Cookie=f"{LOGIN_COOKIE}={token}") as browser:
        me = browser.get("/api/auth/me")
        forged = browser.post("/api/workspaces", json={"name": "x"})
        own = browser.post("/api/workspaces", json={"name": "x"}, headers={"Origin": server.url})

    assert me.json()["id"] == person.user.id
    assert (forged.status_code, forged.json()["code"]) == (403, "origin_not_allowed")
    assert own.status_code == 201


def test_a_bad_token_is_not_made_good_by_the_cookie(server: LiveServer, person: Person):
    token = cookies_of(log_in(server, person))[LOGIN_COOKIE].value

    with server.client(Cookie=f"{LOGIN_COOKIE}={token}", Authorization="Bearer x") as browser:
        assert browser.get("/api/auth/me").status_code == 401


def test_https_makes_the_cookie_secure(server: LiveServer, person: Person):
    headers = {"X-Forwarded-Proto": "https", "Origin": server.url.replace("http:", "https:")}
    with server.client(**headers) as client:
        answer = client.post("/auth/login", data={"email": person.user.email, "password": PASSWORD})

    assert cookies_of(answer)[LOGIN_COOKIE]["secure"] is True
    assert "Strict-Transport-Security" in answer.headers


@pytest.mark.parametrize(
    ("public_url", "secure"),
    [("https://babble.example", True), ("https://localhost:8443", False), ("", False)],
)
def test_a_public_https_address_makes_the_cookie_secure(
    tmp_path: Path, public_url: str, secure: bool
):
    with serve(make_settings(tmp_path, BABBLE_PUBLIC_URL=public_url)) as server:
        answer = post_form(server, "/auth/register", email="a@example.com", password=PASSWORD)

        assert answer.status_code == 303
        assert bool(cookies_of(answer)[LOGIN_COOKIE]["secure"]) is secure


def test_a_failed_login_goes_back_with_the_reason(server: LiveServer):
    answer = post_form(
        server, "/auth/login", email="no@one.example", password="wrong", next="/chat/cht_1"
    )

    assert answer.status_code == 303
    assert answer.headers["Location"] == "/login/"
    cookies = cookies_of(answer)
    assert LOGIN_COOKIE not in cookies
    cookie = cookies[FLASH_COOKIE]
    assert cookie["httponly"] is True
    flash = find_flash(server.runtime.settings, cookie.value)
    assert flash is not None
    assert (flash.form, flash.code) == ("login", "invalid_credentials")
    assert (flash.email, flash.next) == ("no@one.example", "/chat/cht_1")
    assert "wrong" not in flash.model_dump_json().replace(flash.message, "")


def test_a_failed_registration_keeps_what_was_typed(server: LiveServer):
    answer = post_form(server, "/auth/register", email="a@b.example", password="short", name="Ada")

    flash = find_flash(server.runtime.settings, cookies_of(answer)[FLASH_COOKIE].value)
    assert flash is not None
    assert (flash.form, flash.code, flash.name) == ("register", "validation_failed", "Ada")


@pytest.mark.parametrize(
    "wanted",
    ["//evil.example", "/\\evil.example", "https://evil.example", "/%2F/evil", "/\r\nX: y", ""],
)
def test_a_login_leads_to_pages_of_ours_only(server: LiveServer, person: Person, wanted: str):
    answer = log_in(server, person, next=wanted)

    assert answer.headers["Location"] == "/"


@pytest.mark.parametrize("path", ["/auth/login", "/auth/register", "/auth/logout"])
@pytest.mark.parametrize("origin", ["http://evil.example", "null"])
def test_forms_of_other_sites_are_refused(server: LiveServer, path: str, origin: str):
    answer = post_form(server, path, origin=origin, email="a@b.c", password="x")

    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


def test_logging_out_ends_the_login_on_the_server(server: LiveServer, person: Person):
    token = cookies_of(log_in(server, person))[LOGIN_COOKIE].value

    with server.client(Cookie=f"{LOGIN_COOKIE}={token}", Origin=server.url) as browser:
        answer = browser.post("/auth/logout")
        after = browser.get("/api/auth/me")

    assert (answer.status_code, answer.headers["Location"]) == (303, "/login/")
    assert cookies_of(answer)[LOGIN_COOKIE]["max-age"] == "0"
    assert after.status_code == 401


def test_logging_out_by_script_ends_the_login_too(server: LiveServer, person: Person):
    token = cookies_of(log_in(server, person))[LOGIN_COOKIE].value

    with server.client(Cookie=f"{LOGIN_COOKIE}={token}", Origin=server.url) as browser:
        assert browser.post("/api/auth/logout").status_code == 204
        assert browser.get("/api/auth/me").status_code == 401


def test_logins_are_listed_and_can_be_ended(server: LiveServer, person: Person):
    tokens = [cookies_of(log_in(server, person))[LOGIN_COOKIE].value for _ in range(2)]
    listed = person.client.get("/api/auth/logins").json()

    assert len(listed) == 2
    assert all(token not in str(listed) for token in tokens)
    assert person.client.delete(f"/api/auth/logins/{listed[0]['id']}").status_code == 204
    assert len(person.client.get("/api/auth/logins").json()) == 1


def test_a_changed_password_keeps_the_browser_it_was_changed_in(server: LiveServer, person: Person):
    mine, elsewhere = (cookies_of(log_in(server, person))[LOGIN_COOKIE].value for _ in range(2))
    body = {"current": PASSWORD, "new": "another plain sentence 8"}

    with server.client(Cookie=f"{LOGIN_COOKIE}={mine}", Origin=server.url) as browser:
        assert browser.post("/api/auth/password", json=body).status_code == 204
        assert browser.get("/api/auth/me").status_code == 200
    with server.client(Cookie=f"{LOGIN_COOKIE}={elsewhere}") as browser:
        assert browser.get("/api/auth/me").status_code == 401


def test_a_form_with_too_much_in_it_is_refused(server: LiveServer):
    answer = post_form(server, "/auth/login", email="a" * 20_000, password="x")

    assert answer.status_code == 413
