"""What all tables share: ids with a prefix, aware UTC times, named constraints, the version column."""

from __future__ import annotations

import secrets
import string
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar, cast

from sqlalchemy import Column, MetaData
from sqlalchemy.orm import declared_attr, registry
from sqlmodel import Field, SQLModel

_ALPHABET = string.ascii_letters + string.digits
_ID_CHARS = 20
_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


def new_id(prefix: str) -> str:
    """Return an id that cannot be guessed (119 bits), such as `cht_5fKq...`."""
    number = secrets.randbelow(len(_ALPHABET) ** _ID_CHARS)  # asking for each letter takes 30 µs
    letters: list[str] = []
    for _ in range(_ID_CHARS):
        number, at = divmod(number, len(_ALPHABET))
        letters.append(_ALPHABET[at])
    return f"{prefix}_{''.join(letters)}"


def now() -> datetime:
    """Return the time as every column keeps it."""
    return datetime.now(UTC)


class Table(SQLModel, registry=registry(metadata=MetaData(naming_convention=_NAMES))):
    """Base of every table; its own registry keeps other SQLModel classes of the process out of it."""

    if TYPE_CHECKING:
        # SQLModel declares it as a declared_attr, which no string is.
        __tablename__: ClassVar[str]  # pyright: ignore[reportIncompatibleVariableOverride]


class Versioned(SQLModel):
    """A mutable row: an UPDATE of a row that somebody else changed meanwhile fails."""

    version: int = Field(default=1)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805 - SQLAlchemy calls it with the class
        return {"version_id_col": cast("Column[int]", cls.version)}
