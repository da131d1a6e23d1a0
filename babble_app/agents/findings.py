"""What was wrong with a round, for people (in `Attempt`) and for the model (in the next prompt)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from babble_app.schemas.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Sequence

    from babble_app.diffs.errors import DiffError, HunkFailure


def blocking(findings: Sequence[Finding]) -> list[Finding]:
    """Return the errors."""
    return [finding for finding in findings if finding.severity == "error"]


def no_program(message: str) -> Finding:
    """Return the finding for an answer without a usable program."""
    return Finding(code="E115", severity="error", message=message, line=1)


def render_findings(findings: Sequence[Finding]) -> str:
    """Write the errors out for the model, each with its line and the smallest fix; warnings are left out."""
    return "\n".join(_rendered(finding) for finding in blocking(findings))


def diff_findings(error: DiffError) -> tuple[Finding, ...]:
    """Return why a diff was refused, hunk by hunk."""
    if not error.failures:
        return (Finding(code=str(error.code), severity="error", message=str(error), line=1),)
    return tuple(_hunk_finding(failure) for failure in error.failures)


def _rendered(finding: Finding) -> str:
    lines = [f"- {finding.code} in line {finding.line}: {finding.message}"]
    if finding.source_line.strip():
        lines.append(f"  The line: {finding.source_line.strip()}")
    if finding.hint:
        lines.append(f"  Fix: {finding.hint}")
    return "\n".join(lines)


def _hunk_finding(failure: HunkFailure) -> Finding:
    return Finding(
        code=failure.code,
        severity="error",
        message=f"Hunk {failure.number} does not fit. {failure.reason}",
        line=failure.file_line or 1,
        source_line=failure.your_text,
    )
