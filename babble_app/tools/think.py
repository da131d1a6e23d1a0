"""A place to think."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from babble_app.tools.toolkit import ToolContext, tool_of


@tool_of("think")
async def think(
    context: ToolContext,
    thought: Annotated[
        str, Field(description="What you think, as long as it takes", max_length=50_000)
    ],
) -> str:
    """Write down a thought before you go on: a plan, a check of what tools brought, a doubt. Nobody answers."""
    del context, thought
    return "noted"
