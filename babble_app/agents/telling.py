"""Tells a model why its diff was not applied, with the file's real lines (CANVAS.md 2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from babble_app.diffs.errors import DiffError, HunkFailure

NEEDLESS = ("D_ALREADY", "D_EMPTY_HUNK")
"""Failures of hunks that may as well be left out."""


def tell_failures(error: DiffError, *, keeps: bool = True) -> str:
    """Say what does not fit, numbered and verbatim; with `keeps`, also which hunks need not be sent again."""
    if not error.failures:
        return f"The changes were not applied ({error.code}). Nothing was saved. {error}"
    kept = _kept([hunk.number for hunk in error.good]) if keeps and not _overlap(error) else ""
    return "\n\n".join(f"{_failure(failure, kept)}" for failure in error.failures)


def tell_wish(error: DiffError) -> str:
    """Say what to send next."""
    if error.code == "D_NOOP":
        return "Send hunks that make the change that was asked for, in one fence."
    if not error.failures:
        return "Send the changes again as hunks that begin with `@@ ... @@`, in one fence."
    if _overlap(error):
        return (
            "Send all hunks again, in one fence, with one hunk in the place of those that overlap."
        )
    numbers = [failure.number for failure in error.failures]
    if error.good and all(failure.code in NEEDLESS for failure in error.failures):
        return f"If the rest is enough, answer `Done.`; else send only {_hunks(numbers)} again."
    return f"Send only {_hunks(numbers)} again, copying unchanged lines exactly."


def _overlap(error: DiffError) -> bool:
    """Whether hunks change the same lines; which of them is right cannot be known."""
    return any(failure.code == "D_OVERLAP" for failure in error.failures)


def _failure(failure: HunkFailure, kept: str) -> str:
    lines = [f"Hunk {failure.number} was not applied ({failure.code}). Nothing was saved{kept}."]
    lines.append(failure.reason)
    if failure.your_line is not None:
        lines.append(f"Your line {failure.your_line}: {failure.your_text}")
    if failure.file_line is not None:
        lines.append(f"File line {failure.file_line}: {failure.file_text}")
    if failure.nearest_start is not None and failure.nearest:
        end = failure.nearest_start + len(failure.nearest) - 1
        lines.append(f"File lines {failure.nearest_start}-{end}:\n" + "\n".join(failure.nearest))
    return "\n".join(lines)


def _kept(numbers: Sequence[int]) -> str:
    if not numbers:
        return ""
    verb = "is" if len(numbers) == 1 else "are"
    them = "it" if len(numbers) == 1 else "them"
    return f"; {_hunks(numbers)} {verb} fine, do not send {them} again"


def _hunks(numbers: Sequence[int]) -> str:
    words = [str(number) for number in numbers]
    if len(words) == 1:
        return f"hunk {words[0]}"
    return f"hunks {', '.join(words[:-1])} and {words[-1]}"
