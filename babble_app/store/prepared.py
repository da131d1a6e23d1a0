"""Statements of the hot path: compiled once, and handed to the driver without SQLAlchemy's execution around each.

SQLAlchemy takes 25-80 µs for a statement that SQLite carries out in 2-10, and a message has some twenty of them. It still writes
the SQL, converts values both ways for each database, and says what went wrong in its own exceptions.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql import Insert, Select
from sqlalchemy.sql.dml import UpdateBase

from babble_app.store.texts import storable

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping, Sequence

    from sqlalchemy.engine import Connection, Dialect

    Convert = Callable[[Any], Any]
    Values = Mapping[str, Any]
    Statement = Select[*tuple[Any, ...]] | UpdateBase


@dataclass(slots=True)
class _Compiled:
    """A statement as one driver takes it."""

    sql: str
    positions: tuple[str, ...] | None
    """The order of the values, where the driver takes them by place."""
    fixed: dict[str, Any]
    """Values that the statement itself has, converted."""
    made: dict[str, Convert]
    """What a table fills in where no value is given."""
    converts: dict[str, Convert]
    results: tuple[Convert | None, ...] | None = None
    """One for each column; empty if no column is converted; None before the first answer, which tells the columns' types."""

    def bind(self, values: Values) -> Any:
        """Return the values as the driver takes them."""
        bound = dict(self.fixed)
        for name, make in self.made.items():
            bound[name] = make(None)
        bound.update(values)
        for name, convert in self.converts.items():
            bound[name] = convert(bound[name])
        for name, value in bound.items():
            if isinstance(value, str):
                bound[name] = storable(value)
        if self.positions is None:
            return bound
        return tuple([bound[name] for name in self.positions])


class Prepared:
    """A Core statement that stays the same and is carried out again and again, with all values given by name."""

    def __init__(self, statement: Statement) -> None:
        """Nothing is compiled before the first use."""
        # Without `inline` an INSERT would ask for the values that the database made.
        self._statement = statement.inline() if isinstance(statement, Insert) else statement
        self._names = statement.selected_columns.keys() if isinstance(statement, Select) else []
        self._compiled: dict[tuple[str, frozenset[str]], _Compiled] = {}

    def rows(self, db: Connection, values: Values) -> list[tuple[Any, ...]]:
        """Return what the query finds."""
        compiled = self._for(db.dialect, values)
        with _cursor(db, compiled.sql) as cursor:
            cursor.execute(compiled.sql, compiled.bind(values))
            found = cursor.fetchall()
            if compiled.results is None:
                compiled.results = _converts(self._statement, db.dialect, cursor.description)
        if not compiled.results:
            return found
        return [
            tuple([value if convert is None else convert(value) for value, convert in zip(row, compiled.results, strict=True)])
            for row in found
        ]  # fmt: skip

    def one(self, db: Connection, values: Values) -> tuple[Any, ...] | None:
        """Return the only row that the query can find, or None."""
        found = self.rows(db, values)
        return found[0] if found else None

    def one_named(self, db: Connection, values: Values) -> dict[str, Any] | None:
        """Return the only row that the query can find by its columns' names, or None."""
        found = self.one(db, values)
        return None if found is None else dict(zip(self._names, found, strict=True))

    def carry_out(self, db: Connection, many: Sequence[Values]) -> None:
        """Carry out the statement once for each set of values, which all have the same names."""
        compiled = self._for(db.dialect, many[0])
        bound = [compiled.bind(values) for values in many]
        with _cursor(db, compiled.sql) as cursor:
            if len(bound) == 1:
                cursor.execute(compiled.sql, bound[0])
            else:
                cursor.executemany(compiled.sql, bound)

    def _for(self, dialect: Dialect, values: Values) -> _Compiled:
        key = (dialect.name, frozenset(values))
        compiled = self._compiled.get(key)
        if compiled is None:
            compiled = self._compiled[key] = _compile(self._statement, dialect, values)
        return compiled


def _compile(statement: Statement, dialect: Dialect, values: Values) -> _Compiled:
    names = list(values) if isinstance(statement, UpdateBase) else None
    compiled = statement.compile(dialect=dialect, column_keys=names)
    assert not compiled.post_compile_params, "a list has no place in a prepared statement"
    converts: dict[str, Convert] = {}
    fixed: dict[str, Any] = {}
    prefetched = {column.key: column.default for column in compiled.prefetch}
    for name, bind in compiled.binds.items():
        convert = bind.type.dialect_impl(dialect).bind_processor(dialect)
        if convert is not None:
            converts[name] = convert
        if name not in values and name not in prefetched:
            fixed[name] = bind.effective_value
    made = {name: _maker(default) for name, default in prefetched.items()}
    order = compiled.positiontup if compiled.positional else None
    return _Compiled(
        sql=str(compiled),
        positions=None if order is None else tuple(order),
        fixed=fixed,
        made=made,
        converts=converts,
    )


def _converts(
    statement: Statement, dialect: Dialect, description: Sequence[Any]
) -> tuple[Convert | None, ...]:
    """Return what turns a row's values into those of its columns' types."""
    assert isinstance(statement, Select)
    found = [
        column.type.dialect_impl(dialect).result_processor(dialect, described[1])
        for column, described in zip(statement.selected_columns, description, strict=True)
    ]
    return tuple(found) if any(found) else ()


def _maker(default: Any) -> Convert:
    """Return what makes a column's default."""
    return default.arg if default.is_callable else lambda _: default.arg


def execute(connection: Connection, sql: str) -> None:
    """Carry out a statement without values and results."""
    with _cursor(connection, sql) as cursor:
        cursor.execute(sql)


@contextmanager
def _cursor(db: Connection, sql: str) -> Generator[Any]:
    """Open the driver's cursor, whose errors become SQLAlchemy's."""
    cursor: Any = db.connection.cursor()
    try:
        yield cursor
    except db.dialect.loaded_dbapi.Error as error:
        raise _as_sqlalchemy(db, cursor, sql, error) from error
    finally:
        cursor.close()


def _as_sqlalchemy(db: Connection, cursor: Any, sql: str, error: Exception) -> DBAPIError:
    """Return the driver's error as SQLAlchemy says it, without the values: they are messages and secrets."""
    dialect = db.dialect
    gone = dialect.is_disconnect(cast("Any", error), db.connection, cursor)
    wrapped = DBAPIError.instance(
        sql,
        None,
        error,
        dialect.loaded_dbapi.Error,
        hide_parameters=True,
        connection_invalidated=gone,
        dialect=dialect,
        ismulti=False,
    )
    if gone:
        db.invalidate(error)
    assert isinstance(wrapped, DBAPIError)
    return wrapped
