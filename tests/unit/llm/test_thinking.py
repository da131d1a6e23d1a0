"""Thinking that comes within the text is told from the answer, wherever the stream is cut."""

from __future__ import annotations

import pytest

from babble_app.llm.thinking import Habits, ThoughtSplitter, part_answer
from babble_app.schemas.models import ReasoningPart
from tests.fakes.scripted_client import make_answer

PROGRAM = '```based\nsay("Hi")\n```\n'


def read(text: str, size: int, habits: Habits | None = None) -> tuple[str, str]:
    """Return an answer's text and thinking, read in pieces."""
    splitter = ThoughtSplitter(habits or Habits())
    parts = [
        part for at in range(0, len(text), size) for part in splitter.feed(text[at : at + size])
    ]
    said, thought = "", ""
    for part in [*parts, *splitter.finish()]:
        if not isinstance(part, ReasoningPart):
            said += part.text
        elif part.all_before:
            said, thought = "", thought + said + part.text
        else:
            thought += part.text
    return said, thought


@pytest.mark.parametrize("size", [1, 2, 7, 1000])
@pytest.mark.parametrize(
    ("text", "said", "thought"),
    [
        ("<think>hm\nhm</think>\n\nHello", "Hello", "hm\nhm"),
        ("\n<think>\nhm\n</think>\nHello\n", "Hello\n", "\nhm\n"),
        ("<THINKING>hm</THINKING>Hello", "Hello", "hm"),
        ("[THINK]hm[/THINK]Hello", "Hello", "hm"),
        (f"<think>I write\n{PROGRAM}or so</think>Done.", "Done.", f"I write\n{PROGRAM}or so"),
        ("<think>never closed\n```based\nx\n```\n", "", "never closed\n```based\nx\n```\n"),
        ("<think></think>\n\nHello", "Hello", ""),
        ("</think>\n\nHello", "Hello", ""),
        ("One.\n<think>hm</think>\nTwo.", "One.\nTwo.", "hm"),
        (f"I plan\n{PROGRAM}</think>\n\nHello", "Hello", f"I plan\n{PROGRAM}"),
        ("a < b and <b>c</b> <thing>", "a < b and <b>c</b> <thing>", ""),
        ("```html\n<think>\n```\nThat is it.", "```html\n<think>\n```\nThat is it.", ""),
        (
            "The tags <think> and </think> mark it, `</think>` too.",
            "The tags <think> and </think> mark it, `</think>` too.",
            "",
        ),
        ("Write `</think>` at the end.", "Write `</think>` at the end.", ""),
        ("\n\n  indented\n\n", "\n\n  indented\n\n", ""),
        ("ends with <", "ends with <", ""),
        ("<thin", "<thin", ""),
        ("", "", ""),
    ],
)
def test_text_and_thinking_come_apart(text: str, said: str, thought: str, size: int) -> None:
    assert read(text, size) == (said, thought)


def test_a_model_that_does_not_open_its_thinking_is_known_the_next_time() -> None:
    habits = Habits()
    read("I plan.</think>Hello", 3, habits)

    splitter = ThoughtSplitter(habits)

    assert splitter.feed("I plan") == [ReasoningPart(text="I plan")]
    assert read("I plan.</think>\nHello", 3, habits) == ("Hello", "I plan.")
    assert read("<think>I plan.</think>\nHello", 3, habits) == ("Hello", "I plan.")


def test_such_a_models_answer_without_thinking_is_still_said() -> None:
    said, _ = read("Hello there.", 3, Habits(begins_thinking=True))

    assert said == "Hello there."


def test_a_whole_answer_is_parted_too() -> None:
    answer = part_answer(make_answer("I plan.</think>\n\nHello", reasoning="a "), Habits())

    assert (answer.text, answer.reasoning) == ("Hello", "a I plan.")
    assert part_answer(make_answer("Hello"), Habits()) == make_answer("Hello")


def test_long_answers_are_read_in_linear_time() -> None:
    text = "a line of some text\n" * 20_000

    assert read(text, len(text)) == (text, "")
