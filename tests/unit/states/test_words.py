"""Figures as people read them."""

from __future__ import annotations

import pytest

from babble_app.states.account import browser_words
from babble_app.states.words import count_words, size_words

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
EDGE = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0 Safari/537.36 Edg/150.0"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Version/19.0 Mobile Safari/604.1"


@pytest.mark.parametrize(
    ("size_bytes", "words"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (999, "999 bytes"),
        (1000, "1.0 KB"),
        (1_468_006, "1.4 MB"),
        (26_214_400, "25 MB"),
    ],
)
def test_sizes_have_a_unit_and_few_digits(size_bytes: int, words: str) -> None:
    assert size_words(size_bytes) == words


def test_one_is_not_many() -> None:
    assert (count_words(1, "file"), count_words(0, "file"), count_words(2, "file")) == (
        "1 file",
        "0 files",
        "2 files",
    )


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (FIREFOX, "Firefox on Linux"),
        (EDGE, "Edge on Windows"),
        (IPHONE, "Safari on iPhone"),
        ("curl/8", "An unknown program"),
    ],
)
def test_browsers_are_known_by_their_user_agent(user_agent: str, words: str) -> None:
    assert browser_words(user_agent) == words
