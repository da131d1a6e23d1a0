"""What a running server consists of, opened and closed together."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from babble_app.services.limits import Limiter
from babble_app.services.logins import LoginCache
from babble_app.store.blobs import Blobs
from babble_app.store.engine import Database
from babble_app.store.migrations import migrate
from babble_app.store.writer import EventWriter

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from babble_app.llm.catalogue import Models
    from babble_app.services.runs import RunRegistry
    from babble_app.settings import Settings

logger = logging.getLogger(__name__)


@dataclass
class Runtime:
    """The open parts of one server; every service takes it first."""

    settings: Settings
    database: Database
    writer: EventWriter
    blobs: Blobs
    limiter: Limiter
    login_cache: LoginCache
    models: Models = field(init=False)
    runs: RunRegistry = field(init=False)
    tasks: set[asyncio.Task[None]] = field(default_factory=set[asyncio.Task[None]])
    """Work that outlives the request that asked for it."""

    def start_task(self, work: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
        """Run `work` in the background; an error that nobody awaits is logged, and `close` ends what still runs."""
        task = asyncio.create_task(work, name=name)
        self.tasks.add(task)
        task.add_done_callback(self._finish_task)
        return task

    def _finish_task(self, task: asyncio.Task[None]) -> None:
        self.tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.error("background task %s failed", task.get_name(), exc_info=error)

    async def close(self) -> None:
        """End background work, write what is queued, close all connections."""
        tasks = list(self.tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.writer.close()
        await self.database.close()


async def open_runtime(
    settings: Settings,
    *,
    make_models: Callable[[Settings], Models] | None = None,
    make_runs: Callable[[Runtime], RunRegistry] | None = None,
) -> Runtime:
    """Migrate the database and open everything."""
    address = settings.database_address
    await asyncio.to_thread(migrate, address)
    runtime = Runtime(
        settings=settings,
        database=Database(address),
        writer=EventWriter(address),
        blobs=Blobs(settings.data_dir / "blobs"),
        limiter=Limiter(),
        login_cache=LoginCache(),
    )
    if make_models is not None:
        runtime.models = make_models(settings)
    if make_runs is not None:
        runtime.runs = make_runs(runtime)
    runtime.writer.start()
    return runtime


_current: list[Runtime] = []


def set_current(runtime: Runtime | None) -> None:
    """Make `runtime` the process's own; called by the composition root at start and end."""
    _current[:] = [] if runtime is None else [runtime]


def current() -> Runtime:
    """Return the process's runtime."""
    if not _current:
        message = "the server has not been started"
        raise RuntimeError(message)
    return _current[0]
