"""Network calls of agents through real sockets: what is allowed goes out as it was meant, everything else is refused."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from babble_app.services import guarded_fetch
from babble_app.services.guarded_fetch import FetchError, Rules, fetch

ALL = Rules(allowed=["*.example", "127.0.0.1", "api.example"], private=["*.example", "127.0.0.1"])
PUBLIC_ONLY = Rules(allowed=["*.example", "127.0.0.1", "10.0.0.5", "[::1]", "0x7f.1", "2130706433"])


class Server:
    """What was asked of it."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.seen: list[web.Request] = []
        self.bodies: list[str] = []

    def url(self, path: str, host: str = "api.example") -> str:
        return f"http://{host}:{self.port}{path}"


@asynccontextmanager
async def serving() -> AsyncIterator[Server]:
    app = web.Application()
    runner = web.AppRunner(app)
    server = Server(0)

    async def answer(request: web.Request) -> web.StreamResponse:
        server.seen.append(request)
        server.bodies.append(await request.text())
        path = request.path
        if path == "/hang":
            await asyncio.sleep(5)
        if path.startswith("/redirect"):
            left = int(path[-1])
            where = f"/redirect{left - 1}" if left else "/json"
            return web.Response(status=307, headers={"Location": where})
        if path == "/other":
            return web.Response(
                status=302, headers={"Location": server.url("/json", "other.example")}
            )
        if path == "/inside":
            return web.Response(status=302, headers={"Location": "http://10.0.0.5/secret"})
        if path == "/large":
            return web.Response(text="x" * 300_000)
        if path == "/packed":
            return web.Response(body=b"...", headers={"Content-Encoding": "gzip"})
        if path == "/text":
            return web.Response(text="plain", status=404, headers={"Set-Cookie": "a=b"})
        return web.json_response({"path": path, "q": dict(request.query)})

    app.router.add_route("*", "/{path:.*}", answer)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    server.port = runner.addresses[0][1]
    try:
        yield server
    finally:
        await runner.cleanup()


