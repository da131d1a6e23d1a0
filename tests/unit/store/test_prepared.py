"""Prepared statements: what goes in comes out in the columns' types, on both databases, and failures have SQLAlchemy's names."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.exc import IntegrityError, ProgrammingError
from sqlmodel import col

from babble_app.errors import DatabaseUnavailableError
from babble_app.store.engine import Database, translated
from babble_app.store.prepared import Prepared
from babble_app.store.tables.accounts import UserRow
from babble_app.store.tables.profiles import ProfileRow

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from sqlalchemy.engine import Connection

    from tests.databases import PostgresSource

AT = datetime(2026, 11, 30, 12, 0, 0, 250_000, tzinfo=UTC)
COLUMNS = ("id", "owner_id", "name", "models", "temperature", "max_output_tokens", "racing", "created_at")  # fmt: skip
ADD = Prepared(insert(ProfileRow))
FIND = Prepared(
    select(*(getattr(ProfileRow, name) for name in COLUMNS))
    .where(col(ProfileRow.owner_id) == bindparam("of"), col(ProfileRow.makes) == "text")
    .order_by(col(ProfileRow.id))
    .limit(bindparam("most"))
)
CHANGE = Prepared(
    update(ProfileRow)
    .where(col(ProfileRow.id) == bindparam("of_profile"))
    .values(models=bindparam("new_models"), racing=True)
)


@pytest.fixture
async def database(database_address: str) -> AsyncIterator[Database]:
    opened = Database(database_address)
    async with opened.unit_of_work() as db:
        db.add(UserRow(id="usr_1", email="a@b.cd", name="Ada", role="member", password_hash="!"))
    yield opened
    await opened.close()


def profile(number: int, **values: Any) -> dict[str, Any]:
    made = {"id": f"prf_{number}", "owner_id": "usr_1", "name": "Tutor", "created_at": AT}
    return made | {"models": ["a/b"], "temperature": 0.5} | values


def found(db: Connection, most: int = 9) -> list[tuple[Any, ...]]:
    return FIND.rows(db, {"of": "usr_1", "most": most})


async def test_values_come_back_in_the_types_of_their_columns(database: Database) -> None:
    def work(db: Connection) -> list[tuple[Any, ...]]:
        ADD.carry_out(db, [profile(1), profile(2, temperature=None)])
        CHANGE.carry_out(db, [{"of_profile": "prf_2", "new_models": [{"deep": [1, None]}]}])
        return found(db)

    rows = await database.fetch(work)

    assert rows == [
        ("prf_1", "usr_1", "Tutor", ["a/b"], 0.5, None, False, AT),
        ("prf_2", "usr_1", "Tutor", [{"deep": [1, None]}], None, None, True, AT),
    ]
    assert await database.fetch(found, 1) == rows[:1]


async def test_a_row_can_be_had_by_names_or_not_at_all(database: Database) -> None:
    await database.fetch(lambda db: ADD.carry_out(db, [profile(1)]))

    values = {"of": "usr_1", "most": 1}
    one = await database.fetch(lambda db: FIND.one_named(db, values))
    nobody = await database.fetch(lambda db: FIND.one(db, {**values, "of": "usr_2"}))

    assert one is not None
    assert (tuple(one), one["models"], nobody) == (COLUMNS, ["a/b"], None)


async def test_what_the_table_makes_itself_is_made_for_each_row(database: Database) -> None:
    short = [{"owner_id": "usr_1", "name": name} for name in "ab"]
    await database.fetch(lambda db: ADD.carry_out(db, short))

    first, second = await database.fetch(found)

    assert first[0] != second[0]
    assert first[0].startswith("prf_")
    assert (first[3], first[6]) == ([], False)
    assert first[7].tzinfo is not None


@pytest.mark.parametrize("text", ["a\0b", "a\ud800b"])
async def test_no_text_fails_for_what_it_holds(database: Database, text: str) -> None:
    await database.fetch(lambda db: ADD.carry_out(db, [profile(1, name=text)]))

    assert (await database.fetch(found))[0][2] == "a\ufffdb"
    assert await database.fetch(lambda db: FIND.rows(db, {"of": text, "most": 1})) == []


async def test_a_refused_statement_takes_the_transaction_back_and_says_why(
    database: Database,
) -> None:
    def work(db: Connection) -> None:
        ADD.carry_out(db, [profile(1, name="hunter2")])
        ADD.carry_out(db, [profile(1, name="hunter2")])

    with pytest.raises(IntegrityError) as caught:
        await database.fetch(work)

    assert "hunter2" not in str(caught.value.statement) + str(caught.value.params)
    assert await database.fetch(found) == []


@pytest.mark.postgres
async def test_a_connection_that_broke_counts_as_an_outage_and_is_not_used_again(
    postgresql: PostgresSource, tmp_path: Path
) -> None:
    address = postgresql.fresh(tmp_path)
    database = Database(address)

    def cut(db: Connection) -> None:
        number = db.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
        with database._fetching.connect() as other:  # pyright: ignore[reportPrivateUsage]
            other.exec_driver_sql(f"SELECT pg_terminate_backend({number})")
        found(db)

    with pytest.raises(DatabaseUnavailableError):
        await database.fetch(cut)
    assert await database.fetch(found) == []
    await database.close()
    postgresql.release(address)


async def test_a_mistake_in_a_statement_is_no_outage(database: Database) -> None:
    wrong = Prepared(delete(ProfileRow).where(col(ProfileRow.id) == bindparam("of_profile")))

    def work(db: Connection) -> None:
        db.exec_driver_sql("DROP TABLE profiles")
        wrong.carry_out(db, [{"of_profile": "x"}])

    with pytest.raises(Exception, match="profiles") as caught:
        await database.fetch(work)
    assert translated(caught.value) is None or isinstance(caught.value, ProgrammingError)
