"""Acts are counted for each person, and a refusal says when to come back."""

from __future__ import annotations

import pytest

from babble_app.errors import RateLimitedError
from babble_app.services.limits import Limiter


def test_the_act_over_the_limit_is_refused_and_says_when_to_come_back() -> None:
    limiter = Limiter()

    for _ in range(20):
        limiter.hit("register", "10.0.0.1")
    with pytest.raises(RateLimitedError) as caught:
        limiter.hit("register", "10.0.0.1")

    assert (caught.value.limit, caught.value.remaining) == (20, 0)
    assert 3590 <= caught.value.retry_after_seconds <= 3600
    assert "60 minutes" in str(caught.value)


def test_others_and_other_acts_are_counted_apart() -> None:
    limiter = Limiter()

    for _ in range(20):
        limiter.hit("register", "10.0.0.1")

    limiter.hit("register", "10.0.0.2")
    limiter.hit("log_in_address", "10.0.0.1")
