"""The database's engine and its units of work: the only place that commits, besides writer and migrations."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import create_engine, event, func, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.orm.exc import StaleDataError
from sqlmodel.ext.asyncio.session import AsyncSession

from babble_app.errors import BabbleError, ConflictError, DatabaseUnavailableError, DiskFullError
from babble_app.store.prepared import execute
from babble_app.store.texts import make_storable

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Generator

    from sqlalchemy.engine import URL, Connection, Engine
    from sqlalchemy.ext.asyncio import AsyncEngine

P = ParamSpec("P")
T = TypeVar("T")

_WAIT_SECONDS = 10
"""How long a write waits for its turn on SQLite before the database counts as unavailable."""
_FETCH_THREADS = 4
_TRANSIENT_ON_SQLITE = ("locked", "busy", "unable to open", "disk i/o error", "readonly")
_UNAVAILABLE = "The database does not answer; please try again in a moment."
_DISK_FULL = "The server's disk is full: nothing more can be stored. Reading still works."
_QUIET = {"hide_parameters": True}
"""A failed statement is logged without its values: they are messages, file contents and password hashes."""
_PG_DISK_FULL = "53100"


class Database:
    """One database of this process; nothing is opened before the first use."""

    def __init__(self, address: str) -> None:
        """Prepare the engine for `address` (`sqlite:///...` or `postgresql+psycopg://...`)."""
        self.address = address
        url = make_url(address)
        self._sqlite = url.get_backend_name() == "sqlite"
        self._engine = _make_engine(url)
        self._writing = self._engine.execution_options(immediate=True)
        # SQLite takes one writer at a time and lets the others poll; in line they wait without polling.
        self._turn = asyncio.Lock()
        self._threads = ThreadPoolExecutor(_FETCH_THREADS, thread_name_prefix="fetch")

    @cached_property
    def _fetching(self) -> Engine:
        return make_sync_engine(self.address, connections=_FETCH_THREADS, immediate=False)

    @asynccontextmanager
    async def unit_of_work(self) -> AsyncGenerator[AsyncSession]:
        """Commit on leaving, roll back on an exception.

        Raises:
            ConflictError: a row was changed by somebody else since it was read.
            DatabaseUnavailableError: the database is gone or stays locked.
            DiskFullError: nothing more can be written.
        """
        with _translation():
            if not self._sqlite:
                async with AsyncSession(self._writing, expire_on_commit=False) as db, db.begin():
                    yield db
                return
            await self._take_turn()
            try:
                async with AsyncSession(self._writing, expire_on_commit=False) as db, db.begin():
                    yield db
            finally:
                self._turn.release()

    @asynccontextmanager
    async def reading(self) -> AsyncGenerator[AsyncSession]:
        """Open a session that sees one state of the database and writes nothing."""
        with _translation():
            async with AsyncSession(self._engine, expire_on_commit=False) as db:
                yield db

    async def fetch(
        self, query: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run a function of reads on one state of the database, on a thread: for what every message waits for.

        A session of `reading` goes to its thread and back some eight times a query; this goes once.
        """
        engine = self._fetching

        def run() -> T:
            with engine.begin() as db:
                return query(db, *args, **kwargs)

        with _translation():
            return await asyncio.get_running_loop().run_in_executor(self._threads, run)

    async def lock(self, db: AsyncSession, name: str) -> None:
        """Let no other unit of work past the same `lock` until this one ends; on SQLite it is alone anyway."""
        if not self._sqlite:
            connection = await db.connection()
            await connection.execute(select(func.pg_advisory_xact_lock(func.hashtext(name))))

    async def check(self) -> None:
        """Ask the database for nothing; raises DatabaseUnavailableError when it does not answer."""
        async with self.reading() as db:
            connection = await db.connection()
            await connection.execute(select(1))

    async def close(self) -> None:
        """Close all connections."""
        await asyncio.to_thread(self._threads.shutdown)
        if "_fetching" in self.__dict__:
            self._fetching.dispose()
        await self._engine.dispose()

    async def _take_turn(self) -> None:
        try:
            async with asyncio.timeout(_WAIT_SECONDS):
                await self._turn.acquire()
        except TimeoutError as error:
            raise DatabaseUnavailableError(_UNAVAILABLE) from error


