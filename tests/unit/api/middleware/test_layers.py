"""All layers together around a small application, the way they stand around the API and the pages."""

from __future__ import annotations

import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from babble_app.api.middleware.stack import wrap
from babble_app.settings import Settings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

HOST = "http://babble.example"


def make_app() -> Starlette:
    async def echo(request: Request) -> Response:
        return JSONResponse({"bytes": len(await request.body())})

    async def page(_: Request) -> Response:
        return HTMLResponse("<p>page</p>")

    async def fail(_: Request) -> Response:
        message = "secret details"
        raise ZeroDivisionError(message)

    async def asset(_: Request) -> Response:
        return PlainTextResponse("x")

    every = ["GET", "POST", "PUT", "DELETE"]
    return Starlette(
        routes=[
            Route("/page/", page),
            Route("/fail", fail),
            Route("/assets/{name}", asset),
            Route("/{path:path}", echo, methods=every),
        ]
    )


@asynccontextmanager
async def serving(**environment: str) -> AsyncIterator[httpx.AsyncClient]:
    settings = Settings(_env_file=None, **environment)  # type: ignore[call-arg]
    transport = httpx.ASGITransport(wrap(make_app(), settings), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=HOST) as client:
        yield client


async def test_an_answer_carries_the_callers_request_id():
    async with serving() as client:
        answer = await client.get("/api/x", headers={"X-Request-ID": "trace-42"})

    assert answer.headers["X-Request-ID"] == "trace-42"


@pytest.mark.parametrize("sent", ["", "a b", "x" * 200, "<script>", "a;b"])
async def test_a_strange_request_id_is_replaced(sent: str):
    async with serving() as client:
        answer = await client.get("/api/x", headers={"X-Request-ID": sent})

    assert len(answer.headers["X-Request-ID"]) == 24


async def test_an_unforeseen_failure_shows_nothing_of_itself(caplog: pytest.LogCaptureFixture):
    async with serving() as client:
        answer = await client.get("/fail", headers={"X-Request-ID": "trace-1"})

    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "request trace-1 failed" in caplog.text


async def test_a_page_gets_the_policy_of_pages_with_its_own_sockets():
    async with serving() as client:
        answer = await client.get("/page/")

    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "connect-src 'self' ws://babble.example wss://babble.example;" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe-eval" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert "Permissions-Policy" in answer.headers
    assert answer.headers["Cache-Control"] == "no-cache"


async def test_a_forged_host_adds_nothing_to_the_policy():
    async with serving() as client:
        answer = await client.get("/page/", headers={"Host": "x; script-src *"})

    assert "connect-src 'self';" in answer.headers["Content-Security-Policy"]


async def test_data_may_do_nothing_in_a_browser_and_is_not_kept():
    async with serving() as client:
        answer = await client.get("/api/x")

    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert answer.headers["Cache-Control"] == "no-store"


async def test_built_files_are_kept_for_good():
    async with serving() as client:
        answer = await client.get("/assets/app-1a2b.js")

    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"


async def test_only_https_asks_for_https_from_now_on():
    headers = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "1.2.3.4"}
    async with serving(BABBLE_TRUSTED_PROXIES="127.0.0.1") as client:
        behind_tls = await client.get("/api/x", headers=headers)
        plain = await client.get("/api/x")

    assert "max-age" in behind_tls.headers["Strict-Transport-Security"]
    assert "Strict-Transport-Security" not in plain.headers


@pytest.mark.parametrize("path", ["/_upload", "/_upload/x.txt", "/%5Fupload", "/_uploads"])
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_the_frameworks_own_upload_is_closed(method: str, path: str):
    async with serving() as client:
        answer = await client.request(method, path)

    assert answer.status_code == 404


COOKIE = {"Cookie": "theme=dark; babble_session=abc"}


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "ftp://babble.example"},
        {"Origin": "http://babble.example:81"},
        {"Origin": "https://babble.example:80"},
        {"Origin": "http://babble.example.evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Referer": "http://evil.example/http://babble.example"},
        {"Origin": "http://evil.example", "Referer": HOST},
    ],
)
async def test_the_cookie_acts_for_no_other_site(method: str, headers: dict[str, str]):
    async with serving() as client:
        answer = await client.request(method, "/api/x", headers={**COOKIE, **headers})

    assert answer.status_code == 403
    assert answer.json()["code"] == "origin_not_allowed"


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": HOST},
        {"Origin": "http://babble.example:80"},
        {"Origin": "https://babble.example"},
        {"Sec-Fetch-Site": "same-origin"},
        {"Referer": f"{HOST}/chat/1"},
        {"Authorization": "Bearer x", "Origin": "http://evil.example"},
    ],
)
async def test_our_own_pages_and_scripts_pass(headers: dict[str, str]):
    async with serving(BABBLE_PUBLIC_URL=HOST) as client:
        answer = await client.post("/api/x", headers={**COOKIE, **headers})

    assert answer.status_code == 200


