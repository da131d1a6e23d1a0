"""A web on a real socket: search engines as they answer, each in its own format, and pages to be read.

`async with search_server() as server:`, then `server.url` is the base address of every engine; `server.found` is what they
find, and `server.pages` is what stands under which path.
"""

from __future__ import annotations

import html
import json
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator


@dataclass
class Found:
    """A result, as an engine has it."""

    title: str
    url: str
    snippet: str


@dataclass
class Page:
    """What a path answers with."""

    body: str = ""
    content_type: str = "text/html; charset=utf-8"
    status: int = 200
    location: str = ""
    encoding: str = "utf-8"


@dataclass
class Asked:
    """A request that came."""

    path: str
    query: str
    """What was searched for."""
    headers: dict[str, str]


@dataclass
class SearchServer:
    """What the engines find, what the pages say, and what was asked."""

    port: int = 0
    found: list[Found] = field(default_factory=list[Found])
    by_query: dict[str, list[Found]] = field(default_factory=dict[str, list[Found]])
    pages: dict[str, Page] = field(default_factory=dict[str, Page])
    asked: list[Asked] = field(default_factory=list[Asked])
    status: int = 200
    raw: str | None = None
    """Sent in place of an engine's answer."""

    @property
    def url(self) -> str:
        """The base address."""
        return f"http://127.0.0.1:{self.port}"

    def page_url(self, path: str, host: str = "127.0.0.1") -> str:
        """The address of a page."""
        return f"http://{host}:{self.port}{path}"

    def add_page(self, path: str, title: str, *paragraphs: str) -> Found:
        """Put a page under the path; return what an engine would say of it."""
        text = "".join(f"<p>{html.escape(one)}</p>" for one in paragraphs)
        head = f"<head><title>{html.escape(title)}</title></head>"
        self.pages[path] = Page(f"<html>{head}<body><nav>Menu</nav>{text}</body></html>")
        return Found(title, self.page_url(path), paragraphs[0] if paragraphs else "")


@asynccontextmanager
async def search_server() -> AsyncGenerator[SearchServer]:
    """Serve until the block is left."""
    server = SearchServer()
    app = web.Application()

    async def answer(request: web.Request) -> web.StreamResponse:
        return await _answer(server, request)

    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    server.port = runner.addresses[0][1]
    try:
        yield server
    finally:
        await runner.cleanup()


async def _answer(server: SearchServer, request: web.Request) -> web.StreamResponse:
    body: dict[str, Any] = await request.json() if request.can_read_body else {}
    query = body.get("query") or request.query.get("q", "")
    server.asked.append(Asked(request.path, query, dict(request.headers)))
    wire = _WIRES.get((request.method, request.path))
    if wire is None:
        return _page(server.pages.get(request.path, Page("not found", status=404)))
    if server.raw is not None or server.status != 200:
        text = server.raw if server.raw is not None else "the scripted failure"
        return web.Response(text=text, status=server.status, content_type="text/html")
    found = server.by_query.get(query, server.found)
    content_type, text = wire(found)
    return web.Response(text=text, content_type=content_type)


def _page(page: Page) -> web.Response:
    headers = {"Content-Type": page.content_type}
    if page.location:
        headers["Location"] = page.location
    return web.Response(body=page.body.encode(page.encoding), status=page.status, headers=headers)


def _duckduckgo(found: list[Found]) -> tuple[str, str]:
    advertisement = Found("Buy now", "https://duckduckgo.com/y.js?ad_domain=shop.example", "An ad")
    rows = "".join(_duckduckgo_row(one) for one in (advertisement, *found))
    return "text/html", f'<html><body><div id="links" class="results">{rows}</div></body></html>'


def _duckduckgo_row(one: Found) -> str:
    link = one.url
    if "y.js" not in link:
        link = f"//duckduckgo.com/l/?uddg={quote(one.url, safe='')}&amp;rut=0123"
    first, _, rest = html.escape(one.snippet).partition(" ")
    return f"""
      <div class="result results_links results_links_deep web-result "><div class="links_main links_deep result__body">
        <h2 class="result__title"><a rel="nofollow" class="result__a" href="{link}">{html.escape(one.title)}</a></h2>
        <a class="result__url" href="{link}"> shown.example </a>
        <a class="result__snippet" href="{link}"><b>{first}</b> {rest}</a>
      </div></div>"""


def _searxng(found: list[Found]) -> tuple[str, str]:
    rows = [
        {"title": one.title, "url": one.url, "content": one.snippet, "engines": ["x"], "score": 1.5}
        for one in found
    ]
    return "application/json", json.dumps({"query": "x", "results": rows, "answers": []})


def _brave(found: list[Found]) -> tuple[str, str]:
    rows = [
        {
            "title": html.escape(one.title),
            "url": one.url,
            "description": f"<strong>{html.escape(one.snippet)}</strong>",
        }
        for one in found
    ]
    return "application/json", json.dumps({"type": "search", "web": {"results": rows}})


def _tavily(found: list[Found]) -> tuple[str, str]:
    rows = [
        {"title": one.title, "url": one.url, "content": one.snippet, "score": 0.9} for one in found
    ]
    return "application/json", json.dumps({"query": "x", "results": rows, "images": []})


_WIRES = {
    ("GET", "/html/"): _duckduckgo,
    ("GET", "/search"): _searxng,
    ("POST", "/search"): _tavily,
    ("GET", "/res/v1/web/search"): _brave,
}
