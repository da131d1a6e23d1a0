"""Reads a page of the web."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from babble_app.retrieval.web import plain_address
from babble_app.tools.toolkit import ToolContext, ToolError, tool_of


@tool_of("web")
async def read_page(
    context: ToolContext,
    url: Annotated[
        str,
        Field(
            description="The page's address, as a search gave it or the person wrote it",
            min_length=1,
            max_length=2000,
        ),
    ],
) -> str:
    """Return the text of a web page, with a number to cite it by."""
    # An address that the model makes up could carry the conversation to whoever wrote a page that asked it to.
    if plain_address(url) not in context.addresses:
        raise ToolError(
            "Only pages that a search found or that the person named can be read. Search for it first."
        )
    page = await context.require_web().read(url)
    return context.show_page(page.url, page.title, page.text)