@pytest.fixture(autouse=True)
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of hosts that were asked for; those of `.example` are this machine, `public.example` is not."""
    names: list[str] = []
    resolve = socket.getaddrinfo

    def answer(host: str, port: int, *arguments: object, **options: object) -> object:
        names.append(host)
        if host == "10.0.0.5":
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, port))]
        if host.endswith(".example"):
            own = "93.184.216.34" if host == "public.example" else "127.0.0.1"
            rows = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (own, port))]
            if host == "mixed.example":
                rows.insert(0, (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.216.34", port)))
            return rows
        return resolve(host, port, *arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    return names


async def test_a_call_goes_out_as_it_was_meant(asked: list[str]) -> None:
    async with serving() as server:
        answer = await fetch(
            ALL, "POST", server.url("/a?x=1#f"), params={"q": "ä b"}, body={"n": [1]}, headers={"X-Key": "k"}
        )  # fmt: skip

    assert (answer.status, answer.body) == (200, {"path": "/a", "q": {"x": "1", "q": "ä b"}})
    request = server.seen[0]
    assert request.headers["Host"] == f"api.example:{server.port}"
    assert request.headers["X-Key"] == "k"
    assert request.headers["Content-Type"] == "application/json"
    assert json.loads(server.bodies[0]) == {"n": [1]}
    assert asked == ["api.example"]


async def test_a_text_and_its_status_come_back_without_cookies() -> None:
    async with serving() as server:
        answer = await fetch(ALL, "GET", server.url("/text"))

    assert (answer.status, answer.body) == (404, "plain")
    assert "Set-Cookie" not in answer.headers


async def test_a_form_is_sent_as_a_form() -> None:
    async with serving() as server:
        headers = {"content-type": "application/x-www-form-urlencoded"}
        await fetch(ALL, "POST", server.url("/f"), body={"a": 1, "b": "x y"}, headers=headers)

    assert server.bodies == ["a=1&b=x+y"]


async def test_headers_that_are_not_the_programs_stay_out() -> None:
    async with serving() as server:
        headers = {
            "Host": "evil",
            "Cookie": "a=b",
            "Connection": "x",
            "Proxy-Authorization": "p",
            "Content-Length": "9",
        }
        await fetch(ALL, "GET", server.url("/h"), headers=headers)

    sent = server.seen[0].headers
    assert sent["Host"] == f"api.example:{server.port}"
    assert not {"Cookie", "Proxy-Authorization", "Content-Length"} & set(sent)


async def test_three_redirects_are_followed_each_looked_at_and_no_more(asked: list[str]) -> None:
    async with serving() as server:
        answer = await fetch(ALL, "GET", server.url("/redirect2"))
        assert answer.body["path"] == "/json"
        assert asked == ["api.example"] * 4
        with pytest.raises(FetchError, match="more than 3 redirects"):
            await fetch(ALL, "GET", server.url("/redirect3"))


async def test_a_redirect_to_another_host_carries_no_keys() -> None:
    async with serving() as server:
        await fetch(
            ALL,
            "POST",
            server.url("/other"),
            body="x",
            headers={"Authorization": "k", "Accept": "a"},
        )

    first, second = server.seen
    assert (first.headers["Authorization"], first.method) == ("k", "POST")
    assert "Authorization" not in second.headers
    assert (second.headers["Accept"], second.method) == ("a", "GET")


async def test_a_redirect_inside_is_refused() -> None:
    inside = Rules([*ALL.allowed, "10.0.0.5"], ALL.private)
    async with serving() as server:
        with pytest.raises(FetchError, match="not a host of the public network"):
            await fetch(inside, "GET", server.url("/inside"))
        with pytest.raises(FetchError, match=r"does not allow calls to 10\.0\.0\.5"):
            await fetch(ALL, "GET", server.url("/inside"))


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://127.0.0.1/", "not a host of the public network"),
        ("http://api.example/", "not a host of the public network"),
        ("http://mixed.example/", "not a host of the public network"),
        ("http://10.0.0.5/", "not a host of the public network"),
        ("http://0x7f.1/", "public network|no host|does not allow|cannot be read"),
        ("http://2130706433/", "public network|no host|does not allow|cannot be read"),
        ("http://public.example:22/", "port 22"),
        ("http://127.0.0.1:8080/", "port 8080"),
        ("http://other.test/", "does not allow"),
        ("http://example/", "does not allow"),
        ("http://evilexample/", "does not allow"),
        ("http://user:pw@public.example/", "user's name"),
        ("http://public.example@evil.test/", "user's name"),
        ("http://public.example\\@evil.test/", "backslashes"),
        ("http://public.example /", "spaces"),
        ("http://public.example/\r\nX: y", "control"),
        ("ftp://public.example/", "begins with"),
        ("file:///etc/passwd", "begins with"),
        ("gopher://public.example/", "begins with"),
        ("//public.example/", "begins with"),
        ("", "begins with"),
        ("http://", "begins with|cannot be read"),
        ("http://[::1]/", "does not allow|public network"),
        ("http://[::ffff:127.0.0.1]/", "does not allow"),
        ("http://public.example:99999/", "cannot be read"),
    ],
)
async def test_what_leads_elsewhere_is_refused(url: str, words: str) -> None:
    with pytest.raises(FetchError, match=words):
        await fetch(PUBLIC_ONLY, "GET", url)


async def test_without_allowed_hosts_nothing_goes_out(asked: list[str]) -> None:
    with pytest.raises(FetchError, match="does not allow"):
        await fetch(Rules([]), "GET", "https://public.example/")

    assert asked == []


async def test_large_late_and_packed_answers_are_refused() -> None:
    async with serving() as server:
        for path, words in (
            ("/large", "larger than 200,000"),
            ("/hang", r"no answer within 0\.3 s"),
            ("/packed", "compressed"),
        ):
            with pytest.raises(FetchError, match=words):
                await fetch(
                    ALL, "GET", server.url(path), total_seconds=0.3 if path == "/hang" else 5
                )


async def test_odd_methods_headers_and_dead_hosts_are_refused_in_words() -> None:
    with pytest.raises(FetchError, match="TRACE is not supported"):
        await fetch(ALL, "TRACE", "http://api.example/")
    with pytest.raises(FetchError, match="is not valid"):
        await fetch(ALL, "GET", "http://api.example/", headers={"X": "a\r\nB: c"})
    with pytest.raises(FetchError, match="too many headers"):
        await fetch(ALL, "GET", "http://api.example/", headers={"X": "a" * 9000})
    with pytest.raises(FetchError, match="the call failed"):
        await fetch(ALL, "GET", "http://api.example:1/")
    with pytest.raises(FetchError, match="there is no host"):
        await fetch(Rules(["nowhere.test"]), "GET", "http://nowhere.test/")


async def test_proxies_of_the_environment_are_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    async with serving() as server:
        assert (await fetch(ALL, "GET", server.url("/p"))).status == 200


def test_the_limits_are_those_that_are_promised() -> None:
    assert (guarded_fetch.MOST_REDIRECTS, guarded_fetch.MOST_BYTES) == (3, 200_000)
