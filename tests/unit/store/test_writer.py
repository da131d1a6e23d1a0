"""The event writer: durable when `write` returns, in order, all or nothing for each request, no request hurts another."""

from __future__ import annotations

import asyncio
import signal
import sqlite3
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import insert, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from babble_app.errors import DatabaseUnavailableError
from babble_app.store.engine import Database
from babble_app.store.tables.accounts import UserRow
from babble_app.store.tables.workspaces import WorkspaceRow
from babble_app.store.writer import EventWriter

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.databases import SqliteSource

INSERT = insert(WorkspaceRow)


@pytest.fixture
async def database(database_address: str) -> AsyncIterator[Database]:
    opened = Database(database_address)
    async with opened.unit_of_work() as db:
        db.add(UserRow(id="usr_1", email="a@b.cd", name="Ada", role="member", password_hash="!"))
    yield opened
    await opened.close()


@pytest.fixture
async def writer(database: Database) -> AsyncIterator[EventWriter]:
    opened = EventWriter(database.address)
    opened.start()
    yield opened
    await opened.close()


def row(name: str, owner_id: str = "usr_1") -> dict[str, str]:
    return {"owner_id": owner_id, "name": name}


async def names(database: Database) -> list[str]:
    async with database.reading() as db:
        statement = select(WorkspaceRow.name).order_by(col(WorkspaceRow.created_at))
        return list((await db.exec(statement)).all())


async def test_what_was_written_is_there_when_write_returns(
    database: Database, writer: EventWriter
) -> None:
    await writer.write([(INSERT, [row("one"), row("two")])])

    assert sorted(await names(database)) == ["one", "two"]


async def test_a_thousand_writers_at_once_are_all_served(
    database: Database, writer: EventWriter
) -> None:
    await asyncio.gather(*(writer.write([(INSERT, [row(str(n))])]) for n in range(1000)))

    assert sorted(await names(database), key=int) == [str(n) for n in range(1000)]


async def test_operations_are_applied_in_the_order_they_came(
    database: Database, writer: EventWriter
) -> None:
    await writer.write([(INSERT, [row("0")])])
    changes = [update(WorkspaceRow).values(name=str(n)) for n in range(1, 50)]

    await asyncio.gather(*(writer.write([(change, [])]) for change in changes))

    assert await names(database) == ["49"]


async def test_a_request_is_applied_whole_or_not_at_all(
    database: Database, writer: EventWriter
) -> None:
    with pytest.raises(IntegrityError):
        await writer.write([(INSERT, [row("good")]), (INSERT, [row("bad", "usr_nobody")])])

    assert await names(database) == []


async def test_a_bad_request_does_not_hurt_those_that_came_with_it(
    database: Database, writer: EventWriter
) -> None:
    requests = [
        writer.write([(INSERT, [row(str(n), "usr_nobody" if n == 3 else "usr_1")])])
        for n in range(6)
    ]

    results = await asyncio.gather(*requests, return_exceptions=True)

    assert [isinstance(result, IntegrityError) for result in results].count(True) == 1
    assert isinstance(results[3], IntegrityError)
    assert sorted(await names(database)) == ["0", "1", "2", "4", "5"]


async def test_a_cancelled_caller_does_not_take_its_operations_back(
    database: Database, writer: EventWriter
) -> None:
    task = asyncio.create_task(writer.write([(INSERT, [row("kept")])]))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await writer.write([])

    assert await names(database) == ["kept"]


async def test_closing_writes_what_is_queued(database: Database) -> None:
    writer = EventWriter(database.address)
    writer.start()
    tasks = [asyncio.create_task(writer.write([(INSERT, [row(str(n))])])) for n in range(100)]
    await asyncio.sleep(0)

    await writer.close()
    await asyncio.gather(*tasks)

    assert len(await names(database)) == 100
    with pytest.raises(DatabaseUnavailableError):
        await writer.write([(INSERT, [row("late")])])


def test_rows_acknowledged_before_a_kill_are_there_after_it(
    sqlite: SqliteSource, tmp_path: Path
) -> None:
    address = sqlite.fresh(tmp_path)
    for _ in range(3):
        process = subprocess.Popen(
            [sys.executable, "-c", _WRITE_UNTIL_KILLED, address], stdout=subprocess.PIPE
        )
        assert process.stdout is not None
        acknowledged = [process.stdout.readline() for _ in range(60)]
        process.send_signal(signal.SIGKILL)
        acknowledged += process.stdout.readlines()
        process.stdout.close()
        process.wait(10)

        connection = sqlite3.connect(address.removeprefix("sqlite:///"))
        stored = {name for (name,) in connection.execute("SELECT name FROM workspaces")}
        connection.close()

        assert {line.decode().strip() for line in acknowledged if line.endswith(b"\n")} <= stored


_WRITE_UNTIL_KILLED = """
import asyncio, os, sys
from sqlalchemy import insert
from babble_app.store.engine import Database
from babble_app.store.tables.accounts import UserRow
from babble_app.store.tables.workspaces import WorkspaceRow
from babble_app.store.writer import EventWriter

async def main():
    database = Database(sys.argv[1])
    row = UserRow(email=f"{os.getpid()}@b.cd", name="Ada", role="member", password_hash="!")
    async with database.unit_of_work() as db:
        db.add(row)
    writer = EventWriter(sys.argv[1])
    writer.start()

    async def one(name):
        await writer.write([(insert(WorkspaceRow), [{"owner_id": row.id, "name": name}])])
        print(name, flush=True)

    n = 0
    while True:
        await asyncio.gather(*(one(f"{os.getpid()}-{n + i}") for i in range(10)))
        n += 10

asyncio.run(main())
"""
