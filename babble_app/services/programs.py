"""The text of a program before it is stored: what is taken at all, what the checker says, what is kept of it."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from babble_app.errors import ValidationFailedError
from babble_app.services import checks
from babble_app.services.differences import compare
from babble_app.store import agents as rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from babble_app.schemas.findings import Finding

MAX_PROGRAM_CHARS = 200_000
_MOST_FINDINGS_TOLD = 5


def check_text(text: str) -> None:
    """Raise ValidationFailedError for what is no text of a program: nothing, too much, or unstorable characters."""
    if not text.strip():
        raise ValidationFailedError("The program is empty.", field="text")
    if len(text) > MAX_PROGRAM_CHARS:
        message = f"The program has {len(text):,} characters; {MAX_PROGRAM_CHARS:,} is the most."
        raise ValidationFailedError(message, field="text")
    if "\0" in text or any("\ud800" <= char <= "\udfff" for char in text):
        raise ValidationFailedError(
            "The program contains characters that are no text.", field="text"
        )


async def check_program(
    text: str,
    *,
    refusal: str = "The program has errors and was not saved",
    field: str = "text",
) -> tuple[Finding, ...]:
    """Return the warnings of a program.

    Raises:
        ValidationFailedError: it has errors; the message is the `refusal` and what they are.
    """
    check_text(text)
    result = await checks.check(text)
    if not result.ok:
        errors = [finding for finding in result.findings if finding.severity == "error"]
        told = [f"line {item.line}: {item.message}" for item in errors[:_MOST_FINDINGS_TOLD]]
        more = len(errors) - len(told)
        end = f"; and {more} more" if more > 0 else ""
        raise ValidationFailedError(f"{refusal}: {'; '.join(told)}{end}", field=field)
    return tuple(result.findings)


async def contents(old: str, text: str, findings: Sequence[Finding]) -> dict[str, Any]:
    """Return the columns of a version that hold its text, its difference from `old`, and what the checker said."""
    diff = await compare(old, text)
    return {
        "text_zlib": rows.packed(text),
        "sha256": hashlib.sha256(text.encode("utf-8")).hexdigest(),
        "diff": diff.unified,
        "added": diff.added,
        "removed": diff.removed,
        "findings": [finding.model_dump(mode="json") for finding in findings],
    }
