"""What was wrong with a round, for people (in `Attempt`) and for the model (in the next prompt)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from babble_app.agents.shapes import is_json
from babble_app.diffs.guard import find_laziness
from babble_app.schemas.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Sequence

    from babble_app.diffs.errors import DiffError, HunkFailure


def blocking(findings: Sequence[Finding]) -> list[Finding]:
    """Return the errors."""
    return [finding for finding in findings if finding.severity == "error"]


def find_no_program(answer: str, code: str, *, cut_off: bool) -> Finding | None:
    """Return why an answer holds no program that could be checked; None if it holds one."""
    if cut_off:
        message = "The answer was cut off because it was too long. Write a shorter program."
    elif not answer.strip():
        message = "The answer was empty, or held thoughts only."
    elif is_json(code or answer):
        message = "The program came inside JSON. Write it as plain text, with real line breaks."
    elif not code.strip():
        message = "The answer held no program in a fence."
    elif code.lstrip().startswith(("@@", "--- ", "+++ ", "diff --git")):
        message = "The answer is a diff, but there is no program yet that it could change."
    else:
        return _placeholder(code)
    return Finding(code="E115", severity="error", message=message, line=1)


def render_findings(findings: Sequence[Finding]) -> str:
    """Write the errors out for the model, each with its line and the smallest fix; warnings are left out."""
    return "\n".join(_rendered(finding) for finding in blocking(findings))


def diff_findings(error: DiffError) -> tuple[Finding, ...]:
    """Return why a diff was refused, hunk by hunk."""
    if not error.failures:
        return (Finding(code=str(error.code), severity="error", message=str(error), line=1),)
    return tuple(_hunk_finding(failure) for failure in error.failures)


def _placeholder(code: str) -> Finding | None:
    lines = code.split("\n")
    for number, line in enumerate(lines, 1):
        if find_laziness([], [line], may_shrink=True):
            message = f"Line {number} is the placeholder `{line.strip()}` where code belongs. Write every line out."
            return Finding(
                code="D_LAZY", severity="error", message=message, line=number, source_line=line
            )
    return None


def _rendered(finding: Finding) -> str:
    lines = [f"- {finding.code} in line {finding.line}: {finding.message}"]
    if finding.source_line.strip():
        lines.append(f"  The line: {finding.source_line.rstrip()}")
    if finding.hint:
        lines.append("  Fix: " + finding.hint.replace("\n", "\n    "))
    return "\n".join(lines)


def _hunk_finding(failure: HunkFailure) -> Finding:
    return Finding(
        code=failure.code,
        severity="error",
        message=f"Hunk {failure.number} does not fit. {failure.reason}",
        line=failure.file_line or 1,
        source_line=failure.your_text,
    )
