"""Times as callers send them."""

from __future__ import annotations

from datetime import UTC, datetime

from babble_app.errors import ValidationFailedError


def aware(at: datetime | None, field: str) -> datetime | None:
    """Return the time in UTC; one without a zone is UTC already.

    Raises:
        ValidationFailedError: it is out of the calendar there.
    """
    if at is None:
        return None
    try:
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except OverflowError as error:
        message = "The time is out of the calendar."
        raise ValidationFailedError(message, field=field) from error
