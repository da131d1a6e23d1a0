"""Lets no text fail for what it holds: PostgreSQL refuses NUL, and both databases refuse halves of surrogate pairs.

Models and people send both now and then. Such a character becomes U+FFFD on its way into a statement; an id with one
in it is then simply not found.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import event

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.engine import Engine


def storable(text: str) -> str:
    """Return the text with U+FFFD in place of what no database takes."""
    if "\0" in text:
        text = text.replace("\0", "\ufffd")
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return "".join("\ufffd" if "\ud800" <= char <= "\udfff" else char for char in text)
    return text


def make_storable(engine: Engine) -> None:
    """Apply `storable` to every text that a statement of this engine is given."""
    event.listen(engine, "before_cursor_execute", _clean, retval=True)


def _clean(
    _connection: object,
    _cursor: object,
    statement: str,
    parameters: object,
    _context: object,
    executemany: bool,
) -> tuple[str, Any]:
    if executemany:
        return statement, [_cleaned(row) for row in cast("Sequence[object]", parameters)]
    return statement, _cleaned(parameters)


def _cleaned(row: object) -> object:
    if isinstance(row, dict):
        named = cast("dict[str, object]", row)
        return {name: _value(value) for name, value in named.items()}
    if isinstance(row, tuple | list):
        return tuple(_value(value) for value in cast("Sequence[object]", row))
    return row


def _value(value: object) -> object:
    return storable(value) if isinstance(value, str) else value
