"""Secrets that come in must not come out: not in the log, an answer, a page's state, or an export."""

from __future__ import annotations

import io
import json
import zipfile
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from tests.browser.conftest import running_server
from tests.browser.sockets import HYDRATE, Call, handler, talk
from tests.fakes.model_server import ModelServer
from tests.fakes.script import Answer, Rule

if TYPE_CHECKING:
    from pathlib import Path

    import httpx

    from tests.browser.conftest import Server

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

PASSWORD = "canary-password-5d81"
NEW_PASSWORD = "canary-password-9e02"
TYPED_KEY = "sk-canary-typed-71c4aa00"
ODD_KEY = "canary.of.no.known.form.3b9f"
SERVER_KEY = "sk-canary-server-88d2bb11"
SECRET = "canary-secret-key-0a1b2c3d4e5f60718293"
ADMIN_KEY = "canary-admin-key-6f6e"
CANARIES = (
    PASSWORD, NEW_PASSWORD, TYPED_KEY, ODD_KEY, SERVER_KEY, SECRET, ADMIN_KEY, "canary-of-nobody",
)  # fmt: skip


def test_no_secret_comes_out_anywhere(tmp_path: Path) -> None:
    refusing = ModelServer(rules=[Rule(Answer(fault="status", status=401))])
    with refusing as models:
        variables = {
            "OPENAI_BASE_URL": models.openai_url,
            "ANTHROPIC_BASE_URL": models.url,
            "OPENAI_API_KEY": SERVER_KEY,
            "BABBLE_SECRET_KEY": SECRET,
            "BABBLE_MASTER_KEY": SECRET,
            "BABBLE_ADMIN_KEY": ADMIN_KEY,
            "BABBLE_LOG_LEVEL": "DEBUG",
        }
        with running_server(tmp_path, **variables) as server, server.client() as client:
            heard: list[str] = []

            def hear(answer: httpx.Response) -> None:
                heard.append(_text(answer))

            client.event_hooks = {"response": [hear]}
            cookie, token = _use_accounts(client)
            tab = str(uuid4())
            heard += map(json.dumps, _use_settings_page(server, cookie, tab))
            _ask_models(client)
            heard += map(json.dumps, talk(server, [Call(HYDRATE)], token=tab, cookie=cookie))
            archive = client.get("/api/auth/export").raise_for_status().content
            log = server.log.read_text()

    assert models.requests, "the fake provider must have been asked"
    assert "401" in log
    exported = "\n".join(_contents(archive))
    assert "provider_keys" in exported
    for canary in (*CANARIES, cookie, token):
        assert canary not in log
        assert canary not in exported
        # A new login tells its token once, in the answer that makes it.
        told = 1 if canary == token else 0
        assert sum(canary in text for text in heard) == told, canary


def _text(answer: httpx.Response) -> str:
    """Return all of an answer but the cookie that a login is given."""
    answer.read()
    headers = [value for name, value in answer.headers.items() if name != "set-cookie"]
    return "\n".join([*headers, answer.text])


def _use_accounts(client: httpx.Client) -> tuple[str, str]:
    """Register, log in right and wrong, change the password; return a login's cookie and an access token."""
    form = {"email": "canary@example.com", "password": PASSWORD, "name": "Ada"}
    assert client.post("/auth/register", data=form).status_code == 303
    assert client.post("/auth/register", data=form).status_code == 303
    assert (
        client.post("/auth/login", data={**form, "password": "canary-of-nobody"}).status_code == 303
    )
    wrong = {"email": form["email"], "password": PASSWORD + "x"}
    for body in (
        form,
        wrong,
        {"email": form["email"], "password": [PASSWORD]},
        {"password": PASSWORD},
    ):
        client.post("/api/auth/login", json=body)
    client.post(
        "/api/auth/login",
        content=f'{{"password": "{PASSWORD}", ',
        headers={"Content-Type": "application/json"},
    )
    changed = {"current": PASSWORD, "new": NEW_PASSWORD}
    assert client.post("/api/auth/password", json=changed).status_code == 204
    made = client.post(
        "/api/auth/login", json={"email": form["email"], "password": NEW_PASSWORD}
    ).raise_for_status()
    return client.cookies["babble_session"], made.json()["access_token"]


def _use_settings_page(server: Server, cookie: str, tab: str) -> list[dict[str, Any]]:
    """Type keys and passwords into the forms of the page, also in ways that no form sends them."""
    settings = {"module": "settings", "state": "settings_state"}
    save, choose = handler(**settings, name="save_key"), handler(**settings, name="open_dialog")
    account = handler("account", "account_state", "change_password")
    passwords = {"current": NEW_PASSWORD, "new": NEW_PASSWORD}
    return talk(
        server,
        [
            Call(handler(**settings, name="load"), path="/settings/"),
            Call(choose, {"dialog": "key", "provider": "anthropic"}),
            Call(save, {"form": {"key": ODD_KEY, "base_url": ""}}),
            Call(handler(**settings, name="test_key"), {"provider": "anthropic"}),
            Call(choose, {"dialog": "key", "provider": "openai"}),
            Call(save, {"form": {"key": f"{TYPED_KEY} {TYPED_KEY}", "base_url": ""}}),
            Call(save, {"form": [TYPED_KEY]}),
            Call(save, {"form": {"key": TYPED_KEY, "base_url": ""}}),
            Call(handler(**settings, name="test_key"), {"provider": "openai"}),
            Call(account, {"form": passwords}),
            Call(account, {"form": NEW_PASSWORD}),
            Call(account, {"form": passwords, "other": NEW_PASSWORD}),
            Call(handler("account", "account_state", "no_such_handler"), {"form": passwords}),
        ],
        token=tab,
        cookie=cookie,
        path="/settings/",
    )


def _ask_models(client: httpx.Client) -> None:
    """Let the provider refuse the keys in every way that they are used."""
    client.get("/api/settings/keys")
    client.get("/api/models")
    for provider in ("openai", "anthropic"):
        client.post(f"/api/settings/keys/{provider}/test")
    workspace = client.post("/api/workspaces", json={"name": "W"}).json()["id"]
    chat = client.post(f"/api/workspaces/{workspace}/chats", json={}).json()["id"]
    for model in ("openai/fake-model", "anthropic/claude-fake"):
        body = {"text": "Hello", "model": model, "mode": "chat"}
        run = (
            client.post(f"/api/chats/{chat}/messages", json=body)
            .raise_for_status()
            .json()["run_id"]
        )
        client.get(f"/api/runs/{run}/events")
        assert client.get(f"/api/runs/{run}").json()["status"] == "failed"
    client.delete("/api/settings/keys/openai")  # now with the server's own key
    run = client.post(
        f"/api/chats/{chat}/messages", json={"text": "Hi", "model": "openai/x"}
    ).json()["run_id"]
    client.get(f"/api/runs/{run}/events")
    client.get(f"/api/chats/{chat}/messages")
    client.get("/health")
    client.get("/openapi.json")


def _contents(archive: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return [opened.read(name).decode() for name in opened.namelist()]
