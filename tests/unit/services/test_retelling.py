"""A program that is brought to where a conversation stands that was only told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from babble_app.based.effects import UserEffect
from babble_app.based.parser import parse
from babble_app.services.playback import Playback
from babble_app.services.retelling import MOST_TRIES, retell

if TYPE_CHECKING:
    from babble_app.services.told import Said

SHOP = """say("Welcome.")
prices = 0
loop:
    talk("Take orders.", False)
until "the visitor asks for the price":
    prices = prices + 1
    say(f"It is {prices} euros.")
    return "Go on."
until "the visitor says goodbye":
    say("Bye!")
"""
TALKATIVE = """say("Welcome.")
loop:
    talk("Ask for the name.", True)
until "the visitor says goodbye":
    say("Bye!")
"""
ASKING = """import requests
loop:
    talk("Help.", False)
until "the visitor asks for the stock":
    answer = requests.get("https://shop.example/stock")
    say(f"There are {answer.json()['count']}.")
    return "Go on."
"""


async def told(program: str, *said: Said) -> tuple[list[dict[str, Any]], Playback]:
    parsed = parse(program)
    log = await retell(parsed, said)
    return log, Playback(parsed, log)


def kinds(log: list[dict[str, Any]]) -> list[str]:
    return [
        f"{one['kind']} {one.get('reply') or one.get('exit') or one.get('text')}" for one in log
    ]


async def test_what_the_agent_said_becomes_the_replies_of_its_talk():
    log, play = await told(
        SHOP,
        ("user", "Hi"),
        ("assistant", "Welcome.\n\nWhat would you like?"),
        ("user", "A cake"),
        ("assistant", "Which one?"),
    )

    assert kinds(log) == ["user Hi", "talk What would you like?", "user A cake", "talk Which one?"]
    assert isinstance(play.pending, UserEffect)


async def test_a_condition_is_chosen_whose_words_come_next():
    log, play = await told(
        SHOP,
        ("user", "Price?"),
        ("assistant", "Welcome.\n\nIt is 1 euros.\n\nAnything else?"),
        ("user", "Price?"),
        ("assistant", "It is 2 euros.\n\nElse?"),
    )

    price = "talk the_visitor_asks_for_the_price"
    assert kinds(log) == [
        "user Price?",
        price,
        "talk Anything else?",
        "user Price?",
        price,
        "talk Else?",
    ]
    assert play.variables["prices"] == "2"


async def test_a_program_that_came_to_its_end_has_ended():
    _, play = await told(SHOP, ("user", "Bye"), ("assistant", "Welcome.\n\nBye!"))

    assert play.pending is None
    assert play.status == "finished"


async def test_a_greeting_that_the_client_shows_first_is_the_programs():
    log, _ = await told(
        TALKATIVE,
        ("assistant", "Welcome.\n\nWho are you?"),
        ("user", "Ada"),
        ("assistant", "Hello Ada"),
    )

    assert kinds(log) == ["talk Who are you?", "user Ada", "talk Hello Ada"]


async def test_an_agent_that_speaks_first_did_so_in_its_first_answer():
    log, _ = await told(
        TALKATIVE, ("user", "Ada"), ("assistant", "Welcome.\n\nWho are you?\n\nHello Ada")
    )

    assert kinds(log) == ["talk Who are you?", "user Ada", "talk Hello Ada"]


async def test_a_program_that_asks_the_network_at_once_begins_by_itself():
    program = ASKING.replace("loop:", 'requests.get("https://shop.example")\nloop:', 1)

    log, play = await told(program, ("user", "Hi"), ("assistant", "Hello."))

    assert log == []
    assert not isinstance(play.pending, UserEffect)


async def test_what_only_the_network_could_have_said_is_taken_as_a_reply():
    log, play = await told(
        ASKING,
        ("user", "Hi"),
        ("assistant", "Hello."),
        ("user", "The stock?"),
        ("assistant", "There are 3."),
        ("user", "Thanks"),
        ("assistant", "Gladly."),
    )

    assert "http" not in [one["kind"] for one in log]
    assert isinstance(play.pending, UserEffect)


async def test_a_long_told_conversation_is_not_tried_with_every_condition_for_ever() -> None:
    exits = 20
    program = 'loop:\n    talk("Help.", False)\n' + "".join(
        f'until "reason {n}":\n    say("Answer {n}.")\n    return "Go on."\n' for n in range(exits)
    )
    invented: list[Said] = [("user", "Hm?"), ("assistant", "Well.")] * (MOST_TRIES // exits)

    log, _ = await told(program, *invented, ("user", "Why?"), ("assistant", "Answer 3."))
    short, _ = await told(program, ("user", "Why?"), ("assistant", "Answer 3."))

    assert log[-1] == {"kind": "talk", "reply": "Answer 3."}
    assert "exit" in short[1]
