"""Description -> builder -> valid program -> run to its end -> change -> valid diff, all on the demo model."""

from contextlib import aclosing
from datetime import date

import pytest

from babble_app.agents import builder, iterator
from babble_app.agents.request import AgentRequest, ContextFile
from babble_app.agents.talker import answer_effect
from babble_app.based.checker import check
from babble_app.based.effects import UserEffect
from babble_app.based.parser import parse
from babble_app.based.runner import Execution
from babble_app.errors import AgentNotValidError
from babble_app.llm.demo.client import DemoClient
from babble_app.schemas.events import Attempt, VersionProposed
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
        mode="auto",
        program=program,
        agent_name=None,
        history=(),
        files=files,
        today=date(2026, 11, 21),
    )


async def collect(agent, request):
    async with aclosing(agent.run(MODEL, request)) as events:
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
    built = proposal(await collect(builder, make_request(DESCRIPTION, files=(MENU,))))
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
    assert any("name Ada, email address ada@example.com, cake apple cake" in text for text in said)

    changed = proposal(
        await collect(iterator, make_request("Also ask for their phone number", built.program))
    )
    assert check(changed.program).ok
    assert "phone_number" in changed.program
    assert changed.kind == "edit"


async def test_a_person_can_correct_what_was_noted():
    built = proposal(await collect(builder, make_request(DESCRIPTION)))

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
    built = proposal(await collect(builder, make_request(DESCRIPTION)))

    execution = await talk_through(built.program, ["I want to talk to a human"])

    assert execution.status == "transferred"


@pytest.mark.parametrize("mistake", ["bad indentation", "fence", "lazy", "wrong counts"])
@pytest.mark.parametrize("task", ["build", "change"])
async def test_a_mistake_that_was_asked_for_is_mended_in_a_later_round(task, mistake):
    program = proposal(await collect(builder, make_request(DESCRIPTION))).program
    if task == "build":
        events = await collect(builder, make_request(f"{DESCRIPTION} (demo: {mistake})"))
    else:
        events = await collect(
            iterator, make_request(f"greet in Spanish (demo: {mistake})", program)
        )

    assert check(proposal(events).program).ok
    rounds = sum(isinstance(event, Attempt) for event in events)
    assert rounds == 2 if mistake in {"bad indentation", "lazy"} else rounds <= 2


@pytest.mark.parametrize("task", ["build", "change"])
async def test_a_mistake_that_is_never_mended_ends_without_a_version(task):
    program = proposal(await collect(builder, make_request(DESCRIPTION))).program
    agent, text = (builder, DESCRIPTION) if task == "build" else (iterator, "greet in Spanish")

    with pytest.raises(AgentNotValidError):
        await collect(
            agent, make_request(f"{text} (demo: never valid)", None if task == "build" else program)
        )
