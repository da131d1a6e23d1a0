"""Breaks plain answers off whose token is taken back while they are made; streams are watched by `EventStream`."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from babble_app.api._app_identity import find_refusal

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from fastapi import Request

    from babble_app.errors import BabbleError
    from babble_app.services.runtime import Runtime

ASK_SECONDS = 0.8
"""How often is asked; the answer comes from memory nearly always."""


@asynccontextmanager
async def while_allowed(request: Request, rt: Runtime) -> AsyncGenerator[None, None]:
    """Break the block off within a second of when the caller's token is taken back; a run that it waits for goes on without it.

    Raises:
        BabbleError: as the next call with that token.
    """
    loop, tasks = asyncio.get_running_loop(), list[asyncio.Task[None]]()
    refusals: list[BabbleError] = []

    async def watch() -> None:
        while not refusals:
            refusal = await find_refusal(request, rt)
            if refusal is not None and refusal.status < 500:
                refusals.append(refusal)
                limit.reschedule(loop.time())
            await asyncio.sleep(ASK_SECONDS)

    # Most answers are whole before a task is worth its while.
    begin = loop.call_later(ASK_SECONDS, lambda: tasks.append(loop.create_task(watch())))
    try:
        async with asyncio.timeout(None) as limit:
            yield
    except TimeoutError:
        if not refusals:
            raise
        raise refusals[0] from None
    finally:
        begin.cancel()
        for task in tasks:
            task.cancel()
