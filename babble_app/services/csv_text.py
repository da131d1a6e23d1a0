"""Tables as CSV that a spreadsheet may open: no cell is taken for a formula."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def csv_lines(table: Iterable[Sequence[str]]) -> str:
    """Return the lines of the table."""
    text = io.StringIO()
    csv.writer(text).writerows(table)
    return text.getvalue()


def harmless(cell: str) -> str:
    """Return the cell; one that a spreadsheet would take for a formula begins with an apostrophe."""
    return f"'{cell}" if cell.startswith(_FORMULA_STARTS) else cell
