"""What the page paints of a run's events."""

from __future__ import annotations

import pytest

from babble_app.schemas.events import (
    Attempt,
    Citation,
    FileUse,
    MessageDone,
    ProgramDelta,
    ReasoningDelta,
    RunStarted,
    StateChanged,
    TextDelta,
    ToolAnswered,
    ToolCalled,
    VersionSaved,
)
from babble_app.schemas.findings import Finding
from babble_app.states.live_answer import (
    LONGEST_TAIL_CHARS,
    SHOWN_THOUGHTS_CHARS,
    STEP_CHARS,
    LiveAnswer,
    part,
    split_finished,
)
from babble_app.states.message_views import UseView

MARKDOWN = (
    "# Title\n\nA paragraph\nof two lines.\n\n- one\n\n- two\n\n1. first\n\n```py\nx = 1\n\n\ny = 2\n```\n\n"
    "> quoted\n\n> goes on\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n~~~\n```\n\nstill code\n~~~\n\nThe end.\n"
)


@pytest.mark.parametrize("size", [1, 3, 7, 50, 10_000])
def test_blocks_and_tail_are_the_whole_text_however_it_is_cut(size: int) -> None:
    live = LiveAnswer()

    for at in range(0, len(MARKDOWN), size):
        live.add(TextDelta(text=MARKDOWN[at : at + size]))

    assert "".join(live.blocks) + live.tail == MARKDOWN


@pytest.mark.parametrize("size", [1, 3, 7, 50])
def test_a_finished_block_never_changes_again(size: int) -> None:
    live, before = LiveAnswer(), []

    for at in range(0, len(MARKDOWN), size):
        live.add(TextDelta(text=MARKDOWN[at : at + size]))
        assert live.blocks[: len(before)] == before
        before = live.blocks

    assert len(before) > 3


@pytest.mark.parametrize("size", [1, 5, 10_000])
def test_code_with_blank_lines_stays_one_block(size: int) -> None:
    live = LiveAnswer()

    for at in range(0, len(MARKDOWN), size):
        live.add(TextDelta(text=MARKDOWN[at : at + size]))

    assert any("x = 1\n\n\ny = 2\n```" in block for block in live.blocks)
    assert any("~~~\n```\n\nstill code\n~~~" in block for block in live.blocks)


def test_a_list_with_blank_lines_stays_together() -> None:
    finished, tail = split_finished("Do this:\n\n- one\n\n- two\n\nAfter")

    assert finished == ["Do this:\n\n- one\n\n- two\n\n"]
    assert tail == "After"


def test_a_very_long_list_is_cut_all_the_same() -> None:
    text = "- an item of the list\n\n" * (2 * LONGEST_TAIL_CHARS // 20)

    finished, tail = split_finished(text)

    assert finished
    assert len(tail) <= LONGEST_TAIL_CHARS + 100


def test_the_program_begins_anew_at_each_attempt() -> None:
    finding = Finding(code="E200", severity="error", message="`loop` without `until`", line=3)
    live = LiveAnswer(run_id="run_1")

    live.add(Attempt(n=1, of=5))
    live.add(ProgramDelta(text="wrong"))
    live.add(Attempt(n=2, of=5, findings=(finding,)))
    live.add(ProgramDelta(text="right"))

    assert live.program == "right"
    assert live.attempts[1].findings == ["Line 3: `loop` without `until`"]


def test_the_base_of_a_long_text_changes_only_every_few_thousand_characters() -> None:
    text, bases = "", set[str]()

    for _ in range(1000):
        text += "say('hello')\n"
        base, rest = part(text)
        bases.add(base)
        assert base + rest == text
        assert len(rest) < STEP_CHARS

    assert len(bases) == len(text) // STEP_CHARS + 1


def test_a_tool_call_and_its_answer_are_one_row() -> None:
    live = LiveAnswer()
    live.add(ToolCalled(call_id="c1", name="read_file", arguments={"name": "menu.pdf"}))
    assert live.tools[0].state == "running"

    live.add(ToolAnswered(call_id="c1", name="read_file", ok=False, summary="no such file"))

    assert [(tool.state, tool.summary) for tool in live.tools] == [("failed", "no such file")]


def test_only_the_end_of_long_thoughts_is_sent() -> None:
    live = LiveAnswer()

    for number in range(5000):
        live.add(ReasoningDelta(text=f"{number} "))

    assert len(live.thoughts) == SHOWN_THOUGHTS_CHARS
    assert live.thoughts.endswith("4999 ")


def test_the_line_says_what_is_going_on() -> None:
    live = LiveAnswer()
    assert live.doing == "Waiting for its turn"

    live.add(RunStarted(run_id="run_1", chat_id="cht_1", message_id="msg_1", model="demo/based"))
    live.add(StateChanged(name="checking"))
    assert live.doing == "Checking the program"

    live.add(StateChanged(name="thinking", detail="reading menu.pdf"))
    assert live.doing == "Thinking: reading menu.pdf"

    live.add(MessageDone(message_id="msg_2", text="", model="demo/based"))
    assert live.doing == ""


def test_citations_and_versions_are_listed() -> None:
    live = LiveAnswer()

    live.add(Citation(number=1, file_id="fil_1", file="menu.pdf", page=2, quote="Pizza 12"))
    live.add(VersionSaved(agent_id="agt_1", version_id="ver_1", number=3, summary="Says ciao."))

    assert (live.sources[0].number, live.sources[0].place) == (1, "page 2")
    assert (live.versions[0].title, live.versions[0].summary) == ("Version 3 saved", "Says ciao.")


def test_what_the_model_is_shown_is_named_and_a_later_word_replaces_it() -> None:
    live = LiveAnswer()
    menu = FileUse(file_id="fil_1", file="menu.pdf", pages=(2, 3))

    live.add(StateChanged.reading((menu,)))
    assert live.doing == "Reading: menu.pdf p. 2-3"
    live.add(StateChanged(name="answering"))
    assert live.used == [UseView("fil_1", "menu.pdf p. 2-3")]
    live.add(StateChanged.reading((menu, FileUse(file_id="fil_2", file="hours.txt"))))

    assert [one.words for one in live.used] == ["menu.pdf p. 2-3", "hours.txt"]


def test_text_that_turns_out_to_be_thinking_goes_to_the_thoughts() -> None:
    live = LiveAnswer()
    live.add(TextDelta(text="First I plan.\n\nThen I"))
    live.add(ReasoningDelta(text=" write.", all_before=True))

    live.add(TextDelta(text="Hello"))

    assert (live.blocks, live.tail) == ([], "Hello")
    assert "First I plan." in live.thoughts
    assert live.thoughts.endswith("Then I write.")
