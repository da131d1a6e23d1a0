"""What is said of an answer that was given again instead of made: in words, with the time since when it is known."""

from __future__ import annotations

from datetime import UTC, datetime

ANSWERED_BEFORE = "answered before"
"""How the `why` of such an answer begins."""
_FORM = f"{ANSWERED_BEFORE}, at %Y-%m-%d %H:%M:%S UTC"


def repeat_words(known_since: datetime) -> str:
    """Return the `why`: a time and no age, as it is stored and read at other times."""
    return known_since.astimezone(UTC).strftime(_FORM)


def find_known_since(why: str) -> datetime | None:
    """Return the time that a `why` names; None where it names none."""
    try:
        return datetime.strptime(why, _FORM).replace(tzinfo=UTC)
    except ValueError:
        return None
