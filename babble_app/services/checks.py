"""Checking programs outside of the event loop, one at a time.

The largest program takes half a second of CPU, and an editor asks at every pause in typing. In a pool of its own, whoever
asks without end delays other checks, but neither log-ins nor anything else that needs a thread; a question that was
taken back before its turn costs nothing.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from babble_app.based import checker, parser, translation

if TYPE_CHECKING:
    from babble_app.based.checker import CheckResult

_pool = ThreadPoolExecutor(1, thread_name_prefix="check")


async def check(text: str) -> CheckResult:
    """Return what is wrong with the program."""
    return await asyncio.get_running_loop().run_in_executor(_pool, checker.check, text)


async def translate(text: str) -> str:
    """Return a program without errors as Python."""
    return await asyncio.get_running_loop().run_in_executor(_pool, _translate, text)


def _translate(text: str) -> str:
    return translation.translate(parser.parse(text))
