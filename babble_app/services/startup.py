"""What a server does once when it starts: mend what a crash left, and begin what is slow."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from logging import getLogger
from typing import TYPE_CHECKING

from babble_app.errors import BabbleError
from babble_app.llm.warming import warm
from babble_app.services import files, idempotency, runs, visit_removal
from babble_app.services.runtime import running, set_current
from babble_app.store import keys as key_rows

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from babble_app.services.runtime import Runtime
    from babble_app.settings import Settings

logger = getLogger(__name__)

WARM_AFTER_SECONDS = 1.0
"""The first requests of a new server do not share the interpreter with seconds of imports."""


@asynccontextmanager
async def serving(settings: Settings) -> AsyncGenerator[Runtime]:
    """Open the process's runtime, end what a crash left open, and close everything on leaving."""
    async with running(settings) as rt:
        if interrupted := await runs.recover(rt):
            logger.warning("%d runs were interrupted by the last stop of the server", interrupted)
        await files.recover(rt)
        rt.start_task(rt.meter.load(), "read what was spent")
        rt.start_task(idempotency.forget_old_answers(rt), "forget old answers")
        rt.start_task(visit_removal.forget_overdue(rt), "forget old conversations")
        set_current(rt)
        rt.start_task(_warm(rt), "load what is slow")
        try:
            yield rt
        finally:
            set_current(None)


async def _warm(rt: Runtime) -> None:
    await asyncio.sleep(WARM_AFTER_SECONDS)
    with_keys: frozenset[str] = frozenset()
    try:
        with_keys = await rt.database.fetch(key_rows.list_providers)
    except BabbleError as error:
        logger.warning("which providers have keys is not known: %s", error)
    warm(rt.settings, rt.models.providers.values(), with_keys)
