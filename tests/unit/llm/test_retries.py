"""Which failures are tried again, and after how long."""

from __future__ import annotations

import pytest

from babble_app.errors import (
    ModelAnswerInvalidError,
    ModelTimeoutError,
    ProviderKeyRefusedError,
    ProviderRateLimitedError,
    ProviderUnavailableError,
)
from babble_app.llm.retries import Retries


def test_waits_grow_and_are_spread():
    error = ProviderUnavailableError("down")

    low = [Retries(rng=lambda: 0.0).wait_seconds(error, made) for made in (0, 1)]
    high = [Retries(rng=lambda: 1.0).wait_seconds(error, made) for made in (0, 1)]

    assert low == [0.15, 0.3]
    assert high == [0.3, 0.6]


def test_two_retries_are_enough():
    assert Retries().wait_seconds(ProviderUnavailableError("down"), 2) is None


@pytest.mark.parametrize(("asked", "wait"), [(0, 0), (1.5, 1.5), (5, 5), (6, None)])
def test_the_providers_own_wait_is_honoured_when_it_is_short(asked, wait):
    error = ProviderRateLimitedError("slow down", retry_after_seconds=asked)

    assert Retries().wait_seconds(error, 0) == wait


@pytest.mark.parametrize(
    "kind", [ModelAnswerInvalidError, ModelTimeoutError, ProviderKeyRefusedError]
)
def test_lasting_troubles_are_not_tried_again(kind):
    assert Retries().wait_seconds(kind("no"), 0) is None
