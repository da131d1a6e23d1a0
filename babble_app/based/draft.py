"""A text that does not parse, on its way to one that does: what is wrong is noted, mended, and not noted twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from babble_app.based.lines import LogicalLine, Scan, replace_all, scan_lines
from babble_app.based.report import MAX_FINDINGS
from babble_app.schemas.findings import Edit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from babble_app.based.report import Report


_BUDGET = 3_000_000
"""What may be spent on reading a text again and again while it is mended: half a second, or 20 times 1,000 lines."""
_LINE_COST = 100


class Draft:
    """The text as it is mended; its lines stay those of the source."""

    def __init__(self, text: str, scan: Scan, report: Report) -> None:
        self.text = text
        self.scan = scan
        self.report = report
        self.claimed: set[int] = set()
        """Lines on which something was found: what else is wrong there may follow from it."""
        self.gone: set[int] = set()
        """Lines of statements that could not be read; a placeholder stands for them."""
        self.budget = _BUDGET

    @property
    def spent(self) -> bool:
        """Whether enough was found, or enough time taken, to look no further."""
        return self.budget < 0 or len(self.report) > MAX_FINDINGS

    def spend(self) -> None:
        """Count one more reading of the whole text."""
        self.budget -= len(self.text) + _LINE_COST * len(self.scan.logical)

    def find(
        self,
        code: str,
        line: int,
        message: str,
        hint: str,
        *,
        col: int = 1,
        end_line: int | None = None,
        fix: Sequence[Edit] = (),
    ) -> bool:
        """Note a finding and claim its lines; False when something was found there before."""
        if line in self.claimed:
            return False
        last = max(line, end_line or line)
        self.report.add(code, line, message, hint, col=col, end_line=last, fix=fix)
        self.claimed.update(range(line, last + 1))
        return True

    def edit(self, edits: list[tuple[int, int, str]]) -> None:
        """Change the text, and read its lines anew."""
        if edits:
            self.spend()
            self.text = replace_all(self.text, edits)
            self.scan = scan_lines(self.text)

    def line_bounds(self, line: int) -> tuple[int, int]:
        """Return the offsets at which a physical line begins and ends."""
        start = -1
        for _ in range(line - 1):
            start = self.text.find("\n", start + 1)
        start += 1
        end = self.text.find("\n", start)
        return start, len(self.text) if end < 0 else end

    def line_text(self, line: int) -> str:
        """Return a physical line."""
        start, end = self.line_bounds(line)
        return self.text[start:end]

    def head(self, logical: LogicalLine) -> str:
        """Return the first physical line of a logical one, without its indentation."""
        end = self.text.find("\n", logical.start)
        return self.text[logical.start : end if 0 <= end < logical.end else logical.end]

    def place(self, offset: int) -> tuple[int, int]:
        """Return the 1-based line and column of an offset."""
        line = self.text.count("\n", 0, offset) + 1
        return line, offset - (self.text.rfind("\n", 0, offset) + 1) + 1

    def change(self, start: int, end: int, new: str) -> Edit:
        """Return the edit that replaces a part of the text, as a fix."""
        line, col = self.place(start)
        end_line, end_col = self.place(end)
        col = max(1, col - self.report.widened.get(line, 0))
        end_col = max(1, end_col - self.report.widened.get(end_line, 0))
        return Edit(line=line, col=col, end_line=end_line, end_col=end_col, text=new)

    def replaced(self, logical: LogicalLine, new: str) -> tuple[int, int, str]:
        """Return the edit that puts a line of code in the place of a logical line."""
        self.gone.update(range(logical.line, logical.last_line + 1))
        self.claimed.update(range(logical.line, logical.last_line + 1))
        newlines = self.text.count("\n", logical.start, logical.end)
        return logical.start, logical.end, new + "\n" * newlines
