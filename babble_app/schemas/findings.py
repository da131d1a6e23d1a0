"""What the checker of the Based language says about a program."""

from __future__ import annotations

from typing import Literal

from babble_app.schemas.base import Schema


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
