"""Prompts are files with a first line for people; names and summaries come from what was written."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import babble_app.agents
from babble_app.agents.naming import agent_name, first_sentence
from babble_app.agents.prompt_texts import render

FOLDER = Path(babble_app.agents.__path__[0]) / "prompts"


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.md")), ids=lambda path: path.stem)
def test_the_first_line_of_a_prompt_names_the_agent_that_uses_it(path: Path) -> None:
    first = path.read_text(encoding="utf-8").split("\n", 1)[0]
    users = re.findall(r"agents/(\w+)\.py", first)

    assert first.startswith("<!-- Used by agents/")
    assert all((FOLDER.parent / f"{user}.py").exists() for user in users)


def test_a_slot_is_filled_once_and_what_fills_it_is_not_read() -> None:
    text = render("diff_invalid", round=2, of=5, findings="{{round}} and <!-- x -->")

    assert "{{round}} and <!-- x -->" in text
    assert text.startswith("Round 2 of 5.")


def test_a_missing_slot_is_loud() -> None:
    with pytest.raises(KeyError):
        render("repair", round=2)


@pytest.mark.parametrize(
    ("program", "request_text", "name"),
    [
        ("# Agent: Pizza Luigi\nsay('x')", "make a bot", "Pizza Luigi"),
        ("say('x')", "Make an agent called Luigi that sells pizza", "Luigi"),
        ("say('x')", 'a bot named "The blue one"', "The blue one"),
        ("say('x')", "Please make me an order-taking agent that sells pizza", "Order-taking agent"),
        ("say('x')", "???", "New agent"),
        ("say('x')", "make an", "New agent"),
    ],
)
def test_an_agents_name_is_found(program: str, request_text: str, name: str) -> None:
    assert agent_name(program, request_text) == name


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("It sells cake. It is kind.\n\n", "It sells cake."),
        ("Here it is:\n", "Here it is"),
        ("", ""),
        ("**Bold** words", "Bold words"),
        ("It asks for 3.5 kg. Then", "It asks for 3.5 kg."),
        ('It says "Hello! Who are you?" first. Then', 'It says "Hello! Who are you?" first.'),
        ("It says “Bye. See you.” at the end. Then", "It says “Bye. See you.” at the end."),
        ('It now says "Bye." Then it ends.', 'It now says "Bye."'),
        ('It now says "Good day!"', 'It now says "Good day!"'),
        ('An "unclosed quotation. Then', 'An "unclosed quotation.'),
        ('"' * 50_000, '"' * 200),
    ],
)
def test_the_first_sentence_sums_up(said: str, sentence: str) -> None:
    assert first_sentence(said) == sentence
