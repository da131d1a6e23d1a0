"""Searches the web."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from babble_app.retrieval.web import MAX_QUERY_CHARS
from babble_app.tools.toolkit import ToolContext, ToolError, tool_of

MAX_RESULTS = 8


@tool_of("web")
async def web_search(
    context: ToolContext,
    query: Annotated[
        str, Field(description="What to search for", min_length=1, max_length=MAX_QUERY_CHARS)
    ],
) -> str:
    """Search the web and return what the best pages say about it in short, each with a number to cite it by."""
    found = await context.require_web().search(query, MAX_RESULTS)
    if not found:
        raise ToolError("Nothing was found. Try other words.")
    return "\n\n".join(
        context.show_page(result.url, result.title, result.snippet) for result in found
    )
