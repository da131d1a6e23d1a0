"""Plain answers: passages, citations, tools."""

from __future__ import annotations

import pytest

from babble_app.agents import orchestrator
from babble_app.agents.selection import FILES_TOKENS, select
from babble_app.agents.triage import Decision
from babble_app.errors import ModelAnswerInvalidError, ModelUnavailableError
from babble_app.schemas.events import (
    Citation,
    StateChanged,
    TextDelta,
    ToolAnswered,
    ToolCalled,
    UsageCounted,
)
from babble_app.schemas.models import ModelAnswer, ModelMessage
from tests.fakes.scripted_client import ScriptedClient, make_answer, scripted
from tests.unit.agents.agent_requests import (
    BAKERY,
    asking,
    calling,
    events_of,
    make_file,
    only,
    text_of,
)

MENU = make_file("menu.txt", "Apple cake costs 3 euros.", "Tea costs 2 euros.")
BOOK = make_file(
    "book.txt",
    *(f"Chapter {n}. The whale number {n} swims. " + "word " * 900 for n in range(1, 12)),
    "Appendix: the kraken.",
)


async def test_an_answer_is_streamed_and_cites_the_passages_that_it_names() -> None:
    with scripted("Three euros [1]. Tea is cheaper [2], [9], [1](x).") as client:
        events = await events_of(
            orchestrator.run(client, asking("What do cake and tea cost?", files=(MENU,)))
        )

    assert text_of(TextDelta, events) == "Three euros [1]. Tea is cheaper [2], [9], [1](x)."
    cited = only(Citation, events)
    assert [(one.number, one.file, one.page) for one in cited] == [
        (1, "menu.txt", 1),
        (2, "menu.txt", 2),
    ]
    assert cited[0].quote == "Apple cake costs 3 euros."
    assert cited[0].file_id == "fil_menu.txt"
    assert '<passage number="1" file="menu.txt" page="1">' in client.prompts[0].messages[-2].text
    assert client.prompts[0].tools == ()


async def test_the_conversation_and_the_program_are_known() -> None:
    history = (ModelMessage(role="user", text="hi"), ModelMessage(role="assistant", text="Hello!"))
    with scripted("It sells cake.") as client:
        await events_of(
            orchestrator.run(client, asking("What does it do?", program=BAKERY, history=history))
        )

    messages = client.prompts[0].messages
    assert messages[1:3] == history
    assert BAKERY in messages[3].text
    assert messages[-1].text == "What does it do?"


async def test_a_large_file_is_searched_by_tools_and_cited_by_their_numbers() -> None:
    request = asking("whale number 7?", files=(BOOK,))
    chosen, _ = await select(ScriptedClient(), request, Decision("answer"))
    new = len(chosen.passages) + 1
    search = calling(("search_files", {"query": "kraken"}))
    with scripted(search, f"It swims [{new}].") as client:
        events = await events_of(orchestrator.run(client, request))

    assert {tool.name for tool in client.prompts[0].tools} == {"search_files", "read_file"}
    assert only(ToolCalled, events)[0].name == "search_files"
    assert only(ToolAnswered, events)[0].ok
    asked, answered = client.prompts[1].messages[-2:]
    assert (asked.role, asked.tool_calls[0].id) == ("assistant", "call_0")
    assert (answered.role, answered.tool_call_id) == ("tool", "call_0")
    assert f"[{new}] book.txt, page 12" in answered.text
    assert only(Citation, events)[0].page == 12
    assert len(only(UsageCounted, events)) == 2
    first, second = (event for event in only(StateChanged, events) if event.name == "reading")
    assert first.context[0].pages == tuple(sorted({one.page for one in chosen.passages}))
    assert second.context[0].pages == (*first.context[0].pages, 12)


async def test_a_model_that_takes_no_tools_answers_without_them() -> None:
    refused = ModelUnavailableError("no tools")
    with scripted(refused, "It swims.") as client:
        events = await events_of(orchestrator.run(client, asking("whale?", files=(BOOK,))))

    assert client.prompts[0].tools
    assert client.prompts[1].tools == ()
    assert text_of(TextDelta, events) == "It swims."


async def test_a_model_that_is_not_there_is_asked_for_no_second_time_without_tools() -> None:
    refused = ModelUnavailableError("no such model")
    with scripted(refused) as client, pytest.raises(ModelUnavailableError):
        await events_of(orchestrator.run(client, asking("What?")))


async def test_files_in_a_prompt_stay_within_their_budget() -> None:
    with scripted("A book.") as client:
        await events_of(orchestrator.run(client, asking("Read the file", files=(BOOK,))))

    assert 1000 < client.count_tokens(client.prompts[0].messages[-2:-1]) < 1.1 * FILES_TOKENS


async def test_unusable_calls_are_told_once_and_then_tools_are_taken_away() -> None:
    broken = calling(("search_files", {}), error="Expecting value")
    with scripted(broken, broken, "Without tools.") as client:
        events = await events_of(orchestrator.run(client, asking("whale?", files=(BOOK,))))

    assert "not a JSON object" in client.prompts[1].messages[-1].text
    assert client.prompts[1].tools
    assert client.prompts[2].tools == ()
    assert text_of(TextDelta, events) == "Without tools."


@pytest.mark.parametrize(
    ("name", "arguments", "said"),
    [
        ("delete_file", {}, "There is no tool"),
        ("search_files", {"question": "x"}, "query"),
        ("search_files", {"query": "qqqq"}, "No passage fits"),
        ("read_file", {"name": "menu.txt"}, "The files are: 'book.txt'"),
        ("read_file", {"name": "book.txt", "page": 99}, "page 99"),
        ("read_file", {"name": "book.txt", "page": 0}, "greater than or equal to 1"),
    ],
)
async def test_a_call_that_cannot_be_carried_out_tells_the_model_why(
    name: str, arguments: dict[str, object], said: str
) -> None:
    with scripted(calling((name, arguments)), "Well.") as client:
        events = await events_of(orchestrator.run(client, asking("whale?", files=(BOOK,))))

    assert said in client.prompts[1].messages[-1].text
    assert not only(ToolAnswered, events)[0].ok


async def test_after_six_rounds_the_model_has_to_answer() -> None:
    read = calling(("read_file", {"name": "book.txt", "page": 2}))
    with scripted(*[read] * 6, "Enough.") as client:
        events = await events_of(orchestrator.run(client, asking("whale?", files=(BOOK,))))

    assert client.prompts[-1].tools == ()
    assert len(only(ToolCalled, events)) == 6


@pytest.mark.parametrize("answer", ["", " \n", make_answer("It is", finish_reason="length")])
async def test_an_empty_or_cut_answer_fails_with_words(answer: str | ModelAnswer) -> None:
    with scripted(answer) as client, pytest.raises(ModelAnswerInvalidError):
        await events_of(orchestrator.run(client, asking("What?")))


async def test_a_filtered_answer_fails_with_words() -> None:
    filtered = make_answer("No", finish_reason="content_filter")
    with scripted(filtered) as client, pytest.raises(ModelAnswerInvalidError, match="filter"):
        await events_of(orchestrator.run(client, asking("What?")))
