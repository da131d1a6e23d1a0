"""What each answer was asked for, and a recorded conversation that is played as far as it fits."""

from __future__ import annotations

from typing import Any

from babble_app.based.parser import parse
from babble_app.schemas.mocks import Mock
from babble_app.services.playback import USED, Playback, play_again, replace
from tests.unit.based.helpers import BAKERY, leave, user, value

CAKE = leave("the_customer_names_a_cake")
LOG = [
    user("An apple cake"),
    CAKE,
    value({"cake": "apple", "count": 2}),
    user("No, bye"),
    leave("the_customer_leaves"),
]
CALL = """\
import requests
answer = requests.get("https://shop.example/stock")
say(f"In stock: {answer.json()['count']}")
loop:
    talk("Help.", False)
until "the customer leaves":
    say("Bye")
"""


def run(code: str, *answers: dict[str, Any]) -> Playback:
    played = Playback(parse(code))
    for answer in answers:
        played.send(answer)
    return played


def said(played: Playback) -> list[str]:
    return [event.text for event in played.events if event.type in {"agent", "user"}]


def test_every_answer_is_shown_with_what_it_was_asked_for() -> None:
    steps = run(BAKERY, *LOG).steps()

    assert [step.kind for step in steps] == ["user", "talk", "ask", "user", "talk"]
    assert [step.number for step in steps] == list(range(5))
    assert steps[1].asked["prompt"].startswith("You take cake orders.")
    assert steps[1].asked["exits"][0]["slug"] == "the_customer_names_a_cake"
    assert steps[2].asked["question"] == "Which cake and how many?"
    assert [step.line for step in steps[:3]] == [3, 3, 5]


def test_a_step_says_what_its_answer_took() -> None:
    used = {"seconds": 0.5, "usage": {"input_tokens": 7, "output_tokens": 2}}
    played = run(BAKERY, user("An apple cake"), {**CAKE, USED: used})

    measured = played.steps()[1]

    assert (measured.seconds, measured.usage and measured.usage.input_tokens) == (0.5, 7)


def test_steps_that_were_replayed_are_shown_as_those_that_ran() -> None:
    assert Playback(parse(BAKERY), LOG).steps() == run(BAKERY, *LOG).steps()


def test_conditions_are_counted_also_those_that_were_never_met() -> None:
    counted = run(BAKERY, *LOG[:3]).conditions()

    assert [(one.line, one.text, one.hits) for one in counted] == [
        (4, "the customer names a cake", 1),
        (8, "the customer leaves", 0),
    ]


def test_a_tool_that_was_not_chosen_is_called_by_its_name_and_description() -> None:
    code = (
        'bye = {"name": "leaves", "description": "The customer is done"}\n'
        'loop:\n    talk("Help.", False)\nuntil bye:\n    say("Bye")\n'
    )

    assert [one.text for one in run(code).conditions()] == ["leaves: The customer is done"]


async def test_another_answer_takes_its_place_and_the_rest_follows() -> None:
    played = await replace(BAKERY, LOG, 2, value({"cake": "cherry", "count": 5}))

    assert "5 x cherry, noted. Anything else?" in said(played)
    assert said(played)[-1] == "Goodbye!"
    assert len(played.log) == len(LOG)


async def test_the_rest_is_left_out_from_where_it_does_not_fit() -> None:
    played = await replace(BAKERY, LOG, 1, leave("the_customer_leaves"))

    assert said(played) == ["Hello, this is the bakery.", "An apple cake", "Goodbye!"]
    assert len(played.log) == 2


async def test_a_conversation_is_played_again_with_other_mocks() -> None:
    played = run(CALL, {"kind": "http", "status": 200, "body": {"count": 1}}, user("Hi"))
    few = Mock(kind="http", url="https://shop.example/*", body={"count": 7})

    again = await play_again(CALL, played.log, CALL, [few])

    assert said(again) == ["In stock: 7", "Hi"]


async def test_a_conversation_is_played_again_on_a_changed_program() -> None:
    changed = "# a comment more\n" + BAKERY.replace("Goodbye!", "See you!")

    again = await play_again(BAKERY, LOG, changed, [])

    assert said(again)[-1] == "See you!"
    assert len(again.log) == len(LOG)


async def test_times_are_those_of_the_record() -> None:
    code = (
        "from datetime import datetime\nprint(datetime.now().isoformat())\n"
        + BAKERY
        + "print(datetime.now().year)\n"
    )
    first = run(code, *LOG)

    again = await play_again(code, first.log, code, [])

    assert again.log == first.log
    assert again.events == first.events
