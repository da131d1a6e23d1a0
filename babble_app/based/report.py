"""Collects findings while a program is checked, and hands them over in order."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from babble_app.errors import ValidationFailedError
from babble_app.schemas.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from babble_app.schemas.findings import Edit

MAX_FINDINGS = 20
_MAX_KEPT = 500
"""Warnings beyond this are not even noted."""
_SOURCE_LINE_CHARS = 200


@dataclass(frozen=True, slots=True)
class _Found:
    """A finding but for its code and place; a hostile program has more of them than are ever shown."""

    message: str
    hint: str
    end_line: int
    fix: tuple[Edit, ...]


class InvalidProgramError(ValidationFailedError):
    """The text is not a Based program; `findings` says why."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        """Make the first error the message."""
        self.findings = tuple(findings)
        first = next(finding for finding in self.findings if finding.severity == "error")
        super().__init__(f"Line {first.line}: {first.message}", field="text")


class Report:
    """The findings of one program so far."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = lines
        self._found: dict[tuple[str, int, int], _Found] = {}
        self._quiet_lines: Collection[int] = ()
        self._quiet_codes: Collection[str] = ()
        self.errors = 0
        """How many were noted."""
        self.widened: dict[int, int] = {}
        """By how many columns a line's indentation grew when its tabs became spaces."""

    def add(
        self,
        code: str,
        where: ast.AST | int,
        message: str,
        hint: str = "",
        *,
        col: int = 1,
        end_line: int | None = None,
        fix: Sequence[Edit] = (),
    ) -> None:
        """Note a finding at a node or a line; of equal ones at one place the first stays.

        Args:
            code: `E...` or `W...`; its first letter is the severity.
            where: The node it is about, or a 1-based line.
            message: What is wrong.
            hint: The smallest fix, with an example.
            col: 1-based; for nodes their own column is used.
            end_line: The last line it is about, if not the first; for nodes their own.
            fix: Edits of the source that make it right, where that is mechanical.
        """
        if isinstance(where, int):
            line = where
        else:
            line = getattr(where, "lineno", 1)
            end_line = getattr(where, "end_lineno", None)
            col = self.column(where)
        line = max(1, min(line, len(self._lines) or 1))
        if line in self._quiet_lines or code in self._quiet_codes:
            return
        if code.startswith("E"):
            self.errors += 1
        elif len(self._found) > _MAX_KEPT:
            return
        found = _Found(message, hint, max(line, end_line or line), tuple(fix))
        self._found.setdefault((code, line, max(1, col)), found)

    def column(self, node: ast.AST, *, end: bool = False) -> int:
        """Return a node's 1-based column in the source; syntax trees count bytes of the text without tabs."""
        line: int = getattr(node, "end_lineno" if end else "lineno", 1)
        offset: int = getattr(node, "end_col_offset" if end else "col_offset", 0)
        text = self._lines[line - 1] if 0 < line <= len(self._lines) else ""
        offset = max(0, offset - self.widened.get(line, 0))
        if not text.isascii():
            offset = len(text.encode()[:offset].decode(errors="ignore"))
        return offset + 1

    def quieten(self, lines: Collection[int], codes: Collection[str]) -> None:
        """Note nothing more on these lines, nor with these codes: it would follow from what was found."""
        self._quiet_lines = lines
        self._quiet_codes = codes

    def __len__(self) -> int:
        return len(self._found)

    def has(self, code: str) -> bool:
        """Whether something was found under this code."""
        return any(found == code for found, _, _ in self._found)

    def _source_line(self, line: int) -> str:
        text = self._lines[line - 1] if self._lines else ""
        return text[:_SOURCE_LINE_CHARS].encode("utf-8", "replace").decode()

    @property
    def has_errors(self) -> bool:
        """Whether anything found blocks."""
        return self.errors > 0

    def findings(self) -> tuple[Finding, ...]:
        """Return at most 20 findings by position; warnings give way to errors."""
        places = sorted(self._found, key=lambda one: (not one[0].startswith("E"), *one[1:], one[0]))
        chosen = sorted(places[:MAX_FINDINGS], key=lambda one: (*one[1:], one[0]))
        return tuple(self._finding(*place) for place in chosen)

    def _finding(self, code: str, line: int, col: int) -> Finding:
        found = self._found[code, line, col]
        return Finding(
            code=code,
            severity="error" if code.startswith("E") else "warning",
            message=found.message,
            hint=found.hint,
            line=line,
            col=col,
            end_line=found.end_line,
            source_line=self._source_line(line),
            fix=found.fix,
        )
