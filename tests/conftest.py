"""What every test may use: the guard of the network, settings, and a runtime on each database."""

from __future__ import annotations

import asyncio
import os
import socket
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest

from babble_app.services.runtime import Runtime, running
from babble_app.settings import Settings
from tests.databases import PostgresSource, SqliteSource, start_cluster

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from tests.databases import Source

# The same inputs in every run: a suite that decides what lands must not do so by chance. Benchmarks search anew.
hypothesis.settings.register_profile("suite", derandomize=True, deadline=None)
hypothesis.settings.load_profile("suite")

_LOCAL = ("127.", "::1", "localhost", "::ffff:127.")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put browser tests last: Playwright's event loop stays, and async tests cannot run beside it."""
    items.sort(key=lambda item: "browser" in item.path.parts)
    for item in items:
        if "browser" in item.path.parts and not item.get_closest_marker("timeout"):
            # The first one waits until the pages are built, on a machine that runs the other tests as well.
            item.add_marker(pytest.mark.timeout(300))


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse every connection that leaves this machine."""
    connect, resolve = socket.socket.connect, socket.getaddrinfo

    def guarded_connect(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX and not _is_local(str(address[0])):
            pytest.fail(f"a test tried to reach {address!r}")
        connect(self, address)

    def guarded_resolve(host: Any, *arguments: Any, **options: Any) -> Any:
        if host is not None and not _is_local(host.decode() if isinstance(host, bytes) else host):
            raise socket.gaierror(socket.EAI_NONAME, f"a test asked for the address of {host!r}")
        return resolve(host, *arguments, **options)

    monkeypatch.setattr(socket.socket, "connect", guarded_connect)
    monkeypatch.setattr(socket, "getaddrinfo", guarded_resolve)


@pytest.fixture(scope="session")
def sqlite() -> Iterator[SqliteSource]:
    """Fresh SQLite databases."""
    source = SqliteSource()
    yield source
    source.close()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgresSource]:
    """Fresh PostgreSQL databases: of BABBLE_TEST_POSTGRES_URL, else of a cluster that is started here."""
    given = os.environ.get("BABBLE_TEST_POSTGRES_URL")
    cluster = None if given else start_cluster()
    if not given and cluster is None:
        pytest.skip("no PostgreSQL: set BABBLE_TEST_POSTGRES_URL or install its server binaries")
    address = given or (cluster.address if cluster else "")
    source = PostgresSource(Settings(DATABASE_URL=address).database_address, cluster)  # pyright: ignore[reportCallIssue]
    yield source
    source.close()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def source(request: pytest.FixtureRequest) -> Source:
    """Each kind of database in turn."""
    return request.getfixturevalue(request.param)


@pytest.fixture
def database_address(source: Source, tmp_path: Path) -> Iterator[str]:
    """The address of a database of this test alone."""
    address = source.fresh(tmp_path)
    yield address
    source.release(address)


@pytest.fixture
def settings(tmp_path: Path, database_address: str) -> Settings:
    """Settings of a server that knows no provider's key."""
    return make_settings(tmp_path, DATABASE_URL=database_address)


@pytest.fixture
async def rt(settings: Settings) -> AsyncIterator[Runtime]:
    """A running server's parts."""
    async with running(settings) as runtime:
        yield runtime
        async with asyncio.timeout(30):
            while runtime.reading:
                await asyncio.wait(list(runtime.reading.values()))


def make_settings(folder: Path, **values: Any) -> Settings:
    """Return settings that the environment has no say in."""
    fields = Settings.model_fields.values()
    # Whatever keys and addresses the machine has set: tests do not see them.
    plain = {
        str(field.validation_alias): field.default
        for field in fields
        if isinstance(field.validation_alias, str)
    }
    plain |= {"HF_TOKEN": "", "BABBLE_DEMO_PACE": 0, "BABBLE_DATA_DIR": folder / "data", **values}
    return Settings(_env_file=None, **plain)  # pyright: ignore[reportCallIssue]


def _is_local(host: str) -> bool:
    return host == "" or host.startswith(_LOCAL)
