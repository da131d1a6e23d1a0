"""Units of work: all or nothing, no lost update, times that mean the same everywhere, outages by their names."""

from __future__ import annotations

import asyncio
import sqlite3
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlmodel import col, select

from babble_app.errors import ConflictError, DatabaseUnavailableError, DiskFullError
from babble_app.store import engine as engine_module
from babble_app.store.engine import Database, translated
from babble_app.store.tables.accounts import UserRow
from babble_app.store.writer import EventWriter

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.databases import SqliteSource


@pytest.fixture
async def database(database_address: str) -> AsyncIterator[Database]:
    opened = Database(database_address)
    yield opened
    await opened.close()


def make_row(email: str = "ada@example.com", **fields: datetime) -> UserRow:
    return UserRow(email=email, name="Ada", role="member", password_hash="!", **fields)


async def count(database: Database) -> int:
    async with database.reading() as db:
        return len((await db.exec(select(UserRow))).all())


async def test_what_a_unit_of_work_did_is_there_afterwards(database: Database) -> None:
    async with database.unit_of_work() as db:
        db.add(make_row())

    assert await count(database) == 1


async def test_an_exception_takes_everything_back(database: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        async with database.unit_of_work() as db:
            db.add(make_row())
            await db.flush()
            _ = 1 / 0

    assert await count(database) == 0


async def test_a_cancelled_unit_of_work_is_taken_back_and_the_next_one_works(
    database: Database,
) -> None:
    begun = asyncio.Event()

    async def work() -> None:
        async with database.unit_of_work() as db:
            db.add(make_row())
            await db.flush()
            begun.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(work())
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with database.unit_of_work() as db:
        db.add(make_row("grace@example.com"))

    assert await count(database) == 1


async def test_a_row_that_somebody_else_changed_cannot_be_overwritten(database: Database) -> None:
    row = make_row()
    async with database.unit_of_work() as db:
        db.add(row)
    async with database.reading() as db:
        mine = (await db.exec(select(UserRow))).one()
    async with database.unit_of_work() as db:
        theirs = (await db.exec(select(UserRow))).one()
        theirs.name = "Grace"

    with pytest.raises(ConflictError):
        async with database.unit_of_work() as db:
            db.add(mine)
            mine.name = "Edsger"

    async with database.reading() as db:
        assert (await db.exec(select(UserRow))).one().name == "Grace"


async def test_increments_from_many_tasks_are_all_counted(database: Database) -> None:
    async with database.unit_of_work() as db:
        db.add(make_row())

    async def add_one() -> None:
        async with database.unit_of_work() as db:
            row = (await db.exec(select(UserRow).with_for_update())).one()
            row.name = str(int(row.name if row.name.isdigit() else 0) + 1)

    await asyncio.gather(*(add_one() for _ in range(25)))

    async with database.reading() as db:
        assert (await db.exec(select(UserRow))).one().name == "25"


async def test_times_come_back_aware_and_compare_across_offsets(database: Database) -> None:
    moment = datetime(2026, 11, 21, 23, 30, 15, 123456, tzinfo=timezone(timedelta(hours=-5)))
    async with database.unit_of_work() as db:
        db.add(make_row(created_at=moment))

    async with database.reading() as db:
        row = (await db.exec(select(UserRow))).one()
        later = (await db.exec(select(UserRow).where(UserRow.created_at > moment))).all()
        same = (await db.exec(select(UserRow).where(UserRow.created_at == moment))).all()

    assert row.created_at == moment
    assert row.created_at.utcoffset() == timedelta(0)
    assert (len(later), len(same)) == (0, 1)


async def test_a_time_without_an_offset_is_refused(database: Database) -> None:
    naive = datetime(2026, 11, 21, tzinfo=UTC).replace(tzinfo=None)

    with pytest.raises(Exception, match="timezone"):
        async with database.unit_of_work() as db:
            db.add(make_row(created_at=naive))


@pytest.mark.parametrize("text", ["a\0b", "a\ud800b"])
async def test_no_text_fails_for_what_it_holds(database: Database, text: str) -> None:
    row = make_row()
    row.name = text
    writer = EventWriter(database.address)
    writer.start()

    async with database.unit_of_work() as db:
        db.add(row)
        db.add(make_row("grace@example.com"))
    await writer.write([(update(UserRow).where(col(UserRow.name) == "Ada"), [{"role": text}])])
    await writer.close()
    async with database.reading() as db:
        found = (await db.exec(select(UserRow).where(UserRow.id == text))).all()
        stored = (await db.exec(select(UserRow.name, UserRow.role).order_by(UserRow.email))).all()

    assert found == []
    assert stored == [("a\ufffdb", "member"), ("Ada", "a\ufffdb")]


async def test_sqlite_has_its_pragmas(sqlite: SqliteSource, tmp_path: Path) -> None:
    database = Database(sqlite.fresh(tmp_path))
    async with database.reading() as db:
        connection = await db.connection()
        names = ("journal_mode", "foreign_keys", "synchronous", "busy_timeout")
        values = [
            (await connection.exec_driver_sql(f"PRAGMA {name}")).scalar_one() for name in names
        ]
    await database.close()

    assert values == ["wal", 1, 2, 10000]


async def test_a_locked_sqlite_database_is_unavailable(
    sqlite: SqliteSource, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_module, "_WAIT_SECONDS", 0.2)
    address = sqlite.fresh(tmp_path)
    database = Database(address)
    holder = sqlite3.connect(address.removeprefix("sqlite:///"), isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")

    with pytest.raises(DatabaseUnavailableError):
        async with database.unit_of_work() as db:
            db.add(make_row())
    holder.execute("ROLLBACK")
    holder.close()
    async with database.unit_of_work() as db:
        db.add(make_row())

    assert await count(database) == 1
    await database.close()


async def test_a_server_that_is_gone_is_unavailable() -> None:
    database = Database("postgresql+psycopg://nobody@/none?host=/nonexistent")

    with pytest.raises(DatabaseUnavailableError):
        await database.check()

    await database.close()


def test_a_full_disk_is_called_so() -> None:
    error = OperationalError("", {}, sqlite3.OperationalError("database or disk is full"))

    assert isinstance(translated(error), DiskFullError)


def test_a_missing_table_is_a_bug_and_no_outage() -> None:
    error = OperationalError("", {}, sqlite3.OperationalError("no such table: users"))

    assert translated(error) is None


def test_a_database_in_memory_is_refused() -> None:
    with pytest.raises(ValueError, match="database file"):
        Database("sqlite://")


async def test_a_failed_statement_does_not_tell_its_values(database: Database) -> None:
    with pytest.raises(IntegrityError) as caught:
        async with database.unit_of_work() as db:
            db.add_all(
                UserRow(email="a@b.org", name="A", role="member", password_hash="canary-hash")
                for _ in range(2)
            )

    assert "canary-hash" not in str(caught.value)
