import re

import pytest

from babble_app.based.checker import check
from babble_app.diffs.apply import apply
from babble_app.llm.demo.brief import understand
from babble_app.llm.demo.building import change_program
from babble_app.llm.demo.compose import compose
from babble_app.schemas.models import ModelMessage, ModelRequest

OWN = compose(understand("A bot called Zoe for a spa. Ask for name and email, answer questions."))
OTHER = """say("Hello, this is the bakery.")
loop:
    res = talk("You take cake orders. Exits: the customer names a cake; the customer leaves.", False)
until "the customer names a cake":
    order = res.ask(question="Which cake and how many?", example={"cake": "apple", "count": 1})
    say(f"{order['count']} x {order['cake']}, noted. Anything else?")
    return
until "the customer leaves":
    say("Goodbye!")
"""
TRIPLE = '''loop:
    """not a talk"""
'''
LONG = OTHER.replace('"You take cake orders. Exits', '"""You take\n    cake orders. Exits').replace(
    'leaves."', 'leaves."""'
)
PROGRAMS = {"own": OWN, "other": OTHER, "tabs": OTHER.replace("    ", "\t"), "triple": LONG}


def answer_to(wish, program, *, complaint=""):
    messages = [
        ModelMessage(role="system", text="guide"),
        ModelMessage(role="user", text=f"The program now:\n\n```based\n{program.rstrip()}\n```"),
        ModelMessage(role="user", text=wish),
    ]
    if complaint:
        messages += [
            ModelMessage(role="assistant", text="?"),
            ModelMessage(role="user", text=f"Round 2 of 5. {complaint}"),
        ]
    return change_program(ModelRequest(messages=tuple(messages), task="change")).text


@pytest.mark.parametrize("name", PROGRAMS)
@pytest.mark.parametrize(
    ("wish", "expected"),
    [
        ("Greet people in Spanish", "¡Hola!"),
        ("Please say 'Welcome to Zen' first", 'say("Welcome to Zen")'),
        ('Change the greeting to "Hi {you} \\" there"', "Hi {you}"),
        ("Change the greeting to: welcome to Nora!", 'say("welcome to Nora!")'),
        ("change the greeting to Welcome to Nora!", 'say("Welcome to Nora!")'),
        ("change the greeting to Spanish", "¡Hola!"),
        ("change the greeting to Good day! and the goodbye to See you!", 'say("Good day!")'),
        ("change the greeting to Good day! and the goodbye to See you!", 'say("See you!")'),
        ("also ask for their phone number", '"phone_number": "+1 555 010 0199"'),
        ("add a question about allergies", '"allergies"'),
        ("rename it to Rosa", "# Agent: Rosa"),
        ("let people talk to a human", 'until "the person asks for a human":'),
        (
            'add an exit when the customer wants a refund and say "Within 14 days."',
            'say("Within 14 days.")',
        ),
        ("make it friendlier", "Be warm and friendly."),
        ('change the goodbye to "See you soon!"', 'say("See you soon!")'),
        ("Never talk about prices", "Never talk about prices."),
    ],
)
def test_a_wish_becomes_a_diff_that_applies_and_leaves_a_valid_program(name, wish, expected):
    text = answer_to(wish, PROGRAMS[name])

    assert re.fullmatch(r"[^`]+\n\n```diff\n@@ .*```", text, re.DOTALL)
    changed = apply(PROGRAMS[name], text).text
    assert expected in changed
    assert check(changed).ok


def test_a_detail_and_an_exit_can_go_again():
    program = apply(OWN, answer_to("let people talk to a human", OWN)).text

    without = apply(program, answer_to("remove the exit to the human", program)).text
    fewer = apply(OWN, answer_to("stop asking for the email address", OWN)).text

    assert "human" not in without
    assert "email" not in fewer.split("Ask for these")[1]
    assert check(without).ok
    assert check(fewer).ok


@pytest.mark.parametrize(
    ("wish", "reason"),
    [
        ("sing me a song", "I did not understand"),
        ("remove the exit about helicopters", "which exit you mean"),
        ("stop asking for the shoe size", "no place where the agent asks"),
        ("also ask for their email", "asks for the email address already"),
        ('replace "nowhere" with "here"', "does not hold"),
    ],
)
def test_what_cannot_be_done_is_said_in_plain_words_without_a_diff(wish, reason):
    text = answer_to(wish, OWN)

    assert "offline demo model, not an AI" in text
    assert reason in text
    assert "```" not in text


def test_a_program_that_does_not_parse_is_no_crash():
    assert "could not do this" in answer_to("greet in Spanish", "loop:\n  x = = 1")
    assert "could not do this" in answer_to("greet in Spanish", TRIPLE)


def test_only_the_failed_hunks_come_again():
    whole = answer_to("rename it to Rosa", OWN)
    again = answer_to("rename it to Rosa", OWN, complaint="Hunk 2 was not applied (D_NOT_FOUND).")

    hunks = re.findall(r"^@@ .*?(?=^@@ |```)", whole, re.DOTALL | re.MULTILINE)
    assert len(hunks) > 1
    assert again.endswith(f"```diff\n{hunks[1]}```")


def test_other_notations_are_sent_when_asked_for():
    blocks = answer_to("rename it to Rosa", OWN, complaint="in this form: <<<<<<< SEARCH")
    whole = answer_to("rename it to Rosa", OWN, complaint="Send it in one ```based fence.")

    assert "# Agent: Rosa" in apply(OWN, blocks).text
    assert check(re.search(r"```based\n(.*)```", whole, re.DOTALL)[1]).ok
