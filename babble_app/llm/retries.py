"""When a failed call is made again: only before the first piece, only for passing troubles, and not often."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

from babble_app.errors import ProviderRateLimitedError, ProviderUnavailableError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from babble_app.errors import BabbleError


@dataclass(frozen=True)
class Retries:
    """At most `most` further calls; `sleep` and `rng` are arguments so that tests need not wait."""

    most: int = 2
    first_wait_seconds: float = 0.3
    longest_wait_seconds: float = 5.0
    """A provider that asks for more is not waited for: the person is told instead."""
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    rng: Callable[[], float] = random.random

    def wait_seconds(self, error: BabbleError, retries_made: int) -> float | None:
        """Return how long to wait before the next call, or None to give up.

        Full jitter over an exponentially growing wait (Brooker, "Exponential Backoff And Jitter", AWS, 2015), at
        least half of it, so that many runs do not return at once.
        """
        if retries_made >= self.most:
            return None
        if isinstance(error, ProviderRateLimitedError) and error.retry_after_seconds is not None:
            asked = error.retry_after_seconds
            return asked if asked <= self.longest_wait_seconds else None
        if not isinstance(error, ProviderRateLimitedError | ProviderUnavailableError):
            return None
        return self.first_wait_seconds * 2**retries_made * (0.5 + self.rng() / 2)


NO_RETRIES = Retries(most=0)
"""For a model after which another one is asked."""
