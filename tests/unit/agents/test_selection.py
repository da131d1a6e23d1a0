"""Which files, which parts of them and which earlier messages a model is shown."""

from __future__ import annotations

import pytest

from babble_app.agents import orchestrator, selection
from babble_app.agents.context import files_message
from babble_app.agents.earlier import NEWEST, choose_earlier
from babble_app.agents.request import AgentRequest
from babble_app.agents.triage import Decision
from babble_app.schemas.events import StateChanged
from babble_app.schemas.models import Image, ModelMessage
from tests.fakes.scripted_client import Scripted, ScriptedClient, scripted
from tests.unit.agents.agent_requests import BAKERY, events_of, make_file, make_request, only

FILLER = "Lorem ipsum dolor sit amet, consectetur adipiscing elit. " * 60
MENU = make_file(
    "menu.pdf",
    f"Starters. Soup of the day. {FILLER}",
    f"Cakes. Apple cake 3 euros, cherry cake 4 euros. {FILLER}",
    f"More cakes: a chocolate cake for twelve people costs 30 euros. {FILLER}",
    f"Drinks. Tea and coffee. {FILLER}",
    kind="pdf",
)
HOURS = make_file("hours.txt", "Open from nine to five. Closed on Mondays.")
NOVEL = make_file(
    "novel.txt", *(f"Chapter {n}. The whale swims. {FILLER * 2}" for n in range(1, 30))
)
PICTURE = make_file("cake.png", kind="image", image=Image(media_type="image/png", data=b"x"))


async def shown(
    text: str,
    *files: object,
    kind: str = "answer",
    answers: tuple[Scripted, ...] = (),
    **fields: object,
) -> list[str]:
    """Return in words what a request is shown of the files."""
    request = make_request(text, files=files, **fields)
    with scripted(*answers) as client:
        chosen, _ = await selection.select(client, request, Decision(kind))  # pyright: ignore[reportArgumentType]
    uses = selection.uses_of(chosen.files, chosen.passages, chosen.pictures)
    return [use.words for use in uses]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("What does a cherry cake cost?", ["menu.pdf p. 2-3"]),
        ("Are you closed on Mondays?", ["hours.txt"]),
        ("What is in menu.pdf?", ["menu.pdf p. 1-4"]),
        ("Compare @menu.pdf with the opening hours", ["menu.pdf p. 1-4", "hours.txt"]),
        ("What are the main points of the files?", ["menu.pdf p. 1-4", "hours.txt"]),
        ("hi", []),
        ("Thanks a lot!", []),
    ],
)
async def test_files_and_pages_are_chosen_by_rules(text: str, words: list[str]) -> None:
    assert await shown(text, MENU, HOURS) == words


async def test_a_new_agent_is_shown_all_that_fits() -> None:
    assert await shown("Make a bot for Nora", MENU, HOURS, kind="build") == [
        "menu.pdf p. 1-4", "hours.txt",
    ]  # fmt: skip


async def test_a_short_question_is_understood_with_the_one_before() -> None:
    history = (
        ModelMessage(role="user", text="What does the cherry cake cost?"),
        ModelMessage(role="assistant", text="Four euros."),
    )

    assert await shown("And for twelve?", MENU, HOURS) == ["menu.pdf p. 3"]
    assert await shown("And elsewhere?", MENU, HOURS, history=history) == ["menu.pdf p. 2-3"]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ('{"kind": "answer", "files": [2]}', ["hours.txt"]),
        ('Sure: ```json\n{"kind":"answer","files":[2, 2]}\n```', ["hours.txt"]),
        ('{"kind": "answer", "files": []}', []),
        ('{"kind": "answer", "files": [7]}', ["menu.pdf p. 1-4", "hours.txt"]),
        ("I would read the second one.", ["menu.pdf p. 1-4", "hours.txt"]),
        ("", ["menu.pdf p. 1-4", "hours.txt"]),
    ],
)
async def test_where_no_rule_can_tell_the_model_names_the_files_and_garbled_words_mean_all(
    answer: str, words: list[str]
) -> None:
    assert await shown("Wann habt ihr offen?", MENU, HOURS, answers=(answer,)) == words


