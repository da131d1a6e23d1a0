"""Prose and program come apart wherever a stream is cut."""

from __future__ import annotations

import pytest

from babble_app.agents.fences import BARE_PROGRAM, FenceSplitter, fence

ANSWERS = [
    ('Sure.\n\n```based\nsay("Hi")\nx = 1\n```\nDone.', "Sure.\n\n", 'say("Hi")\nx = 1\n', "Done."),
    ("```\na\n\n  ``\n`` `\n```", "", "a\n\n  ``\n`` `\n", ""),
    ("  ~~~~ based\r\na\n~~~\n~~~~  \nend `x` ``y``\n", "", "a\n~~~\n", "end `x` ``y``\n"),
    ("````based\na\n```\nb\n````\n```\nc\n```\n", "", "a\n```\nb\n", "c\n"),
    ("No program `here` ``at`` all\n ``\n", "No program `here` ``at`` all\n ``\n", "", ""),
    ("Cut off:\n```based\na\nb``", "Cut off:\n", "a\nb``", ""),
    ("Fine\n```based\na\n```", "Fine\n", "a\n", ""),
    ("A\n```json\n{}\n```\nB\n~~~python\na\n~~~\nC", "A\n```json\n{}\n```\nB\n", "a\n", "C"),
]


@pytest.mark.parametrize(("answer", "before", "code", "after"), ANSWERS)
def test_every_split_in_two_gives_the_same_parts(
    answer: str, before: str, code: str, after: str
) -> None:
    for cut in range(len(answer) + 1):
        assert split(answer[:cut], answer[cut:]) == (before + after, code), cut


@pytest.mark.parametrize(("answer", "before", "code", "after"), ANSWERS)
def test_single_characters_give_the_same_parts(
    answer: str, before: str, code: str, after: str
) -> None:
    assert split(*answer) == (before + after, code)


def test_every_split_in_three_of_a_short_answer() -> None:
    answer = "A\n```b\nx\n```\nB"
    for one in range(len(answer) + 1):
        for two in range(one, len(answer) + 1):
            assert split(answer[:one], answer[one:two], answer[two:]) == ("A\nB", "x\n")


def test_a_program_without_a_fence_is_code_from_its_first_line() -> None:
    answer = 'Here it is:\nsay("Hi")\nloop:\n    talk("x")\n'
    for cut in range(len(answer) + 1):
        splitter = FenceSplitter(bare=BARE_PROGRAM)
        parts = splitter.feed(answer[:cut]) + splitter.feed(answer[cut:]) + splitter.finish()
        assert "".join(text for kind, text in parts if kind == "prose") == "Here it is:\n"
        assert splitter.code == 'say("Hi")\nloop:\n    talk("x")\n'


def test_prose_is_passed_on_at_once() -> None:
    assert FenceSplitter().feed("Hello the") == [("prose", "Hello the")]


def test_a_fence_is_longer_than_what_it_holds() -> None:
    text = fence("a\n````\nb")

    splitter = FenceSplitter()
    splitter.feed(text)
    splitter.finish()

    assert splitter.code == "a\n````\nb\n"


def split(*pieces: str) -> tuple[str, str]:
    splitter = FenceSplitter()
    parts = [part for piece in pieces for part in splitter.feed(piece)] + splitter.finish()
    code = "".join(text for kind, text in parts if kind == "code")
    assert code == splitter.code
    return "".join(text for kind, text in parts if kind == "prose"), code
