"""Databases for tests: SQLite files, and a PostgreSQL cluster of the run's own, each with the migrated tables."""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from sqlalchemy import create_engine, make_url, text
from sqlalchemy.pool import NullPool

from babble_app.store.migrations import metadata, migrate

if TYPE_CHECKING:
    from sqlalchemy.engine import Engine

_START_SECONDS = 60
_TEMPLATE = "babble_template"
_numbers = itertools.count(1)


class Source(Protocol):
    """Where fresh databases come from."""

    def fresh(self, folder: Path) -> str:
        """Return the address of a new database that has all tables."""
        ...

    def empty(self, folder: Path) -> str:
        """Return the address of a new database without tables."""
        ...

    def release(self, address: str) -> None:
        """Take back a database that `fresh` gave."""
        ...

    def close(self) -> None:
        """End what was started."""
        ...


class SqliteSource:
    """Copies one migrated file."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="babble-sqlite-"))
        migrate(f"sqlite:///{self._folder / 'template.db'}")

    def fresh(self, folder: Path) -> str:
        path = folder / "babble.db"
        shutil.copy(self._folder / "template.db", path)
        return f"sqlite:///{path}"

    def empty(self, folder: Path) -> str:
        return f"sqlite:///{folder / 'empty.db'}"

    def release(self, address: str) -> None:
        Path(address.removeprefix("sqlite:///")).unlink()

    def close(self) -> None:
        shutil.rmtree(self._folder)


class PostgresSource:
    """Clones one migrated database of a server, and empties those it gets back: a clone has a thousand files."""

    def __init__(self, server: str, cluster: Cluster | None = None) -> None:
        self._server = make_url(server)
        self._cluster = cluster
        self._run = f"babble_test_{os.getpid()}"
        self._made: list[str] = []
        self._free: list[str] = []
        migrate(self._create(f"{self._run}_{_TEMPLATE}"))

    def fresh(self, folder: Path) -> str:  # noqa: ARG002 - a server keeps its databases itself
        if self._free:
            return self._emptied(self._free.pop())
        return self._create(f"{self._run}_{next(_numbers)}", template=f"{self._run}_{_TEMPLATE}")

    def empty(self, folder: Path) -> str:  # noqa: ARG002 - a server keeps its databases itself
        return self._create(f"{self._run}_{next(_numbers)}")

    def release(self, address: str) -> None:
        self._free.append(address)

    def close(self) -> None:
        if self._cluster is not None:
            self._cluster.stop()
            return
        for name in self._made:
            self._do(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def _create(self, name: str, template: str = "template0") -> str:
        self._do(f'CREATE DATABASE "{name}" TEMPLATE "{template}" ENCODING \'UTF8\'')
        self._made.append(name)
        return self._server.set(database=name).render_as_string(hide_password=False)

    def _emptied(self, address: str) -> str:
        tables = ", ".join(f'"{name}"' for name in metadata().tables)
        engine = create_engine(address, poolclass=NullPool)
        with engine.begin() as connection:
            # A test that failed may have left a connection with locks.
            connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            )
            connection.execute(text(f"TRUNCATE {tables}"))
        engine.dispose()
        return address

    def _do(self, statement: str) -> None:
        engine = self._engine()
        with engine.connect() as connection:
            connection.execute(text(statement))
        engine.dispose()

    def _engine(self) -> Engine:
        return create_engine(self._server, poolclass=NullPool, isolation_level="AUTOCOMMIT")


@dataclass
class Cluster:
    """A PostgreSQL server on a Unix socket in a temporary folder, run by an unprivileged user."""

    binaries: Path
    folder: Path
    user: str
    process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"postgresql+psycopg://{self.user}@/postgres?host={self.folder}"

    def start(self) -> None:
        """Start it and wait until it answers."""
        log = (self.folder / "log").open("wb")
        options = ["-c", "listen_addresses=", "-c", f"unix_socket_directories={self.folder}"]
        quick = ["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"]
        self.process = subprocess.Popen(
            [self.binaries / "postgres", "-D", self.folder / "data", *options, *quick],
            stdout=log,
            stderr=log,
            **self._privileges(),
        )
        log.close()
        self._wait()

    def stop(self) -> None:
        """End it, and remove its folder."""
        if self.process is not None:
            # PostgreSQL's "immediate" end: nothing of it is needed any more.
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait(30)
        shutil.rmtree(self.folder, ignore_errors=True)

    def initialise(self) -> None:
        subprocess.run(
            [
                *(self.binaries / "initdb", "-D", self.folder / "data", "-U", self.user),
                *("--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"),
            ],
            check=True,
            capture_output=True,
            cwd=self.folder,
            **self._privileges(),
        )

    def _privileges(self) -> dict[str, str]:
        # PostgreSQL refuses to run as root.
        return {"user": self.user} if os.geteuid() == 0 else {}

    def _wait(self) -> None:
        engine = create_engine(self.address, poolclass=NullPool)
        end = time.monotonic() + _START_SECONDS
        while True:
            try:
                with engine.connect():
                    break
            except Exception:
                stopped = self.process is None or self.process.poll() is not None
                if stopped or time.monotonic() > end:
                    raise
                time.sleep(0.05)
        engine.dispose()


def start_cluster() -> Cluster | None:
    """Start a server with the machine's binaries; None where there are none."""
    binaries = _find_binaries()
    if binaries is None:
        return None
    folder = Path(tempfile.mkdtemp(prefix="babble-pg-"))
    user = _unprivileged_user()
    if os.geteuid() == 0:
        shutil.chown(folder, user)
    cluster = Cluster(binaries, folder, user)
    try:
        cluster.initialise()
        cluster.start()
    except BaseException:
        cluster.stop()
        raise
    return cluster


def _find_binaries() -> Path | None:
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    initdb = shutil.which("initdb")
    if initdb is None:
        return None
    folder = Path(initdb).resolve().parent
    return folder if (folder / "postgres").exists() else None


def _unprivileged_user() -> str:
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid()).pw_name
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"
