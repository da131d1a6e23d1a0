"""A verdict counts only with words that are in the transcript."""

from __future__ import annotations

import pytest

from babble_app.agents.judge import is_quoted


@pytest.mark.parametrize(
    ("quote", "found"),
    [
        ("2 x apple, noted.", True),
        ("“2 x  apple,\nnoted.”", True),
        ("Bye", True),
        ("apple", False),
        ("", False),
        ("2 x pear, noted.", False),
        ("noted. agent: Bye", False),
    ],
)
def test_a_quote_must_be_in_the_transcript(quote: str, found: bool) -> None:
    assert is_quoted(quote, ["agent: 2 x apple, noted.", "agent: Bye"]) is found
