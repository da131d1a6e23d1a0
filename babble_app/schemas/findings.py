"""What the checker of the Based language says about a program."""

from __future__ import annotations

from typing import Literal

from babble_app.schemas.base import Schema


class Edit(Schema):
    """One replacement of a part of a program whose lines end with one newline character."""

    line: int
    """1-based, as all four."""
    col: int
    end_line: int
    end_col: int
    """After the last character that is replaced."""
    text: str = ""


class Finding(Schema):
    """One error or warning at one place (BASED.md 7); shown to people and sent to the model verbatim."""

    code: str
    """`E...` blocks, `W...` does not."""
    severity: Literal["error", "warning"]
    message: str
    hint: str = ""
    """The smallest fix, with an example where one helps."""
    line: int
    """1-based."""
    col: int = 1
    """1-based."""
    end_line: int | None = None
    source_line: str = ""
    fix: tuple[Edit, ...] = ()
    """What makes it right, where that is mechanical."""
