"""What is stored of a call."""

from __future__ import annotations

import pytest

from tests.call_factories import make_record


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("gpt-4o-2026", "gpt-4o-2026"),
        ("a\x00b\x1b[31m\u202ec\ud800\n", "ab[31mc"),
        ("x" * 5000, "x" * 200),
        ("größe 模型", "größe 模型"),
    ],
)
def test_what_a_provider_says_it_ran_is_short_and_can_be_shown(said: str, kept: str) -> None:
    assert make_record("usr_1", served_model=said).served_model == kept
