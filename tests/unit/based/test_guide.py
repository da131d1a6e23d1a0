"""What the guide shows is right: its programs pass the checker and run."""

import re

import pytest

from babble_app.based.checker import check
from babble_app.based.guide import code_entries, example_programs, guide_text, reference_text
from babble_app.based.vocabulary import CHANNEL, CORE, MODULES
from tests.unit.based.cases import CASES
from tests.unit.based.helpers import leave, reply, run, trace, user, value


def test_there_are_three_programs_without_a_single_finding():
    programs = example_programs()

    assert len(programs) == 3
    assert [check(program).findings for program in programs] == [(), (), ()]


@pytest.mark.parametrize(
    "name", sorted(CORE | {"transfer", "end_call", "send_sms"} | MODULES - {"asyncio"})
)
def test_the_guide_names_what_there_is(name):
    assert re.search(rf"\b{name}\b", guide_text())
    assert CHANNEL


def test_the_order_taker_takes_orders():
    program = example_programs()[0]

    execution = run(program, [
        user("two apple cakes"), leave("the_customer_names_a_cake_and"), value({"cake": "apple", "count": 2}),
        user("a cherry cake"), leave("the_customer_names_a_cake_and"), value({"cake": "cherry", "count": None}),
        reply("How many?"), user("that is all"), leave("the_customer_has_finished_or_s"),
    ])  # fmt: skip

    assert trace(execution)[-2:] == [
        ("agent", 21, "Thank you! That is 40 euros. Goodbye!"),
        ("end", None, "finished"),
    ]


def test_the_support_desk_makes_a_ticket():
    program = example_programs()[1]

    execution = run(program, [
        reply("Who are you?"), user("Ann, ann@example.com"), leave("the_user_has_given_a_name_and"),
        value({"name": "Ann", "email": "ann@example.com"}), reply("What is it?"), user("no light since Monday"),
        leave("the_problem_and_its_beginning"), {"kind": "summarize", "text": "No light."},
    ])  # fmt: skip

    assert execution.status == "finished"
    ticket = next(e for e in execution.events if e.type == "extract")
    assert ticket.data["value"]["problem"] == "No light."


def test_the_front_desk_books_and_goes_on():
    program = example_programs()[2]

    execution = run(program, [
        user("a room please"), leave("the_guest_wants_to_book_a_room"), reply("Which?"), user("double, 2 nights"),
        leave("book_room", room="double", nights=2), reply("Anything else?"), user("no, bye"), leave("the_guest_says_goodbye"),
    ])  # fmt: skip

    said = [e.text for e in execution.events if e.type == "agent"]
    assert said[2] == "A double room for 2 nights, 240 euros: booked."
    assert execution.status == "finished"


def test_every_code_of_the_checker_is_documented():
    entries = code_entries()

    assert [entry.code for entry in entries] == sorted(CASES)
    assert all(entry.title and entry.meaning for entry in entries)
    assert all(f"### {entry.code} {entry.title}" in reference_text() for entry in entries)


@pytest.mark.parametrize("entry", code_entries(), ids=lambda entry: entry.code)
def test_a_wrong_example_shows_its_code_and_the_right_one_does_not(entry):
    if entry.wrong:
        assert entry.code in {one.code for one in check(entry.wrong).findings}
    if entry.right:
        assert check(entry.right).ok


def test_the_builders_guide_stays_compact():
    assert len(guide_text()) < 9600  # it was 7,950 characters at first
