import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from babble_app.based.checker import check
from babble_app.llm.demo.building import build
from babble_app.llm.demo.mistakes import DIRECTIVES
from babble_app.llm.demo.naming import agent_name
from babble_app.llm.demo.requirements import required_fields
from babble_app.schemas.models import ModelMessage, ModelRequest

DESCRIPTIONS = (
    "An agent called Sweet Crumbs for a bakery that greets people, asks for their name, email and what cake they want, "
    "confirms the order, answers questions about opening hours and says goodbye. We are open from 9 to 5.",
    "Ask the customer for name, phone number and party size, then confirm. Hand over to a human at +49 30 1234567.",
    "A bot that routes callers to sales, support or billing.",
    'Greet with "Welcome to \\"Zen\\" {spa}!" and ask for X, Y and Z',
    "Pide el nombre, el correo y el teléfono del cliente para una peluquería.",
    "Ein Agent namens Berta für eine Werkstatt. Fragt nach Name, E-Mail und Datum.",
    "Un agent pour un hôtel qui demande le nom, la date et le nombre de personnes.",
    "パン屋のエージェントを作ってください。名前を聞いてください。",
    "وكيل لمخبز يسأل عن الاسم", "Агент для пекарни, который спрашивает имя и телефон.", "为面包店做一个助手",
    "x", "?", "   \n\t ", "", "```based\nloop:\n```", "'''\"\"\"\\", "{name} {0} %s \\n \x00\x07 \ud800",
    "word " * 2000, "a" * 10_000, "Ask for " + ", ".join(f"thing {n}" for n in range(60)) + ".",
    "... # rest of code", "An agent called \"... rest of code\"", "<api request>", "loop: until done", "import os; eval('x')",
    "You take dental appointments. Ask for the patient's name, date of birth and when they can come. Never give medical advice.",
    "Support bot for a software company: collect the order number and the problem, escalate if they are angry.",
    "Qualify leads: ask for company, budget and number of employees; summarize at the end.",
    "Survey: ask how old they are, what they like and why.",
    "A concierge for the Grand Hotel that answers questions from the files.",
    "Quiz master that asks three questions about history", "Just say hi", "Restaurant. Ask whether they want delivery or pickup.",
    "Collect: first name, last name, address, zip code, IBAN", "ask for name " * 500, "Ask for \"quoted, list\" and 'more'",
    "Call center for a bank, ask for account number; hand off to operator", "asks for email, phone, email, phone",
    "A returns desk. Ask for order number and reason. End with \"Take care!\"", "ask for 1, 2 and 3", "Ask for 名前, 電話 and メール",
    "An assistant for my mom's garden shop called Green & Co. that tells people about plants.", "\\", "\"", "{", "}}{{", "#",
)  # fmt: skip


def make_request(text, *, rounds=0, extra=()):
    messages = [
        ModelMessage(role="system", text="guide"),
        *extra,
        ModelMessage(role="user", text=text),
    ]
    for number in range(2, rounds + 2):
        messages.append(ModelMessage(role="assistant", text="..."))
        messages.append(ModelMessage(role="user", text=f"Round {number} of 5. It is not valid."))
    return ModelRequest(messages=tuple(messages), task="build")


def program_of(text, **options):
    match = re.fullmatch(
        r"(.*?)\n\n(`{3,})based\n(.*)\2", build(make_request(text, **options)).text, re.DOTALL
    )
    assert match, "prose, then one fence, then nothing"
    assert "```" not in match[1]
    return match[3]


@pytest.mark.parametrize("description", DESCRIPTIONS, ids=range(len(DESCRIPTIONS)))
def test_every_description_gives_a_valid_program(description):
    result = check(program_of(description))

    assert result.findings == ()


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=400))
def test_any_text_at_all_gives_a_valid_program(description):
    assert check(program_of(description)).ok


def test_different_descriptions_give_different_programs():
    meant = [text for text in DESCRIPTIONS if len(text) > 30]

    assert len({program_of(text) for text in meant}) == len(meant)