def make_sync_engine(
    address: str, *, synchronous: str = "FULL", immediate: bool = True, connections: int = 1
) -> Engine:
    """Return an engine for threads (the writer's, migrations, fetches), with the same settings."""
    url = make_url(address)
    if url.get_backend_name() != "sqlite":
        engine = create_engine(
            url, pool_size=connections, max_overflow=0, pool_pre_ping=True, **_QUIET
        )
        make_storable(engine)
        return engine
    prepare_folder(address)
    engine = create_engine(url, pool_size=connections, max_overflow=0, **_QUIET)
    _set_up_sqlite(engine, synchronous)
    return engine.execution_options(immediate=immediate)


def prepare_folder(address: str) -> None:
    """Make SQLite's file, readable by the server's own user only; other databases need nothing."""
    url = make_url(address)
    if url.get_backend_name() == "sqlite":
        path = Path(_database_file(url))
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.touch(mode=0o600)


def translated(error: Exception) -> BabbleError | None:
    """Return our error for what a database driver says, or None for what is a bug."""
    if isinstance(error, StaleDataError):
        return ConflictError("Somebody else changed this meanwhile; reload to see what it is now.")
    if isinstance(error, PoolTimeoutError):
        return DatabaseUnavailableError(_UNAVAILABLE)
    if not isinstance(error, DBAPIError):
        return None
    words = str(error.orig).lower()
    if "disk is full" in words or getattr(error.orig, "sqlstate", None) == _PG_DISK_FULL:
        return DiskFullError(_DISK_FULL)
    if error.connection_invalidated or _is_outage(error, words):
        return DatabaseUnavailableError(_UNAVAILABLE)
    return None


def _is_outage(error: DBAPIError, words: str) -> bool:
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    if type(error.orig).__module__.startswith("sqlite3"):
        # SQLite calls "no such table" an OperationalError too; that is no outage.
        return any(word in words for word in _TRANSIENT_ON_SQLITE)
    return True


@contextmanager
def _translation() -> Generator[None]:
    try:
        yield
    except (StaleDataError, PoolTimeoutError, DBAPIError) as error:
        ours = translated(error)
        if ours is None:
            raise
        raise ours from error


def _database_file(url: URL) -> str:
    if not url.database or url.database == ":memory:":
        message = "Babble needs a database file: each of its connections would see another memory."
        raise ValueError(message)
    return url.database


def _make_engine(url: URL) -> AsyncEngine:
    if url.get_backend_name() != "sqlite":
        engine = create_async_engine(
            url,
            pool_size=10,
            max_overflow=10,
            pool_timeout=_WAIT_SECONDS,
            pool_pre_ping=True,
            **_QUIET,
        )
        make_storable(engine.sync_engine)
        return engine
    _database_file(url)
    engine = create_async_engine(
        url.set(drivername="sqlite+aiosqlite"),
        pool_size=8,
        max_overflow=0,
        pool_timeout=_WAIT_SECONDS,
        **_QUIET,
    )
    _set_up_sqlite(engine.sync_engine, "FULL")
    return engine


def _set_up_sqlite(engine: Engine, synchronous: str) -> None:
    """Set the pragmas of each connection and begin transactions ourselves (sqlite3 begins them too late)."""

    def on_connect(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute(f"PRAGMA busy_timeout={_WAIT_SECONDS * 1000}")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute(f"PRAGMA synchronous={synchronous}")
        cursor.close()

    def on_begin(connection: Connection) -> None:
        # A transaction that reads first and writes later could find its snapshot outdated: it takes the write lock now.
        immediate = connection.get_execution_options().get("immediate", False)
        execute(connection, "BEGIN IMMEDIATE" if immediate else "BEGIN")

    make_storable(engine)
    event.listen(engine, "connect", on_connect)
    event.listen(engine, "begin", on_begin)
