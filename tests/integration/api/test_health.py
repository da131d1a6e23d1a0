"""Whether the server says how it is."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from babble_app.settings import VERSION
from tests.integration.api.conftest import make_settings, serve

if TYPE_CHECKING:
    from pathlib import Path

    import httpx


def test_a_healthy_server_says_so_to_anybody(anybody: httpx.Client):
    answer = anybody.get("/health")

    assert answer.status_code == 200
    health = answer.json()
    assert (health["status"], health["database"]) == ("ok", "ok")
    assert health["version"] == VERSION
    assert health["ollama"] == "not_configured"
    assert health["providers"]["demo"] == "ok"
    assert set(health["providers"].values()) <= {"ok", "unavailable", "not_configured"}
    assert health["uptime_s"] > 0


def test_a_server_that_runs_is_live_and_ready(anybody: httpx.Client):
    assert anybody.get("/health/live").json() == {"status": "ok"}
    assert anybody.get("/health/ready").json() == {"status": "ok", "reason": ""}


def test_load_balancers_may_ask_for_the_head_only(anybody: httpx.Client):
    for path in ("/health", "/health/live", "/health/ready"):
        answer = anybody.head(path)
        assert (answer.status_code, answer.content) == (200, b"")


def test_an_ollama_that_does_not_answer_degrades_and_no_key_is_shown(tmp_path: Path):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{closed.getsockname()[1]}"
        settings = make_settings(tmp_path, OLLAMA_HOST=address, OPENAI_API_KEY="sk-canary-1")
        with serve(settings) as server, server.client() as client:
            answer = client.get("/health")

    assert answer.status_code == 200
    assert (answer.json()["status"], answer.json()["ollama"]) == ("degraded", "unavailable")
    assert answer.json()["providers"]["openai"] == "ok"
    assert "canary" not in answer.text


def test_a_database_that_is_gone_is_said(tmp_path: Path):
    with serve(make_settings(tmp_path)) as server, server.client() as client:
        database, elsewhere = tmp_path / "data" / "babble.db", tmp_path / "elsewhere.db"
        database.rename(elsewhere)
        database.mkdir()
        server.call(server.runtime.database.close())

        health, ready = client.get("/health"), client.get("/health/ready")

        database.rmdir()
        elsewhere.rename(database)
        assert client.get("/health/ready").status_code == 200

    assert (health.json()["status"], health.json()["database"]) == ("degraded", "unavailable")
    assert ready.status_code == 503