def test_the_program_follows_the_description():
    program = program_of(DESCRIPTIONS[0])

    assert program.startswith("# Agent: Sweet Crumbs\n")
    for part in (
        '"email_address": "ada@example.com"',
        '"cake"',
        "We are open from 9 to 5.",
        "the details are right",
    ):
        assert part in program
    assert "transfer" not in program
    assert 'transfer("+49 30 1234567")' in program_of(DESCRIPTIONS[1])
    assert "billing is where" in program_of(DESCRIPTIONS[2])
    assert "Guten Tag, hier ist Berta" in program_of(DESCRIPTIONS[5])
    assert "Take care!" in program_of(
        'A returns desk. Ask for order number and reason. End with "Take care!"'
    )


def test_what_the_files_say_goes_into_the_program():
    files = ModelMessage(
        role="user",
        text='Files:\n\n<file name="menu.pdf" page="2">\nA pavlova costs 24 euros.\n</file>',
    )

    assert '"A pavlova costs 24 euros."' in program_of("A bakery bot about cakes", extra=(files,))


@pytest.mark.parametrize(
    ("description", "labels"),
    [
        (
            "asks for their name, email and what cake they want, answers questions",
            ["name", "email address", "cake"],
        ),
        ("Take the caller's name and number and tell them we call back", ["name", "phone number"]),
        ("Ask what size they want and when they want to come", ["size", "date"]),
        ("Ask them whether they want delivery or pickup.", ["delivery or pickup"]),
        (
            "The agent needs to know the budget and the number of guests before it offers.",
            ["budget", "number of guests"],
        ),
        ("Pide el nombre, el correo y el teléfono del cliente.", ["nombre", "correo", "teléfono"]),
        ("Users can ask questions about the menu. Never ask for credit card numbers.", []),
    ],
)
def test_the_details_to_ask_for_are_found(description, labels):
    assert [field.label for field in required_fields(description)] == labels


@pytest.mark.parametrize("mistake", ["bad indentation", "lazy", "never valid"])
def test_a_mistake_is_made_when_told_and_mended_when_it_was_found(mistake):
    first = build(make_request(f"A bakery bot (demo: {mistake})")).text
    second = build(make_request(f"A bakery bot (demo: {mistake})", rounds=1)).text

    code = [re.search(r"```based\n(.*)```", text, re.DOTALL)[1] for text in (first, second)]
    assert not check(code[0]).ok
    assert check(code[1]).ok == (mistake != "never valid")


def test_the_mistakes_are_listed_as_data():
    assert set(DIRECTIVES) == {"bad indentation", "fence", "wrong counts", "lazy", "never valid"}


@pytest.mark.parametrize(
    ("description", "name", "labels"),
    [
        (
            "An agent for a bakery called Nora. It asks for their name, which cake they want and the pickup date.",
            "Nora",
            ["name", "cake", "pickup date"],
        ),
        (
            "A bakery agent called Nora. It takes cake orders (name, cake, pickup date).",
            "Nora",
            ["name", "cake", "pickup date"],
        ),
        ("An agent named Dr. Nora that collects the email address.", "Dr. Nora", ["email address"]),
        (
            "Welcome guests of Hotel Linde and ask for the arrival date.",
            "Hotel Linde assistant",
            ["arrival date"],
        ),
    ],
)
def test_names_and_details_end_where_a_reader_would_end_them(description, name, labels):
    assert agent_name(description) == name
    assert [field.label for field in required_fields(description)] == labels


@pytest.mark.parametrize(
    ("description", "labels"),
    [
        (
            "It finds out what's wrong with the computer and asks for the ticket number and email for the reply",
            ["problem with the computer", "ticket number", "email address"],
        ),
        (
            "It asks which pizza they want, their address, and takes down the phone number.",
            ["pizza", "address", "phone number"],
        ),
        (
            "It collects name, and when the patient asks for prices, says it does not know.",
            ["name"],
        ),
    ],
)
def test_a_list_of_details_ends_where_another_step_begins(description: str, labels: list[str]):
    assert [field.label for field in required_fields(description)] == labels
