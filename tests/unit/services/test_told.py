"""Conversations as they are told, and by what they are found again."""

from __future__ import annotations

from babble_app.services.told import digest_of, digest_on, told


def test_messages_of_one_person_in_a_row_are_one():
    said = told([("user", "a"), ("user", "b"), ("assistant", "c"), ("user", "d"), ("user", "e")])

    assert said.before == (("user", "a\n\nb"), ("assistant", "c"))
    assert said.text == "d\n\ne"


def test_blanks_do_not_count_and_everything_else_does():
    start = digest_of("app_1", "ada")
    digest = digest_on(start, "user", "a b")

    assert digest_on(start, "user", " a\n b ") == digest
    others = {
        digest_on(start, "assistant", "a b"),
        digest_on(start, "user", "ab"),
        digest_on(digest_of("app_1", "bob"), "user", "a b"),
        digest_on(digest_of("app_1a", "da"), "user", "a b"),
        digest_on(digest, "user", "a b"),
    }
    assert digest not in others
    assert len(others) == 5