@pytest.mark.parametrize("host", ["localhost:8000", "127.0.0.1:8000", "[::1]:8000", "192.168.1.5"])
async def test_pages_under_an_address_or_localhost_are_ours_without_being_named(host: str):
    async with serving() as client:
        headers = {**COOKIE, "Host": host, "Origin": f"http://{host}"}
        answer = await client.post("/api/x", headers=headers)

    assert answer.status_code == 200


@pytest.mark.parametrize("path", ["/auth/register", "/api/auth/register"])
async def test_a_name_that_somebody_points_at_us_does_not_make_their_page_ours(path: str):
    headers = {"Host": "rebound.example:8000", "Origin": "http://rebound.example:8000"}

    async with serving() as client:
        answer = await client.post(path, headers=headers)

    assert answer.status_code == 403


async def test_origins_that_the_operator_named_pass():
    async with serving(
        BABBLE_ALLOWED_ORIGINS="https://a.example, https://b.example",
        BABBLE_PUBLIC_URL="https://babble.org/",
    ) as client:
        for origin in ("https://b.example", "https://babble.org"):
            answer = await client.post("/api/x", headers={**COOKIE, "Origin": origin})
            assert answer.status_code == 200


async def test_without_the_cookie_a_program_may_call_and_a_page_of_another_site_may_not():
    async with serving() as client:
        program = await client.post("/api/x")
        page = await client.post("/api/x", headers={"Origin": "http://evil.example"})
        form = await client.post("/auth/login")

    assert (program.status_code, page.status_code, form.status_code) == (200, 403, 403)


@pytest.mark.parametrize(("origin", "accepted"), [(HOST, True), ("http://evil.example", False)])
async def test_a_websocket_of_another_site_is_closed_before_it_opens(origin: str, accepted: bool):
    reached: list[str] = []
    sent: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        reached.append(scope["path"])

    async def receive() -> Any:
        return {"type": "websocket.connect"}

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(b"host", b"babble.example"), (b"origin", origin.encode())]
    scope = {"type": "websocket", "scheme": "ws", "path": "/_event", "headers": headers}
    settings = Settings(_env_file=None, BABBLE_PUBLIC_URL=HOST)  # type: ignore[call-arg]
    await wrap(app, settings)(scope, receive, send)

    assert bool(reached) is accepted
    assert [message["type"] for message in sent] == ([] if accepted else ["websocket.close"])


@pytest.mark.parametrize("kind", ["application/json", "text/plain"])
async def test_a_body_that_says_it_is_too_large_is_refused_unread(kind: str):
    async with serving() as client:
        body = b" " * (1024 * 1024 + 1)
        answer = await client.post("/api/x", content=body, headers={"Content-Type": kind})

    assert answer.status_code == 413
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "file_too_large"


@pytest.mark.parametrize("kind", ["application/json", "text/plain"])
async def test_a_body_that_does_not_say_its_length_is_refused_at_the_cap(kind: str):
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(17):
            yield b" " * 65_536

    async with serving() as client:
        answer = await client.post("/api/x", content=pieces(), headers={"Content-Type": kind})

    assert answer.status_code == 413


async def test_uploads_have_a_cap_of_their_own():
    async with serving(BABBLE_MAX_UPLOAD_MB="1") as client:
        path = "/api/workspaces/wsp_1/files"
        within = await client.post(path, content=b" " * (3 * 1024 * 1024))
        above = await client.post(path, content=b" " * (21 * 1024 * 1024))

    assert (within.status_code, above.status_code) == (200, 413)


@pytest.mark.parametrize(
    ("depth", "status"),
    [(60, 200), (64, 200), (65, 422), (100_000, 422)],
)
async def test_json_is_bounded_in_depth(depth: int, status: int):
    async with serving() as client:
        answer = await client.post(
            "/api/x",
            content=b"[" * depth + b"]" * depth,
            headers={"Content-Type": "application/json"},
        )

    assert answer.status_code == status


@pytest.mark.parametrize("kind", ["application/JSON", "Application/problem+Json"])
async def test_json_is_bounded_in_depth_however_its_type_is_written(kind: str):
    async with serving() as client:
        answer = await client.post(
            "/api/x", content=b"[" * 1000 + b"]" * 1000, headers={"Content-Type": kind}
        )

    assert answer.status_code == 422


async def test_brackets_in_strings_are_text():
    body = json.dumps({"text": '["\\' + "[{" * 10_000, "list": [{"a": "]"}] * 200}).encode()

    async with serving() as client:
        answer = await client.post(
            "/api/x", content=body, headers={"Content-Type": "application/json"}
        )

    assert answer.json() == {"bytes": len(body)}
