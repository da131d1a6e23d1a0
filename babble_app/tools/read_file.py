"""Reads a page of one of the chat's files."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from babble_app.retrieval.search import Passage
from babble_app.tools.toolkit import ToolContext, ToolError, tool

MAX_CHARS = 8000


@tool
async def read_file(
    context: ToolContext,
    name: Annotated[str, Field(description="The file's name", min_length=1, max_length=300)],
    page: Annotated[int, Field(description="Which page, from 1", ge=1)] = 1,
    start: Annotated[
        int, Field(description="Character to begin at, to read on in a long page", ge=0)
    ] = 0,
) -> str:
    """Return the text of one page of a file, at most 8,000 characters, with a number to cite it by."""
    document = next((one for one in context.documents if one.name == name), None)
    if document is None:
        names = ", ".join(repr(one.name) for one in context.documents)
        raise ToolError(f"There is no file {name!r}. The files are: {names}.")
    text = next((one.text for one in document.pages if one.page == page), None)
    if text is None:
        raise ToolError(
            f"{name!r} has {len(document.pages)} pages with text; page {page} is not one of them."
        )
    part = text[start : start + MAX_CHARS]
    passage = Passage(document.id, document.name, page, start, start + len(part), part, 0.0)
    rest = len(text) - start - len(part)
    more = f"\n({rest} more characters: read on with start={start + len(part)})" if rest > 0 else ""
    return f"[{context.number_of(passage)}] {name}, page {page}:\n{part}{more}"
