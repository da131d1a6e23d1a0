"""Finds passages in the chat's files."""

from __future__ import annotations

import asyncio
from typing import Annotated

from pydantic import Field

from babble_app.retrieval.search import search
from babble_app.tools.toolkit import ToolContext, ToolError, tool

MAX_PASSAGES = 6


@tool
async def search_files(
    context: ToolContext,
    query: Annotated[
        str, Field(description="Words that the passage contains", min_length=1, max_length=400)
    ],
) -> str:
    """Search the person's files and return the passages that fit best, each with a number to cite it by."""
    found = await asyncio.to_thread(search, query, context.documents, MAX_PASSAGES)
    if not found:
        raise ToolError("No passage fits. Try other words.")
    return "\n\n".join(
        f"[{context.number_of(passage)}] {passage.document}, page {passage.page}:\n{passage.text}"
        for passage in found
    )
