"""What a running server consists of, opened and closed together."""

from __future__ import annotations

import asyncio
import logging
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from babble_app.errors import BabbleError
from babble_app.llm import prices
from babble_app.llm.cached import AnswerCache
from babble_app.llm.catalogue import Models
from babble_app.services.answer_store import open_store
from babble_app.services.app_cache import AppCache
from babble_app.services.last_uses import LastUses
from babble_app.services.limits import Limiter
from babble_app.services.logins import LoginCache
from babble_app.services.meter import Ledger
from babble_app.services.page_calls import PageCalls
from babble_app.services.parsed_programs import Programs
from babble_app.services.passwords import Passwords
from babble_app.services.run_registry import DRAIN_SECONDS, RunRegistry
from babble_app.services.vault import Vault
from babble_app.services.visit_feed import VisitFeed
from babble_app.store.blobs import Blobs
from babble_app.store.engine import Database
from babble_app.store.migrations import migrate
from babble_app.store.writer import EventWriter

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Coroutine

    from babble_app.schemas.agent_tests import TestFix
    from babble_app.settings import Settings

logger = logging.getLogger(__name__)
T = TypeVar("T")


@dataclass
class Runtime:
    """The open parts of one server; every service takes it first."""

    settings: Settings
    database: Database
    writer: EventWriter
    blobs: Blobs
    models: Models
    runs: RunRegistry
    vault: Vault
    meter: Ledger
    """Asked before and told after each call of a model."""
    answers: AnswerCache
    limiter: Limiter = field(default_factory=Limiter)
    passwords: Passwords = field(default_factory=Passwords)
    login_cache: LoginCache = field(default_factory=LoginCache)
    app_cache: AppCache = field(default_factory=AppCache)
    last_uses: LastUses = field(default_factory=LastUses)
    programs: Programs = field(default_factory=Programs)
    page_calls: PageCalls = field(default_factory=PageCalls)
    visit_feed: VisitFeed = field(default_factory=VisitFeed)
    reading: dict[str, asyncio.Task[None]] = field(default_factory=dict[str, "asyncio.Task[None]"])
    """The files that are being read, by their ids."""
    fixes: dict[tuple[str, str], tuple[TestFix, asyncio.Task[None]]] = field(
        default_factory=dict[tuple[str, str], "tuple[TestFix, asyncio.Task[None]]"]
    )
    """Where the fixing of tests stands, by owner and test."""
    tasks: set[asyncio.Task[Any]] = field(default_factory=set[asyncio.Task[Any]])
    """Work that outlives the request that asked for it."""

    def start_task(self, work: Coroutine[Any, Any, T], name: str) -> asyncio.Task[T]:
        """Run `work` in the background; an error that nobody awaits is logged, and `close` ends what still runs."""
        task = asyncio.create_task(work, name=name)
        self.tasks.add(task)
        task.add_done_callback(self._finish_task)
        return task

    def _finish_task(self, task: asyncio.Task[Any]) -> None:
        self.tasks.discard(task)
        if task.cancelled() or (error := task.exception()) is None:
            return
        if isinstance(error, BabbleError):
            # Expected; who waits for it is told.
            logger.warning("background task %s ended: %s", task.get_name(), error.code)
        else:
            logger.error("background task %s failed", task.get_name(), exc_info=error)

    async def close(self, drain_seconds: float = DRAIN_SECONDS) -> None:
        """Let runs end for a while, end background work, write what is queued, close all connections."""
        await self.runs.close(drain_seconds)
        tasks = list(self.tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.models.close()
        await self.meter.close()
        await self.answers.store.close()
        await self.writer.close()
        await self.database.close()


async def open_runtime(settings: Settings) -> Runtime:
    """Migrate the database and open everything.

    Raises:
        ValidationFailedError: the file with prices cannot be used.
    """
    prices.use(prices.load(settings.prices_file))
    address = settings.database_address
    await asyncio.to_thread(migrate, address)
    database, writer = Database(address), EventWriter(address)
    runtime = Runtime(
        settings=settings,
        database=database,
        writer=writer,
        blobs=Blobs(settings.data_dir / "blobs"),
        models=Models(settings),
        runs=RunRegistry(),
        vault=Vault(settings.secret("master_key")),
        meter=Ledger(database, writer),
        answers=AnswerCache(open_store(settings)),
    )
    runtime.writer.start()
    return runtime


@asynccontextmanager
async def running(settings: Settings) -> AsyncGenerator[Runtime]:
    """Open a runtime for one command of the command line, and close it."""
    runtime = await open_runtime(settings)
    try:
        yield runtime
    finally:
        await runtime.close()


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
