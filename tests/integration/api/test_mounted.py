"""The API with another application mounted behind it, as the pages are."""

from __future__ import annotations

import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Route

from babble_app.api.app import create_api
from babble_app.api.middleware.stack import wrap
from babble_app.settings import Settings


def make_client() -> httpx.AsyncClient:
    async def page(_: object) -> HTMLResponse:
        return HTMLResponse("<p>page</p>", 404)

    def no_runtime() -> object:
        message = "not started"
        raise RuntimeError(message)

    api = create_api(no_runtime)  # type: ignore[arg-type]
    api.mount("", Starlette(routes=[Route("/{path:path}", page, methods=["GET", "POST", "PUT"])]))
    transport = httpx.ASGITransport(wrap(api, Settings(_env_file=None)))  # type: ignore[call-arg]
    return httpx.AsyncClient(transport=transport, base_url="http://babble.example")


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/api/nothing", 404, "not_found"),
        ("GET", "/api", 404, "not_found"),
        ("POST", "/api/nothing/at/all", 404, "not_found"),
        ("PUT", "/api/workspaces", 405, "method_not_allowed"),
        ("GET", "/api/workspaces/", 404, "not_found"),
        ("GET", "/health/nothing", 404, "not_found"),
        ("POST", "/_upload", 404, "not_found"),
    ],
)
async def test_no_page_answers_for_the_api(method: str, path: str, status: int, code: str):
    async with make_client() as client:
        answer = await client.request(method, path)

    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == code


async def test_a_path_of_the_openai_api_answers_in_its_way():
    async with make_client() as client:
        answer = await client.get("/v1/nothing")

    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "not_found"


async def test_all_else_is_the_pages():
    async with make_client() as client:
        answer = await client.get("/workspaces/")

    assert answer.text == "<p>page</p>"
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]


async def test_before_the_server_has_started_it_says_so():
    async with make_client() as client:
        ready = await client.get("/health/ready")
        live = await client.get("/health/live")
        me = await client.get("/api/auth/me", headers={"Authorization": "Bearer x"})

    assert (ready.status_code, live.status_code, me.status_code) == (503, 200, 503)
    assert ready.json()["status"] == "unavailable"
    assert me.json()["code"] == "not_ready"
    assert me.headers["Retry-After"]
