"""How long is waited, and how often a call is repeated."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from babble_app.sdk.errors import BrainError, TimedOutError


@dataclass(frozen=True, slots=True)
class Timeouts:
    """In seconds."""

    connect: float = 5.0
    idle: float = 60.0
    """Silence in the middle of an answer; the server says something at least every 15 seconds."""
    total: float = 600.0
    """One call with all its repetitions. It is looked at whenever something arrives, so it may be passed by `idle`."""


@dataclass(frozen=True, slots=True)
class Retries:
    """When a call is repeated: after 429, 5xx and broken connections."""

    times: int = 4
    """In a row; a stream that goes on begins to count anew."""
    first_wait_seconds: float = 0.5
    """Doubled at each repetition. Waited is a random part of it, so that many clients do not come back together."""
    longest_wait_seconds: float = 30.0
    """A server that says `Retry-After` is waited for; when it asks for more than this, the call fails at once."""


class Tries:
    """What is left of one call's time and repetitions."""

    def __init__(
        self,
        timeouts: Timeouts,
        retries: Retries,
        *,
        clock: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._timeouts = timeouts
        self._retries = retries
        self._clock = clock
        self._chance = chance
        self._ends_at = clock() + timeouts.total
        self._failed = 0

    def left_seconds(self) -> float:
        """Return the time that is left.

        Raises:
            TimedOutError: none is.
        """
        left = self._ends_at - self._clock()
        if left <= 0:
            message = f"The answer was not there after {self._timeouts.total:g} seconds."
            raise TimedOutError(message)
        return left

    def went_on(self) -> None:
        """Begin to count failures anew: something new has arrived."""
        self._failed = 0

    def wait_seconds(self, error: BrainError, *, may_repeat: bool) -> float:
        """Return how long to wait before the call is repeated.

        Raises:
            BrainError: the error itself, when the call must not or need not be repeated.
        """
        self._failed += 1
        if not (error.retryable and may_repeat) or self._failed > self._retries.times:
            raise error
        longest = self._retries.longest_wait_seconds
        wanted = error.retry_after_seconds or 0.0
        backoff = min(longest, self._retries.first_wait_seconds * 2 ** (self._failed - 1))
        wait = wanted + self._chance() * backoff
        if wanted > longest or wait >= self._ends_at - self._clock():
            raise error
        return wait


def read_retry_after(value: str, now: datetime | None = None) -> float | None:
    """Return the seconds that a `Retry-After` header means, a number or a date; None when it means nothing."""
    try:
        return max(0.0, float(value)) if value.strip().isdigit() else _until(value, now)
    except (TypeError, ValueError, OverflowError):
        return None


def _until(value: str, now: datetime | None) -> float:
    date = parsedate_to_datetime(value)
    aware = date if date.tzinfo else date.replace(tzinfo=UTC)
    return max(0.0, (aware - (now or datetime.now(UTC))).total_seconds())
