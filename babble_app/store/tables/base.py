"""What all tables share: ids with a prefix, aware UTC times, named constraints, the version column."""

from __future__ import annotations

import os
import string
import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar, cast

from sqlalchemy import Column, MetaData
from sqlalchemy.orm import declared_attr, registry
from sqlmodel import Field, SQLModel

_ALPHABET = string.ascii_letters + string.digits
_ID_CHARS = 20
_DRAWN_BYTES = 4096
_TOO_HIGH = bytes(range(256 // len(_ALPHABET) * len(_ALPHABET), 256))
_TO_LETTERS = bytes(ord(_ALPHABET[value % len(_ALPHABET)]) for value in range(256))
_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class _Dice:
    """Letters from the system's randomness, many drawn at once: a draw is a system call that lets other threads go first."""

    def __init__(self) -> None:
        self._letters = ""
        self._lock = threading.Lock()

    def take(self, count: int) -> str:
        """Return so many letters, which nobody gets again."""
        with self._lock:
            if len(self._letters) < count:
                # Of 256 values 248 are four times the alphabet; the others would prefer its first letters.
                drawn = os.urandom(_DRAWN_BYTES).translate(None, delete=_TOO_HIGH)
                self._letters = drawn.translate(_TO_LETTERS).decode()
            taken, self._letters = self._letters[:count], self._letters[count:]
        return taken

    def forget(self) -> None:
        """Throw away what is left: a process and its fork must not draw the same."""
        self._letters = ""
        self._lock = threading.Lock()


_dice = _Dice()
os.register_at_fork(after_in_child=_dice.forget)


def new_id(prefix: str) -> str:
    """Return an id that cannot be guessed (119 bits), such as `cht_5fKq...`."""
    return f"{prefix}_{_dice.take(_ID_CHARS)}"


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
