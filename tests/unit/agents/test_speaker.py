"""What a visitor hears of a model's answer, word by word."""

from __future__ import annotations

import pytest

from babble_app.agents.speaker import Voice


def heard(pieces: list[str], *, holds_lines: bool = True) -> list[str]:
    voice = Voice(holds_lines=holds_lines)
    said = [voice.hear(piece) for piece in pieces]
    return [piece for piece in [*said, voice.finish()] if piece]


def test_plain_words_are_passed_on_at_once() -> None:
    assert heard(["Hel", "lo ", "there", "."]) == ["Hel", "lo", " there", "."]


@pytest.mark.parametrize(
    "pieces",
    [["NEXT: goodbye"], ["NE", "XT", ": good", "bye\n"], ["\n> `NEXT: goodbye`"]],
)
def test_a_line_that_chooses_an_exit_is_never_heard(pieces: list[str]) -> None:
    assert heard(pieces) == []


def test_words_that_only_begin_like_one_are_heard_when_that_is_plain() -> None:
    assert "".join(heard(["N", "E", "W bikes", " are here"])) == "NEW bikes are here"
    assert "".join(heard(["Hello\nNEXT", " week\n"])) == "Hello\nNEXT week"


def test_a_choice_behind_words_leaves_the_words() -> None:
    assert "".join(heard(["See you.\n", "NEXT: bye"])) == "See you."


def test_where_nothing_can_be_chosen_every_line_is_heard() -> None:
    assert "".join(heard(["NEXT: stop", " is the Main Street"], holds_lines=False)) == (
        "NEXT: stop is the Main Street"
    )


def test_blanks_at_the_ends_are_left_out() -> None:
    assert heard(["  \n", " Hello", "  ", "\n\n"]) == ["Hello"]