async def test_the_model_is_asked_once_for_both_the_kind_and_the_files() -> None:
    with scripted('{"kind": "answer", "files": [2]}', "Neun bis fünf.") as client:
        events = await events_of(
            orchestrator.run(client, make_request("Offen wann, bitte", files=(MENU, HOURS)))
        )

    asked = client.prompts[0]
    assert asked.task == "triage"
    assert "2. hours.txt: Open from nine to five." in asked.messages[1].text
    assert asked.json_schema is not None
    assert set(asked.json_schema["properties"]) == {"kind", "files"}
    [reading] = [event for event in only(StateChanged, events) if event.name == "reading"]
    assert reading.detail == "hours.txt"


async def test_small_files_that_nothing_fits_are_shown_without_asking() -> None:
    assert await shown("Wann habt ihr offen?", HOURS) == ["hours.txt"]


async def test_a_book_is_shown_within_the_budget_and_the_best_parts_of_it_first() -> None:
    whale = make_file("book.pdf", *(page.text for page in NOVEL.pages), "A cherry pie.", kind="pdf")
    with scripted() as client:
        request = make_request("All files: where is the cherry?", files=(whale,))
        chosen, _ = await selection.select(client, request, Decision("answer"))

    texts = [passage.text for passage in chosen.passages]
    assert "A cherry pie." in texts
    assert (
        1000 < client.count_tokens([ModelMessage(role="user", text=text) for text in texts]) <= 6000
    )


@pytest.mark.parametrize(
    ("text", "sees", "words"),
    [
        ("What is on it, a cake?", True, "cake.png"),
        ("What is on it, a cake?", False, ""),
        ("Read hours.txt", True, "hours.txt"),
        ("Look at cake.png", True, "cake.png"),
    ],
)
async def test_pictures_are_named_without_pages_where_they_are_seen(
    text: str, words: str, *, sees: bool
) -> None:
    files = (PICTURE, HOURS) if "hours" in text else (PICTURE,)
    with scripted("Well.", sees_images=sees) as client:
        events = await events_of(
            orchestrator.run(client, make_request(text, mode="chat", files=files))
        )

    reading = [event.detail for event in only(StateChanged, events) if event.name == "reading"]
    assert reading == ([words] if words else [])
    assert bool(client.prompts[0].messages[-1].images) == (sees and "cake" in text)


async def test_passages_of_a_page_are_written_as_one_text_with_its_gaps_marked() -> None:
    page = f"Cakes are baked daily. {FILLER * 4}\nCherry cakes on Fridays."
    request = make_request(
        "Which cakes are baked on Fridays?", files=(make_file("menu.txt", page),)
    )
    client = ScriptedClient()
    chosen, _ = await selection.select(client, request, Decision("change"))

    [message] = files_message(chosen, client)

    assert message.text.count("<file ") == 1
    assert "\n[…]\n" in message.text
    assert message.text.index("baked daily") < message.text.index(
        "Cherry cakes on Fridays.\n</file>"
    )


def conversation(exchanges: int, words: int = 200) -> tuple[ModelMessage, ...]:
    said = [
        (
            ModelMessage(role="user", text=f"Question {n} about topic{n} " + "word " * words),
            ModelMessage(role="assistant", text=f"Answer {n}."),
        )
        for n in range(exchanges)
    ]
    return tuple(message for pair in said for message in pair)


def count(text: str) -> int:
    return len(text.split())


def test_a_short_conversation_is_shown_whole() -> None:
    assert choose_earlier(conversation(5), "What?", count) == conversation(5)


def test_of_a_long_conversation_the_newest_and_what_speaks_of_the_same_is_shown() -> None:
    history = conversation(28)

    chosen = choose_earlier(history, "What about topic4 again?", count)

    assert chosen == (*history[8:10], *history[-NEWEST:])


def test_the_middle_of_an_endless_message_is_left_out() -> None:
    [message] = choose_earlier((ModelMessage(role="user", text="a" * 50_000 + "end"),), "?", count)

    assert len(message.text) < 7000
    assert message.text.endswith("end")


def test_a_request_is_not_changed_by_choosing() -> None:
    assert make_request(program=BAKERY).passages == ()
    assert AgentRequest.__dataclass_fields__["pictures"].default == ()
