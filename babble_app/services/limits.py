"""How often who may do what, with the `limits` library (in memory; Redis may come behind the same class)."""

from __future__ import annotations

import math
import time

from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from babble_app.errors import RateLimitedError

LOG_IN_BY_ADDRESS = RateLimitItemPerMinute(20, namespace="log-in-address")
LOG_IN_BY_EMAIL = RateLimitItemPerMinute(10, 5, namespace="log-in-email")
"""Ten in five minutes."""
REGISTER_BY_ADDRESS = RateLimitItemPerHour(20, namespace="register-address")
PASSWORD_BY_USER = RateLimitItemPerMinute(10, 5, namespace="password-user")
UPLOAD_BY_USER = RateLimitItemPerMinute(120, namespace="upload-user")
SEND_BY_USER = RateLimitItemPerMinute(60, namespace="send-user")
KEY_TEST_BY_USER = RateLimitItemPerMinute(20, namespace="key-test-user")


class Limiter:
    """Counts calls in moving windows."""

    def __init__(self) -> None:
        """Start with nothing counted."""
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def check(self, limit: RateLimitItem, *who: str) -> None:
        """Count one call of `who`.

        Raises:
            RateLimitedError: there were too many; it says when to try again.
        """
        if self._limiter.hit(limit, *who):
            return
        window = self._limiter.get_window_stats(limit, *who)
        wait = max(1, math.ceil(window.reset_time - time.time()))
        message = f"Too many attempts; please wait {_words(wait)} and try again."
        raise RateLimitedError(
            message, retry_after_seconds=wait, limit=limit.amount, remaining=window.remaining
        )


def _words(seconds: int) -> str:
    if seconds < 90:
        return f"{seconds} seconds" if seconds > 1 else "a second"
    return f"{math.ceil(seconds / 60)} minutes"
