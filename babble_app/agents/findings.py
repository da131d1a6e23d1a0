"""What was wrong with a round, for people (in `Attempt`) and for the model (in the next prompt)."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from babble_app.agents.shapes import is_json
from babble_app.diffs.guard import find_laziness
from babble_app.schemas.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Sequence

    from babble_app.diffs.errors import DiffError, HunkFailure


_DOES_NOT_RUN = "W281"
"""Python that is right, but that the interpreter does not run: a person may keep it, a model is to write it another way."""


def blocking(findings: Sequence[Finding], *, before: Sequence[Finding] = ()) -> list[Finding]:
    """Return what must be mended before a program is taken from a model: errors, and Python that does not run here.

    Args:
        findings: What is wrong with the program.
        before: What was wrong with it before the change: lines that did not run then are not the change's fault.
    """
    old = Counter(_what(finding) for finding in before)
    found: list[Finding] = []
    for finding in findings:
        if finding.code == _DOES_NOT_RUN:
            old[_what(finding)] -= 1
        if finding.severity == "error" or (
            finding.code == _DOES_NOT_RUN and old[_what(finding)] < 0
        ):
            found.append(finding)
    return found


def _what(finding: Finding) -> tuple[str, str, str]:
    """Return what a finding is about, wherever the line is now."""
    return finding.code, finding.message, finding.source_line.strip()


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
    """Write what must be mended out for the model, each with its line and the smallest fix."""
    return "\n".join(_rendered(finding) for finding in findings)


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
