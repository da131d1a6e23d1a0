"""Researches a question on the web: plans searches, makes them at once, reads the best pages, and brings what they say of it."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar, cast

from pydantic import Field

from babble_app.errors import BabbleError
from babble_app.retrieval.enclosing import enclose
from babble_app.retrieval.search import search
from babble_app.retrieval.web import MAX_QUERY_CHARS, SearchResult, WebError, WebPage
from babble_app.schemas.models import ModelMessage, ModelRequest
from babble_app.schemas.workspaces import FilePage
from babble_app.tools.toolkit import ToolContext, tool_of

if TYPE_CHECKING:
    from collections.abc import Coroutine, Sequence

MOST_SECONDS = 60.0
PLAN_SECONDS = 20.0
MOST_QUERIES = 5
MOST_PAGES = 6
_RESULTS = 8
"""Of each search."""
_PARTS = 5
"""Of a page: passages of some 600 characters."""
_RANK_CONSTANT = 60
"""Of reciprocal-rank fusion (Cormack et al., SIGIR 2009)."""
_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"queries": {"type": "array", "items": {"type": "string"}}},
    "required": ["queries"],
    "additionalProperties": False,
}
T = TypeVar("T")


@dataclass(frozen=True)
class _Document:
    """A page as the search of passages reads it."""

    id: str
    name: str
    pages: tuple[FilePage, ...]


@tool_of("deep")
async def deep_search(
    context: ToolContext,
    question: Annotated[
        str, Field(description="What is to be found out, in full", min_length=1, max_length=2000)
    ],
) -> str:
    """Research a question with several sides on the web; it takes up to a minute.

    Several searches are planned and made, the best pages are read, and what they say of the question comes back, each page with
    a number to cite it by. Answer from that, and say where pages contradict each other.
    """
    web = context.require_web()
    until = asyncio.get_running_loop().time() + MOST_SECONDS
    queries = await _plan(context, question)
    found = await all_within(until, [web.search(query, _RESULTS) for query in queries])
    best = _best([one for one in found if not isinstance(one, WebError)])
    if not best:
        raise next(
            (one for one in found if isinstance(one, WebError)), WebError("Nothing was found.")
        )
    pages = await all_within(until, [web.read(result.url) for result in best])
    texts = await asyncio.to_thread(_telling_parts, " ".join((question, *queries)), pages)
    notes = [
        context.show_page(result.url, result.title, text or result.snippet)
        for result, text in zip(best, texts, strict=True)
    ]
    return "\n\n".join([f"Searched for: {'; '.join(queries)}", *notes])


async def _plan(context: ToolContext, question: str) -> list[str]:
    """Let the model plan the searches; a garbled plan, or none, means a search for the question itself."""
    if context.model is None:
        return [question[:MAX_QUERY_CHARS]]
    request = ModelRequest(
        messages=(
            ModelMessage(role="system", text=_prompt()),
            ModelMessage(role="user", text=enclose("question", question)),
        ),
        task="triage",
        json_schema=_SCHEMA,
        max_output_tokens=2000,
    )
    try:
        async with asyncio.timeout(PLAN_SECONDS):
            answer = await context.model.complete(request)
    except (BabbleError, TimeoutError):
        return [question[:MAX_QUERY_CHARS]]
    context.usage += answer.usage
    return _read_queries(answer.text) or [question[:MAX_QUERY_CHARS]]


def _read_queries(text: str) -> list[str]:
    try:
        plan: Any = json.loads(text[text.find("{") : text.rfind("}") + 1])
        queries: Any = plan["queries"]
    except (ValueError, KeyError, RecursionError):
        return []
    if not isinstance(queries, list):
        return []
    words = [" ".join(one.split()) for one in cast("list[Any]", queries) if isinstance(one, str)]
    return list(dict.fromkeys(one[:MAX_QUERY_CHARS] for one in words if one))[:MOST_QUERIES]


async def all_within(until: float, work: Sequence[Coroutine[Any, Any, T]]) -> list[T | WebError]:
    """Do everything at once; return what each brought, or why it brought nothing. What is late is given up."""
    tasks = [asyncio.ensure_future(one) for one in work]
    try:
        left = until - asyncio.get_running_loop().time()
        await asyncio.wait(tasks, timeout=max(left, 0))
        return [_outcome(task) for task in tasks]
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _outcome(task: asyncio.Future[T]) -> T | WebError:
    if not task.done():
        return WebError("The search took too long.")
    error = task.exception()
    return error if isinstance(error, WebError) else task.result()


def _best(lists: Sequence[Sequence[SearchResult]]) -> list[SearchResult]:
    """Return the pages that stand highest in all lists together."""
    scores: dict[str, float] = defaultdict(float)
    results: dict[str, SearchResult] = {}
    for found in lists:
        for rank, result in enumerate(found):
            scores[result.url] += 1 / (_RANK_CONSTANT + rank)
            results.setdefault(result.url, result)
    best = sorted(results, key=lambda url: -scores[url])
    return [results[url] for url in best[:MOST_PAGES]]


def _telling_parts(wanted: str, pages: Sequence[WebPage | WebError]) -> list[str]:
    """Return of each page what says most about it, in the page's order; nothing of those that could not be read."""
    return [_parts_of(wanted, page) if isinstance(page, WebPage) else "" for page in pages]


def _parts_of(wanted: str, page: WebPage) -> str:
    document = _Document(page.url, page.title, (FilePage(page=1, text=page.text),))
    found = search(wanted, [document], _PARTS)
    return "\n[…]\n".join(part.text for part in sorted(found, key=lambda part: part.start))


@cache
def _prompt() -> str:
    """Return the prompt without its first line, which says who uses it."""
    path = Path(__file__).with_name("prompts") / "plan_searches.md"
    return path.read_text(encoding="utf-8").partition("\n")[2].strip()
