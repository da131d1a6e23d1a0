"""Description -> builder -> valid program -> run to its end -> change -> valid diff, all on the demo model."""

from contextlib import aclosing
from datetime import date

import pytest

from babble_app.agents import orchestrator
from babble_app.agents.request import AgentRequest, ContextFile
from babble_app.agents.talker import answer_effect
from babble_app.based.checker import check
from babble_app.based.effects import UserEffect
from babble_app.based.parser import parse
from babble_app.based.runner import Execution
from babble_app.components.chat_pane import STARTERS
from babble_app.errors import AgentNotValidError
from babble_app.llm.demo.client import DemoClient
from babble_app.schemas.events import Attempt, TextDelta, VersionProposed
from babble_app.schemas.workspaces import FilePage

DESCRIPTION = (
    "An agent called Sweet Crumbs for a bakery. It asks for their name, email and what cake they want, confirms the order, "
    "answers questions about opening hours, hands over to a human if asked, and says goodbye."
)
MENU = ContextFile(
    id="fil_1",
    name="menu.txt",
    kind="text",
    pages=(FilePage(page=1, text="The bakery is open from 7 to 18. A cake costs 24 euros."),),
)
MODEL = DemoClient(pace=0)


def make_request(text, program=None, files=()):
    return AgentRequest(
        text=text,
        mode="build",
        program=program,
        agent_name=None,
        history=(),
        files=files,
        today=date(2026, 11, 21),
    )


async def collect(request):
    async with aclosing(orchestrator.run(MODEL, request)) as events:
        return [event async for event in events]


def proposal(events):
    return next(event for event in events if isinstance(event, VersionProposed))


async def talk_through(program, said):
    execution, waiting = Execution(parse(program)), list(said)
    for _ in range(60):
        if execution.pending is None:
            break
        if isinstance(execution.pending, UserEffect):
            execution.send({"kind": "user", "text": waiting.pop(0)})
        else:
            answer, _ = await answer_effect(MODEL, execution.pending)
            execution.send(answer)
    return execution


async def test_a_description_becomes_an_agent_that_works_and_can_be_changed():
    built = proposal(await collect(make_request(DESCRIPTION, files=(MENU,))))
    assert check(built.program).ok
    assert built.name == "Sweet Crumbs"

    execution = await talk_through(
        built.program,
        [
            "Hello",
            "When are you open?",
            "My name is Ada",
            "ada@example.com",
            "an apple cake",
            "yes, that's right",
        ],
    )
    assert execution.status == "finished"
    said = [event.text for event in execution.events if event.type == "agent"]
    assert any("open from 7 to 18" in text for text in said)
    assert any(
        "Name: Ada, email address: ada@example.com, cake: apple cake" in text for text in said
    )

    changed = proposal(
        await collect(make_request("Also ask for their phone number", built.program))
    )
    assert check(changed.program).ok
    assert "phone_number" in changed.program
    assert changed.kind == "edit"


async def test_a_person_can_correct_what_was_noted():
    built = proposal(await collect(make_request(DESCRIPTION)))

    execution = await talk_through(
        built.program,
        [
            "I'm Ada, ada@example.com",
            "apple cake",
            "no, that is wrong",
            "my email is ada@new.example",
            "yes",
        ],
    )

    said = [event.text for event in execution.events if event.type == "agent"]
    assert execution.status == "finished"
    assert any("ada@new.example" in text for text in said)


async def test_a_person_who_wants_a_human_gets_one():
    built = proposal(await collect(make_request(DESCRIPTION)))

    execution = await talk_through(built.program, ["I want to talk to a human"])

    assert execution.status == "transferred"


@pytest.mark.parametrize("mistake", ["bad indentation", "fence", "lazy", "wrong counts"])
@pytest.mark.parametrize("task", ["build", "change"])
async def test_a_mistake_that_was_asked_for_is_mended_in_a_later_round(task, mistake):
    program = proposal(await collect(make_request(DESCRIPTION))).program
    if task == "build":
        events = await collect(make_request(f"{DESCRIPTION} (demo: {mistake})"))
    else:
        events = await collect(make_request(f"greet in Spanish (demo: {mistake})", program))

    assert check(proposal(events).program).ok
    rounds = sum(isinstance(event, Attempt) for event in events)
    assert rounds == 2 if mistake in {"bad indentation", "lazy"} else rounds <= 2


@pytest.mark.parametrize("task", ["build", "change"])
async def test_a_mistake_that_is_never_mended_ends_without_a_version(task):
    program = proposal(await collect(make_request(DESCRIPTION))).program
    text = DESCRIPTION if task == "build" else "greet in Spanish"
    request = make_request(f"{text} (demo: never valid)", None if task == "build" else program)

    with pytest.raises(AgentNotValidError):
        await collect(request)


HOTEL, BIKES = STARTERS[0][1], STARTERS[1][1]
BAKERY = (
    "Make an agent for a bakery. It greets people, takes cake orders (name, cake, pickup date) and hands over to a person "
    "when asked."
)
CHANGES = [
    ("Also ask for their phone number", "phone_number", {BIKES}),
    ("Greet in Spanish", "¡Hola! Soy", set()),
    ("Change the greeting to Good evening and welcome", 'say("Good evening and welcome")', set()),
    ("Let people talk to a human", 'until "the person asks for a human":', {BIKES, BAKERY}),
    ("Rename it to Luna", "# Agent: Luna", set()),
    ("Change the goodbye to See you soon", 'say("See you soon")', set()),
]


