"""Acts are counted for each person, and a refusal says when to come back."""

from __future__ import annotations

import threading
import time

import pytest

from babble_app.errors import RateLimitedError
from babble_app.services.limits import Limiter, Windows, network_of


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


@pytest.mark.parametrize(
    ("address", "counted_as"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2::7", "2001:db8:1:2::/64"),
        ("2001:DB8:1:2:ffff:ffff:ffff:ffff", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::7", "2001:db8:1:3::/64"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("::ffff:cb00:7107", "203.0.113.7"),
        ("fe80::7%eth0", "fe80::/64"),
        ("", ""),
        ("unix:", "unix:"),
    ],
)
def test_a_caller_is_an_ipv4_address_or_an_ipv6_network(address: str, counted_as: str) -> None:
    assert network_of(address) == counted_as


def test_counting_starts_no_threads() -> None:
    limiter = Limiter()
    for thread in threading.enumerate():
        if isinstance(thread, threading.Timer):
            thread.join(5)  # the library's first one, of 10 ms
    before = set(threading.enumerate())

    limiter.hit("send", "usr_1")

    assert set(threading.enumerate()) <= before


def test_a_window_moves_with_the_time() -> None:
    windows = Windows()

    assert [windows.acquire_entry("a", 2, 60) for _ in range(3)] == [True, True, False]
    windows.events["a"][-1].atime -= 61

    assert [windows.acquire_entry("a", 2, 60) for _ in range(2)] == [True, False]


def test_what_is_over_is_forgotten() -> None:
    windows = Windows()
    windows.acquire_entry("over", 2, 60)
    windows.acquire_entry("counts", 2, 3600)

    windows.sweep(time.time() + 61)

    assert list(windows.events) == ["counts"]
