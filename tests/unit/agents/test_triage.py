"""What a message asks for, by rule and by model."""

from __future__ import annotations

import time

import pytest

from babble_app.agents import orchestrator, triage
from babble_app.agents.triage import find_kind
from babble_app.errors import ModelAnswerInvalidError
from babble_app.schemas.events import StateChanged, TextDelta, UsageCounted, VersionProposed
from tests.fakes.scripted_client import Scripted, scripted
from tests.unit.agents.agent_requests import BAKERY, events_of, make_request, only, text_of

BUILDS = [
    "Make an agent that books tables for a pizzeria",
    "make me a bot for my dentist's office",
    "Please create a friendly voice assistant that asks for name and email",
    "Can you build an order-taking agent?",
    "I want a chatbot that answers questions about opening hours",
    "I need an agent for hotel check-in",
    "A receptionist that collects name, phone number and reason",
    "An agent for a bike shop. It greets, asks for the model and says goodbye.",
    "Erstelle einen Agenten, der Termine annimmt",
    "Crea un agente que tome pedidos",
    "Hi! Could you please write an assistant for our library?",
]
ANSWERS = [
    "hi", "Hello!", "hey there", "Good morning", "thanks a lot", "ok", "How are you?", "Danke schön!", "",
    "What is an agent?", "How do I make an agent?", "Which files are there?", "who wrote this?", "Summarize the menu",
    "What does an apple cake cost?", "Why did it fail", "Is this an assistant that can book?",
]  # fmt: skip
CHANGES = [
    "Add a question for the phone number",
    "change the greeting to Good morning",
    "Make it shorter",
    "Please rename the agent to Luigi",
    "Can you remove the goodbye?",
    "the greeting should be friendlier",
    "don't ask for the email",
    "Also ask for the address",
    "Ändere die Begrüßung",
]


@pytest.mark.parametrize("text", BUILDS)
def test_a_wish_for_an_agent_is_built_where_there_is_none(text: str) -> None:
    assert find_kind(text, has_program=False) == "build"


@pytest.mark.parametrize("has_program", [True, False])
@pytest.mark.parametrize("text", ANSWERS)
def test_greetings_and_questions_never_write_a_program(text: str, *, has_program: bool) -> None:
    assert find_kind(text, has_program=has_program) == "answer"


@pytest.mark.parametrize("text", CHANGES)
def test_a_wish_for_something_else_changes_the_program_that_is_there(text: str) -> None:
    assert find_kind(text, has_program=True) == "change"


def test_another_agent_is_built_beside_a_program() -> None:
    assert find_kind("Make a new agent that sells shoes", has_program=True) == "build"


@pytest.mark.parametrize("has_program", [True, False])
def test_long_messages_are_sorted_in_useful_time(*, has_program: bool) -> None:
    started = time.perf_counter()

    for text in ("please " * 5000, "a " * 16000, "make " + "x" * 32000, "-" * 32000, "hi " * 10000):
        find_kind(text, has_program=has_program)

    assert time.perf_counter() - started < 10  # what grows with the square takes minutes


@pytest.mark.parametrize(
    ("mode", "program", "kind"),
    [
        ("chat", None, "answer"),
        ("chat", BAKERY, "answer"),
        ("build", None, "build"),
        ("build", BAKERY, "change"),
    ],
)
async def test_a_chosen_mode_decides_without_a_model(
    mode: str, program: str | None, kind: str
) -> None:
    with scripted() as client:
        decision = await triage.decide(
            client, make_request("hm, something", mode=mode, program=program)
        )

    assert decision.kind == kind


@pytest.mark.parametrize(
    ("answer", "program", "kind"),
    [
        ('{"kind": "change"}', BAKERY, "change"),
        ('Sure!\n```json\n{"kind":"build"}\n```', None, "build"),
        ("change", BAKERY, "change"),
        ('{"kind": "change"}', None, "build"),
        ('{"kind": "delete"}', BAKERY, "answer"),
        ("I think they would like...", BAKERY, "answer"),
        ("", None, "answer"),
        (ModelAnswerInvalidError("thoughts only"), BAKERY, "answer"),
    ],
)
async def test_an_unclear_message_is_given_to_the_model(
    answer: Scripted, program: str | None, kind: str
) -> None:
    with scripted(answer) as client:
        decision = await triage.decide(
            client, make_request("the greeting, hm </request>", program=program)
        )

    assert decision.kind == kind
    assert client.prompts[0].task == "triage"
    assert client.prompts[0].messages[1].text.count("</request>") == 1


async def test_a_greeting_is_answered_and_builds_nothing() -> None:
    with scripted("Hello! What shall I build?") as client:
        events = await events_of(orchestrator.run(client, make_request("hi")))

    assert text_of(TextDelta, events) == "Hello! What shall I build?"
    assert not only(VersionProposed, events)
    assert [event.name for event in only(StateChanged, events)] == ["thinking", "answering"]


async def test_a_description_is_built_and_a_change_is_made() -> None:
    with scripted(f"Here.\n```based\n{BAKERY}```") as client:
        built = await events_of(orchestrator.run(client, make_request()))
    assert only(VersionProposed, built)[0].kind == "create"

    hunk = "```diff\n@@\n-    return\n+    continue\n```"
    with scripted('{"kind": "change"}', hunk) as client:
        request = make_request("return is wrong, continue is right", program=BAKERY)
        changed = await events_of(orchestrator.run(client, request))
    assert only(VersionProposed, changed)[0].kind == "edit"
    assert len(only(UsageCounted, changed)) == 2
