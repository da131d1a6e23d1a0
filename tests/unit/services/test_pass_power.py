"""How sure an agent is to pass, from how many tries did."""

from __future__ import annotations

import pytest

from babble_app.services import live_tests


def test_pass_k_is_estimated_without_bias() -> None:
    assert live_tests.pass_power(3, 3, 3) == 1.0
    assert live_tests.pass_power(2, 3, 2) == pytest.approx(1 / 3)
    assert live_tests.pass_power(2, 3, 3) == 0.0
    assert live_tests.pass_power(8, 10, 1) == 0.8
