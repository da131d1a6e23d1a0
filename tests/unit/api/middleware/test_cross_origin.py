"""What pages of other sites may read, also where Reflex's own CORS layer stands further inside."""

from __future__ import annotations

import httpx
import pytest
from starlette.applications import Starlette
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from babble_app.api.middleware.stack import wrap
from babble_app.settings import Settings

SHOP = "https://shop.example"


def make_client() -> httpx.AsyncClient:
    async def answer(_: Request) -> Response:
        return PlainTextResponse("fine")

    app = Starlette(routes=[Route("/{path:path}", answer, methods=["GET", "POST"])])
    app.add_middleware(
        CORSMiddleware, allow_origins=["http://babble.example"], allow_credentials=True
    )
    transport = httpx.ASGITransport(wrap(app, Settings(_env_file=None)))  # type: ignore[call-arg]
    return httpx.AsyncClient(transport=transport, base_url="http://babble.example")


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/api/v1/visitors", True),
        ("/api/v1/chat/stream", True),
        ("/v1/chat/completions", True),
        ("/api/v1/admin/tokens", False),
        ("/api/workspaces", False),
    ],
)
async def test_a_host_page_may_ask_the_host_apps_routes_only(path: str, *, allowed: bool):
    asks = {"Origin": SHOP, "Access-Control-Request-Method": "POST"}
    async with make_client() as client:
        preflight = await client.options(path, headers=asks)
        answer = await client.post(path, headers={"Origin": SHOP, "Authorization": "Bearer bb_x"})

    assert preflight.is_success == allowed
    assert answer.headers.get("Access-Control-Allow-Origin") == (SHOP if allowed else None)
    if allowed:
        assert "Access-Control-Allow-Credentials" not in answer.headers


async def test_the_loader_may_be_taken_by_any_page_and_is_asked_for_anew_soon():
    async with make_client() as client:
        answer = await client.get("/babble-buddy.js", headers={"Origin": SHOP})
        other = await client.get("/boot.js", headers={"Origin": SHOP})

    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert answer.headers["Cache-Control"] == "public, max-age=300, must-revalidate"
    assert "set-cookie" not in answer.headers
    assert "Access-Control-Allow-Origin" not in other.headers
