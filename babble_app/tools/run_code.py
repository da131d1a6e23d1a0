"""Calculates: runs a small Python program in the interpreter of Based programs, which reaches nothing outside of itself."""

from __future__ import annotations

import asyncio
from typing import Annotated

from pydantic import Field

from babble_app.based import parser
from babble_app.based.report import InvalidProgramError
from babble_app.based.runner import Execution
from babble_app.tools.toolkit import ToolContext, ToolError, tool_of

MAX_OUTPUT_CHARS = 8_000


@tool_of("code")
async def run_code(
    context: ToolContext,
    code: Annotated[
        str,
        Field(
            description="Plain Python; print what you want to see", min_length=1, max_length=20_000
        ),
    ],
) -> str:
    """Run a small Python calculation and return what it prints.

    There are math, statistics, decimal, datetime, json, re, random, itertools, collections, functools and string; no files, no
    network, no other modules, and 100,000 steps at most.
    """
    del context
    return await asyncio.to_thread(_run, code)


def _run(code: str) -> str:
    try:
        run = Execution(parser.parse(code))
    except InvalidProgramError as error:
        raise ToolError(f"The code was not run. {error}") from error
    printed = "\n".join(one.text for one in run.events if one.type in {"print", "agent"})
    shown = printed[:MAX_OUTPUT_CHARS]
    if len(printed) > MAX_OUTPUT_CHARS:
        shown += f"\n(cut: {len(printed) - MAX_OUTPUT_CHARS:,} more characters)"
    if problem := _problem(run):
        raise ToolError(f"{problem}\nPrinted before:\n{shown}" if shown else problem)
    return shown or "Nothing was printed. Print what you want to see."


def _problem(run: Execution) -> str:
    """Return why the program did not come to its end; empty if it did."""
    if run.pending is not None:
        return f"Line {run.line}: the code asks for something outside; here it can only calculate."
    failed = next((one for one in run.events if one.type == "error"), None)
    return f"Line {failed.line}: {failed.text}" if failed else ""
