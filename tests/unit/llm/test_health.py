"""The circuit of each model and key: cooling down, one probe, and how long calls take."""

from __future__ import annotations

import pytest

from babble_app.errors import (
    ContextTooLargeError,
    ModelAnswerInvalidError,
    ModelTimeoutError,
    ProviderKeyRefusedError,
    ProviderRateLimitedError,
    ProviderUnavailableError,
)
from babble_app.llm import health as module
from babble_app.llm.failures import FilteredError
from babble_app.llm.health import Health, Latency
from tests.unit.llm.candidates import make_candidate

DOWN = ProviderUnavailableError("down")


class Clock:
    """A time that passes when it is told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def make_health() -> tuple[Health, Clock]:
    clock = Clock()
    return Health(clock), clock


@pytest.mark.parametrize(
    "error",
    [
        DOWN,
        ProviderRateLimitedError("slow down"),
        ModelTimeoutError("late"),
        ModelAnswerInvalidError("<html>"),
    ],
    ids=lambda error: error.code,
)
def test_a_failure_cools_the_model_for_a_while(error: Exception) -> None:
    health, clock = make_health()
    model = make_candidate("one")

    health.enter(model).bad(error)

    assert health.trouble(model) == error.code
    assert not health.enter(model).admitted
    clock.now += module.FIRST_COOLDOWN_SECONDS
    assert health.trouble(model) == ""
    assert health.enter(model).admitted


@pytest.mark.parametrize(
    "error", [ContextTooLargeError("too long"), FilteredError("not that")], ids=repr
)
def test_the_requests_own_fault_says_nothing_about_the_model(error: Exception) -> None:
    health, _ = make_health()
    model = make_candidate("one")

    health.enter(model).bad(error)

    assert health.enter(model).admitted


def test_each_failure_in_a_row_cools_twice_as_long_up_to_a_limit() -> None:
    health, clock = make_health()
    model = make_candidate("one")
    waits: list[float] = []

    for _ in range(12):
        health.enter(model).bad(DOWN)
        began = clock.now
        while health.trouble(model):
            clock.now += 1
        waits.append(clock.now - began)

    assert waits[:4] == [2, 4, 8, 16]
    assert waits[-1] == module.LONGEST_COOLDOWN_SECONDS


def test_a_success_forgets_the_failures_before() -> None:
    health, clock = make_health()
    model = make_candidate("one")
    for _ in range(3):
        health.enter(model).bad(DOWN)
        clock.now += 60

    health.enter(model).good(first_token_seconds=0.1, total_seconds=1.0)
    health.enter(model).bad(DOWN)
    clock.now += module.FIRST_COOLDOWN_SECONDS

    assert health.trouble(model) == ""


@pytest.mark.parametrize(("asked", "seconds"), [(30.0, 30.0), (10.0**9, 3600.0), (0.5, 0.5)])
def test_retry_after_is_respected(asked: float, seconds: float) -> None:
    health, clock = make_health()
    model = make_candidate("one")

    health.enter(model).bad(ProviderRateLimitedError("slow down", retry_after_seconds=asked))

    clock.now += seconds - 0.01
    assert health.trouble(model) == "provider_rate_limited"
    clock.now += 0.02
    assert health.trouble(model) == ""


def test_after_the_cooldown_one_call_at_a_time_probes() -> None:
    health, clock = make_health()
    model = make_candidate("one")
    health.enter(model).bad(DOWN)
    clock.now += 5

    probe = health.enter(model)

    assert probe.admitted
    assert not health.enter(model).admitted
    assert health.trouble(model) == "provider_unavailable"
    probe.good(first_token_seconds=0.1, total_seconds=1.0)
    assert health.enter(model).admitted
    assert health.enter(model).admitted


def test_a_failed_probe_opens_the_circuit_for_longer() -> None:
    health, clock = make_health()
    model = make_candidate("one")
    health.enter(model).bad(DOWN)
    clock.now += 2

    health.enter(model).bad(DOWN)

    clock.now += 3
    assert health.trouble(model)
    clock.now += 1
    assert not health.trouble(model)


def test_a_probe_that_was_cancelled_makes_room_for_the_next() -> None:
    health, clock = make_health()
    model = make_candidate("one")
    health.enter(model).bad(DOWN)
    clock.now += 2

    health.enter(model).leave()

    assert health.enter(model).admitted


def test_a_refused_key_cools_all_its_models_and_no_other_key() -> None:
    health, _ = make_health()
    one, other = make_candidate("one"), make_candidate("two")
    elsewhere = make_candidate("one", key="another key")

    health.enter(one).bad(ProviderKeyRefusedError("no"))

    assert health.trouble(other) == "provider_key_refused"
    assert health.trouble(elsewhere) == ""


def test_a_key_that_works_again_opens_all_its_models() -> None:
    health, clock = make_health()
    one, other = make_candidate("one"), make_candidate("two")
    health.enter(one).bad(ProviderKeyRefusedError("no"))
    clock.now += module.FIRST_COOLDOWN_SECONDS

    health.enter(one).good(first_token_seconds=0.1, total_seconds=1.0)

    assert health.enter(one).admitted
    assert health.enter(other).admitted
    assert health.enter(other).admitted


def test_a_models_trouble_leaves_the_keys_other_models_alone() -> None:
    health, _ = make_health()

    health.enter(make_candidate("one")).bad(DOWN)

    assert health.trouble(make_candidate("two")) == ""


def test_latencies_are_those_of_the_last_calls() -> None:
    health, _ = make_health()
    model = make_candidate("one")
    for number in range(1, 201):
        health.enter(model).good(first_token_seconds=number, total_seconds=None)

    assert health.first_token(model) == Latency(calls=100, p50=151, p95=195)
    assert health.total(model) == Latency()


def test_what_is_remembered_is_bounded() -> None:
    health, _ = make_health()
    first = make_candidate("first")
    health.enter(first).bad(DOWN)

    for number in range(module.MOST_MODELS):
        health.enter(make_candidate(f"model {number}"))

    assert health.trouble(first) == ""
