"""How long is waited, without waiting."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from babble_app.sdk import Retries, ServerFailedError, TimedOutError, Timeouts
from babble_app.sdk.retries import Tries, read_retry_after


def make_tries(now: list[float], *, chance: float = 1.0, total: float = 600.0) -> Tries:
    return Tries(
        Timeouts(total=total), Retries(times=8), clock=lambda: now[0], chance=lambda: chance
    )


def test_waits_double_up_to_the_longest_and_are_a_random_part_of_it() -> None:
    whole, half = make_tries([0.0]), make_tries([0.0], chance=0.5)
    error = ServerFailedError("busy")

    assert [whole.wait_seconds(error, may_repeat=True) for _ in range(8)] == [
        0.5, 1, 2, 4, 8, 16, 30, 30,
    ]  # fmt: skip
    assert half.wait_seconds(error, may_repeat=True) == 0.25
    with pytest.raises(ServerFailedError):
        whole.wait_seconds(error, may_repeat=True)


def test_a_server_that_says_when_is_waited_for_at_least_as_long() -> None:
    busy = ServerFailedError("busy", retry_after_seconds=7.0)

    assert make_tries([0.0], chance=0.0).wait_seconds(busy, may_repeat=True) == 7.0
    assert make_tries([0.0], chance=1.0).wait_seconds(busy, may_repeat=True) == 7.5


def test_no_wait_goes_past_the_whole_time() -> None:
    now = [0.0]
    tries = make_tries(now, total=10.0)
    now[0] = 9.6

    assert tries.left_seconds() == pytest.approx(0.4)
    with pytest.raises(ServerFailedError):
        tries.wait_seconds(ServerFailedError("busy"), may_repeat=True)
    now[0] = 10.0
    with pytest.raises(TimedOutError, match="10 seconds"):
        tries.left_seconds()


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("7", 7.0),
        (" 7 ", 7.0),
        ("Tue, 01 Dec 2026 00:00:30 GMT", 30.0),
        ("Mon, 30 Nov 2026 00:00:00 GMT", 0.0),
        ("soon", None),
        ("-1", None),
        ("", None),
        ("9" * 400, float("inf")),
    ],
)
def test_retry_after_is_read_as_seconds_or_as_a_date(value: str, seconds: float | None) -> None:
    assert read_retry_after(value, datetime(2026, 12, 1, tzinfo=UTC)) == seconds