async def build(description):
    return proposal(await collect(make_request(description)))


def agent_said(execution):
    return [event.text for event in execution.events if event.type == "agent"]


@pytest.mark.parametrize(
    ("description", "name", "details"),
    [
        (HOTEL, "Hotel Linde assistant", "name, arrival date and number of nights"),
        (BIKES, "Bike shop assistant", "problem with the bike, name and phone number"),
        (BAKERY, "Bakery assistant", "name, cake and pickup date"),
    ],
)
async def test_what_we_suggest_describes_an_agent_with_the_right_details(
    description, name, details
):
    built = await build(description)

    assert built.name == name
    assert f"Ask for these details, one at a time: {details}." in built.program
    assert f'until "the person has given their {details}":' in built.program
    assert ("transfer(" in built.program) == (description != HOTEL)


@pytest.mark.parametrize(
    ("description", "said", "answers"),
    [
        (
            HOTEL,
            ["Hello, I'd like to book a room", "I'm Anna Berg", "December 3rd", "two", "that's correct"],
            [
                "Hello, this is the assistant of Hotel Linde. How can I help you?",
                "Gladly. What is your name?",
                "Thank you. Could you tell me the arrival date, please?",
                "Thank you. How many nights?",
                "I have noted this. Name: Anna Berg, arrival date: December 3rd, number of nights: 2.",
                "Is that right?",
                "Thank you for contacting Hotel Linde. Goodbye!",
            ],
        ),
        (
            HOTEL,
            ["My name is Anna Berg and I arrive on 3 December for 2 nights", "no, 4 nights", "yes", "yes"],
            [
                "Hello, this is the assistant of Hotel Linde. How can I help you?",
                "I have noted this. Name: Anna Berg, arrival date: 3 December, number of nights: 2.",
                "Is that right?",
                "I have changed that: number of nights 4. Shall I read it all back?",
                "I have noted this. Name: Anna Berg, arrival date: 3 December, number of nights: 4.",
                "Is that right?",
                "Thank you for contacting Hotel Linde. Goodbye!",
            ],
        ),
        (
            BIKES,
            ["My brakes squeak", "Tom Miller", "why?", "030 1234567"],
            [
                "Hello, this is the assistant of the bike shop. How can I help you?",
                "Thank you. What is your name?",
                "Thank you. What is your phone number?",
                "Sorry, I did not understand that. What is your phone number?",
                "I have noted this. Problem with the bike: my brakes squeak, name: Tom Miller, phone number: 030 1234567.",
                "Thank you for contacting the bike shop. Goodbye!",
            ],
        ),
        (
            BIKES,
            ["I have a problem with my bike, can you help?", "The chain falls off", "I want to talk to a person"],
            [
                "Hello, this is the assistant of the bike shop. How can I help you?",
                "Gladly. What is wrong with the bike?",
                "Thank you. What is your name?",
                "I am handing you over to a colleague. One moment, please.",
            ],
        ),
        (
            BAKERY,
            ["Hi", "I'd like to order a cake", "Ada", "a chocolate cake", "tomorrow"],
            [
                "Hello, this is the assistant of the bakery. How can I help you?",
                "What is your name?",
                "Gladly. What is your name?",
                "Thank you. Which cake would you like?",
                "Thank you. Could you tell me the pickup date, please?",
                "I have noted this. Name: Ada, cake: chocolate cake, pickup date: tomorrow.",
                "Thank you for contacting the bakery. Goodbye!",
            ],
        ),
        (
            BAKERY,
            ["I want a chocolate cake on Saturday", "Ada"],
            [
                "Hello, this is the assistant of the bakery. How can I help you?",
                "Gladly. What is your name?",
                "I have noted this. Name: Ada, cake: chocolate cake, pickup date: Saturday.",
                "Thank you for contacting the bakery. Goodbye!",
            ],
        ),
    ],
)  # fmt: skip
async def test_what_we_suggest_talks_as_a_person_would_expect(description, said, answers):
    execution = await talk_through((await build(description)).program, said)

    assert agent_said(execution) == answers
    assert execution.status in {"finished", "transferred"}


@pytest.mark.parametrize("description", [HOTEL, BIKES, BAKERY])
async def test_what_we_suggest_can_be_changed_step_by_step(description):
    program = (await build(description)).program

    for wish, expected, already in CHANGES:
        events = await collect(make_request(wish, program))
        if description in already:
            assert not any(isinstance(event, VersionProposed) for event in events), wish
            continue
        program = proposal(events).program
        assert check(program).ok, wish
        assert expected in program, wish

    execution = await talk_through(program, ["I want to talk to a human"])
    assert agent_said(execution)[0] == "Good evening and welcome"
    assert execution.status == "transferred"


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        ("Also ask for their phone number", "phone number"),
        ("Let people talk to a human", "already"),
        ("Add a goodbye", "says goodbye already"),
    ],
)
async def test_what_the_agent_does_already_is_said_and_changes_nothing(wish, words):
    events = await collect(make_request(wish, (await build(BIKES)).program))

    assert not any(isinstance(event, VersionProposed) for event in events)
    assert words in "".join(event.text for event in events if isinstance(event, TextDelta))
