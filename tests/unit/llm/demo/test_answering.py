import json

import pytest

from babble_app.llm.demo.answering import answer, kind_of, triage
from babble_app.schemas.models import ModelMessage, ModelRequest

PASSAGES = (
    'Passages:\n\n<passage number="1" file="history.md" page="1">\nThe house was built in 1920.\n</passage>\n\n'
    '<passage number="2" file="menu.pdf" page="3">\nWe sell bread. We are open from 9 to 5.\n</passage>'
)


def make_request(text, *before):
    users = (*before, text)
    messages = (
        ModelMessage(role="system", text="s"),
        *(ModelMessage(role="user", text=one) for one in users),
    )
    return ModelRequest(messages=messages)


@pytest.mark.parametrize(
    "said", ["Hi", "hello there!", "What can you do?", "are you an AI?", "help"]
)
def test_it_says_what_it_is_and_what_it_can(said):
    text = answer(make_request(said)).text

    assert "not an AI" in text
    assert "description" in text


def test_a_question_is_answered_by_quoting_the_best_passage_with_its_number():
    text = answer(make_request("When are you open?", PASSAGES)).text

    assert "We are open from 9 to 5. [2]" in text
    assert "menu.pdf, page 3 [2]" in text
    assert "[1]" not in text


def test_without_a_passage_it_says_that_it_knows_nothing():
    assert "not an AI" in answer(make_request("When are you open?")).text


@pytest.mark.parametrize(
    ("said", "has_program", "kind"),
    [
        ("Build me an agent for a bakery", False, "build"),
        ("A receptionist bot that asks for a name", False, "build"),
        ("Ein Agent für eine Bäckerei", False, "build"),
        ("also ask for their phone number", True, "change"),
        ("Can you make it friendlier?", True, "change"),
        ("Create another agent for a hotel", True, "build"),
        ("When are you open?", True, "answer"),
        ("hi", True, "answer"),
        ("thanks", False, "answer"),
    ],
)
def test_triage_tells_building_changing_and_answering_apart(said, has_program, kind):
    assert kind_of(said, has_program=has_program) == kind


def test_triage_answers_the_small_json():
    request = make_request("<request>\nrename it to Rosa\n</request>")

    assert json.loads(triage(request).text) == {"kind": "change"}
