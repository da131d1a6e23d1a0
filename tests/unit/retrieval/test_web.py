"""Addresses that texts name: which are one, and that no text takes long."""

from __future__ import annotations

import time

import pytest

from babble_app.retrieval.web import find_addresses, plain_address


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("See https://www.Sea.example/Whales?a=1#top, please", {"sea.example/Whales?a=1"}),
        ("(docs.example.com/a_b) and mail@example.com", {"docs.example.com/a_b", "example.com"}),
        ("wait...example.com", {"example.com"}),
        ("xhttp://a-b.example:8080/", {"a-b.example:8080"}),
        ("**https://a.example/**...", {"a.example"}),
        ("version 1.2.3, e.g. this", set()),
    ],
)
def test_the_addresses_of_a_text_are_found(text: str, found: set[str]) -> None:
    assert find_addresses(text) == found


@pytest.mark.parametrize("piece", ["a.", "a", "a-", "1.", ".a"])
def test_no_text_keeps_the_server_from_its_work(piece: str) -> None:
    # Who looks for a beginning at each letter needs 6 s for this, and who is quick some milliseconds.
    text = "word " + piece * (24_000 // len(piece))
    began = time.process_time()

    assert find_addresses(text) == set()

    assert time.process_time() - began < 1


def test_a_model_cannot_write_a_message_behind_a_known_address() -> None:
    known = plain_address("https://sea.example/whales")

    assert plain_address("http://www.sea.example/whales/).") == known
    assert plain_address("https://sea.example/whales" + ".,;:!?" * 20) != known
