"""The web for models: one configured search engine, and a reader of public pages; both through the guarded fetch."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from babble_app.errors import RateLimitedError
from babble_app.retrieval.web import SearchResult, WebError, WebPage, plain_address
from babble_app.services import guarded_fetch, limits
from babble_app.services.guarded_fetch import FetchError, Rules
from babble_app.services.page_text import read_html
from babble_app.services.search_engine import all_engines
from babble_app.settings import VERSION

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from pydantic import SecretStr

    from babble_app.services.guarded_fetch import Fetched
    from babble_app.services.runtime import Runtime
    from babble_app.services.search_engine import Engine
    from babble_app.settings import Settings

SEARCH_SECONDS = 10.0
PAGE_SECONDS = 15.0
MOST_PAGE_BYTES = 1_500_000
"""Of a page as it is sent; its text is far shorter."""
MOST_PAGE_CHARS = 40_000
_TITLE_CHARS = 200
_SNIPPET_CHARS = 500
_URL_CHARS = 2_000
_AGENT = {"User-Agent": f"Mozilla/5.0 (compatible; Babble/{VERSION})"}
_HTML = ("text/html", "application/xhtml+xml")
_PUBLIC = Rules(any_host=True)
"""Private hosts are for the programs of workspaces that allow them; a page that talks a model into reading one gets nothing."""


@dataclass(frozen=True)
class GuardedWeb:
    """A `WebSearch` for one person."""

    engine: Engine
    base_url: str
    key: SecretStr | None
    rules: Rules
    """Where the engine may be."""
    before: Callable[[], Awaitable[None]]
    """Asked before each call; raises RateLimitedError when there were too many."""
    page_rules: Rules = _PUBLIC

    async def search(self, query: str, limit: int) -> list[SearchResult]:
        """Return what the engine finds; see `WebSearch`."""
        call = self.engine.ask(query, limit, self.key.get_secret_value() if self.key else "")
        try:
            answer = await self._fetch(
                self.rules,
                f"{self.base_url}{call.path}",
                method=call.method,
                params=call.params,
                body=call.body,
                headers={**_AGENT, **call.headers},
                total_seconds=SEARCH_SECONDS,
            )
        except FetchError as error:
            raise self._failed(str(error)) from error
        if answer.status != 200:
            raise self._failed(_status_words(self.engine, answer.status))
        try:
            return _usable(self.engine.read(answer.body), limit)
        except ValueError as error:
            raise self._failed(f"its answer cannot be read ({error})") from error

    async def read(self, url: str) -> WebPage:
        """Return a page's text; see `WebSearch`."""
        try:
            answer = await self._fetch(
                self.page_rules,
                url,
                headers={**_AGENT, "Accept": "text/html, text/plain, application/json;q=0.9"},
                total_seconds=PAGE_SECONDS,
                most_bytes=MOST_PAGE_BYTES,
            )
        except FetchError as error:
            raise WebError(f"The page cannot be read: {error}.") from error
        if answer.status >= 400:
            raise WebError(f"The page cannot be read: it answers with status {answer.status}.")
        return await asyncio.to_thread(_page, url, answer)

    async def _fetch(self, rules: Rules, url: str, method: str = "GET", **how: Any) -> Fetched:
        try:
            await self.before()
        except RateLimitedError as error:
            raise WebError(str(error)) from error
        return await guarded_fetch.fetch(rules, method, url, **how)

    def _failed(self, why: str) -> WebError:
        return WebError(
            f"{self.engine.title} cannot be searched: {why}. Answer without it, and say that it could not be searched."
        )


def open_web(rt: Runtime, owner_id: str) -> GuardedWeb | None:
    """Return the web for the person; None where no engine is configured, or something that it needs is missing."""
    engine = all_engines().get(rt.settings.search_engine)
    if engine is None or missing_variable(rt.settings, engine):
        return None
    base_url, key = _address(rt.settings, engine), _key(rt.settings, engine)
    rules = Rules(allowed=[urlsplit(base_url).hostname or ""], private=rt.settings.private_hosts)
    before = partial(limits.hit, rt, "web", owner_id)
    return GuardedWeb(engine, base_url, key, rules, before)


def unset_variable(rt: Runtime) -> str:
    """Return the environment variable that must be set before models can search; empty where they can."""
    engine = all_engines().get(rt.settings.search_engine)
    return missing_variable(rt.settings, engine) if engine else "BABBLE_SEARCH_ENGINE"


def missing_variable(settings: Settings, engine: Engine) -> str:
    """Return the environment variable that the engine needs and that is not set; empty when it has all that it needs."""
    key = _key(settings, engine)
    name = ""
    if key is not None and not key.get_secret_value():
        name = engine.key_setting
    elif not _address(settings, engine):
        name = engine.base_url_setting
    return str(type(settings).model_fields[name].validation_alias) if name else ""


def _key(settings: Settings, engine: Engine) -> SecretStr | None:
    return getattr(settings, engine.key_setting) if engine.key_setting else None


def _address(settings: Settings, engine: Engine) -> str:
    own: str = getattr(settings, engine.base_url_setting) if engine.base_url_setting else ""
    return (settings.search_url or own or engine.base_url).rstrip("/")


def _status_words(engine: Engine, status: int) -> str:
    match status:
        case 401 | 403:
            return f"it answers with status {status}. {engine.refused.rstrip('.')}"
        case 429:
            return "it is asked too often; try again later"
        case _:
            return f"it answers with status {status}"


def _usable(results: list[SearchResult], limit: int) -> list[SearchResult]:
    """Return the results that can be shown, each page once."""
    found: dict[str, SearchResult] = {}
    for one in results:
        url = _storable(one.url.strip())
        if not url.lower().startswith(("https://", "http://")) or len(url) > _URL_CHARS:
            continue
        if not url.isprintable() or " " in url:
            continue
        title, snippet = _in_one_line(one.title), _in_one_line(one.snippet)
        shown = SearchResult(title[:_TITLE_CHARS] or url, url, snippet[:_SNIPPET_CHARS])
        found.setdefault(plain_address(url), shown)
    return list(found.values())[:limit]


def _page(url: str, answer: Fetched) -> WebPage:
    kind = _kind(answer)
    title = url
    if kind == "application/pdf":
        raise WebError(
            "The page is a PDF, which cannot be read from the web. The person may put it into the workspace as a file."
        )
    if not isinstance(answer.body, str):
        # Not indented: lists within lists would grow to their square, 18 KB of them to 8 MB, and a page to gigabytes.
        text = json.dumps(answer.body, ensure_ascii=False)
    elif kind in _HTML:
        page = read_html(answer.body)
        title, text = page.title[:_TITLE_CHARS] or url, page.text
    elif kind.startswith("text/") or "json" in kind:
        text = answer.body
    else:
        raise WebError(f"The page is no text ({kind[:80]}).")
    text = _storable(text).strip()
    if not text:
        raise WebError("The page holds no text; it may be made by scripts.")
    if len(text) > MOST_PAGE_CHARS:
        left = len(text) - MOST_PAGE_CHARS
        text = f"{text[:MOST_PAGE_CHARS]}\n(cut: {left:,} more characters)"
    return WebPage(url, _in_one_line(title), text)


def _kind(answer: Fetched) -> str:
    """Return what the page says it is; HTML when it says nothing."""
    said = (value for name, value in answer.headers.items() if name.lower() == "content-type")
    return next(said, "text/html").partition(";")[0].strip().lower()


def _in_one_line(text: str) -> str:
    return " ".join(_storable(text).split())


def _storable(text: str) -> str:
    """Return the text without what neither databases nor models take: NUL, and halves of surrogate pairs."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()
