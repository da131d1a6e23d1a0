"""Why a diff was refused, in codes for programs and in words for people and models."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from babble_app.errors import BabbleError

if TYPE_CHECKING:
    from babble_app.diffs.hunks import Hunk

DiffCode = Literal[
    "D_MULTI_FILE", "D_EMPTY_HUNK", "D_TOO_LARGE", "D_NOT_FOUND", "D_AMBIGUOUS", "D_AMBIGUOUS_INSERT",
    "D_ALREADY", "D_OVERLAP", "D_NOOP", "D_LAZY",
]  # fmt: skip


@dataclass(frozen=True)
class HunkFailure:
    """Why one hunk was not applied, with the file's real lines that come nearest to what it expected."""

    number: int
    """The hunk's place in the answer, from 1."""
    code: DiffCode
    reason: str
    """One sentence, ending with what to do."""
    your_line: int | None = None
    """Which line of the hunk's body does not fit, from 1."""
    your_text: str = ""
    file_line: int | None = None
    """The file's line that stands in its place, from 1."""
    file_text: str = ""
    nearest_start: int | None = None
    """Number of the first of `nearest`, from 1."""
    nearest: tuple[str, ...] = ()


class DiffError(BabbleError):
    """A diff that was not applied; the text is as it was."""

    status = 422

    def __init__(
        self,
        code: DiffCode,
        message: str,
        *,
        failures: tuple[HunkFailure, ...] = (),
        good: tuple[Hunk, ...] = (),
    ) -> None:
        """Keep what a caller needs to ask for the failed hunks only.

        Args:
            code: That of the first failure.
            message: One sentence for a person.
            failures: One for each hunk that does not fit; empty when the answer as a whole is the problem.
            good: The hunks that fit, to be applied together with their mended companions.
        """
        super().__init__(message)
        self.code = code
        self.failures = failures
        self.good = good


def several_files(names: list[str]) -> DiffError:
    """Return the refusal of an answer that changes more than the one file."""
    listed = ", ".join(names[:4])
    message = (
        f"The diff changes several files ({listed}), but there is only one. Change only that one."
    )
    return DiffError("D_MULTI_FILE", message)
