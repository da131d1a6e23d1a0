"""Migrations bring any database to the tables of this version."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

from babble_app.errors import DatabaseUnavailableError
from babble_app.store.engine import make_sync_engine
from babble_app.store.migrations import metadata, migrate, pending_migrations

if TYPE_CHECKING:
    from pathlib import Path

    from tests.databases import Source


def test_the_migrated_tables_are_the_declared_ones(database_address: str) -> None:
    engine = make_sync_engine(database_address)

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, metadata())

    engine.dispose()
    assert differences == []


def test_a_second_migration_changes_nothing(source: Source, tmp_path: Path) -> None:
    address = source.empty(tmp_path)
    before = pending_migrations(address)
    migrate(address)
    migrate(address)

    assert before >= 1
    assert pending_migrations(address) == 0


def test_two_processes_that_migrate_at_once_both_succeed(source: Source, tmp_path: Path) -> None:
    address = source.empty(tmp_path)
    code = "import sys; from babble_app.store.migrations import migrate; migrate(sys.argv[1])"

    processes = [subprocess.Popen([sys.executable, "-c", code, address]) for _ in range(2)]

    assert [process.wait(60) for process in processes] == [0, 0]
    assert pending_migrations(address) == 0


def test_a_migration_that_breaks_off_leaves_nothing_behind(
    source: Source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = source.empty(tmp_path)

    def break_off(*_: object) -> None:
        raise KeyboardInterrupt

    # The last thing a migration does is to note that it was done.
    monkeypatch.setattr("alembic.runtime.migration.HeadMaintainer.update_to_step", break_off)
    with pytest.raises(KeyboardInterrupt):
        migrate(address)

    engine = make_sync_engine(address)
    assert "users" not in inspect(engine).get_table_names()
    engine.dispose()
    monkeypatch.undo()
    migrate(address)
    assert pending_migrations(address) == 0


def test_a_database_that_is_not_there_is_named_so() -> None:
    address = "postgresql+psycopg://nobody@/none?host=/nonexistent"

    with pytest.raises(DatabaseUnavailableError):
        migrate(address)
    with pytest.raises(DatabaseUnavailableError):
        pending_migrations(address)
