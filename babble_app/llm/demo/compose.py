"""Writes a Based program for a brief."""

from __future__ import annotations

from typing import TYPE_CHECKING

from babble_app.llm.demo.naming import with_article
from babble_app.llm.demo.words import capital, listing, literal, sentence, template, tidy

if TYPE_CHECKING:
    from babble_app.llm.demo.brief import Brief
    from babble_app.llm.demo.fields import Field

_DEFAULT_PHONE = "+1 555 010 0100"


def compose(brief: Brief) -> str:
    """Return a program that does what the brief says; it ends with a line end."""
    lines = [f"# Agent: {tidy(brief.name)}", ""]
    lines += [f"say({literal(brief.greeting)})", ""]
    if brief.facts:
        lines += ["knowledge = [", *(f"    {literal(fact)}," for fact in brief.facts), "]", ""]
    lines += ["loop:", *_indented(_talk(brief))]
    for condition, body in _exits(brief):
        lines += [f"until {literal(condition)}:", *_indented(body)]
    return "\n".join(lines) + "\n"


def given_condition(fields: tuple[Field, ...]) -> str:
    """Return the condition under which all details are there."""
    return f"the person has given their {listing([field.label for field in fields])}"


def readback(fields: tuple[Field, ...]) -> str:
    """Return the inside of an f-string that repeats the details in `details`."""
    return ", ".join(f"{template(field.label)}: {{details['{field.key}']}}" for field in fields)


def _talk(brief: Brief) -> list[str]:
    prompt = _prompt(brief)
    lines = ["conversation = talk("]
    # One literal a line: Python joins them, and a change of one line is a diff of one line.
    lines += [
        f"    {_line(line, last=index == len(prompt) - 1)}" for index, line in enumerate(prompt)
    ]
    lines[-1] += ","
    lines.append("    False,")
    if brief.facts:
        lines.append('    info={"knowledge": knowledge},')
    return [*lines, ")"]


def _line(text: str, *, last: bool) -> str:
    written = literal(text)
    return written if last else f'{written[:-1]} "'


def _prompt(brief: Brief) -> list[str]:
    place = f" of {with_article(brief.business)}" if brief.business else ""
    lines = [f"You are {brief.name}, a conversational assistant{place}."]
    if brief.purpose:
        lines.append(
            f"Your task, in the words of the person who made you: {sentence(brief.purpose)}"
        )
    if brief.fields:
        labels = listing([field.label for field in brief.fields])
        lines.append(f"Ask for these details, one at a time: {labels}.")
    if brief.routes:
        lines.append(f"Find out where people want to go: {listing(brief.routes, 'or')}.")
    if brief.facts:
        lines.append(
            "Answer questions from the knowledge you are given only; say so when it lacks the answer."
        )
    elif brief.answers:
        lines.append("Answer questions briefly; say so when you do not know.")
    return [
        *lines,
        *brief.rules,
        f"Exits: {'; '.join(condition for condition, _ in _exits(brief))}.",
    ]


def _exits(brief: Brief) -> list[tuple[str, list[str]]]:
    exits: list[tuple[str, list[str]]] = []
    if brief.fields:
        exits.append((given_condition(brief.fields), _collected(brief)))
    for route in brief.routes:
        body = [
            f"say({literal(f'I am passing you on to {route}.')})",
            f'extract("department", {literal(route)})',
        ]
        exits.append((f"{route} is where the person wants to go", body))
    if brief.hands_over:
        exits.append(("the person asks for a human", _handover(brief)))
    goodbye: list[str] = []
    if brief.summarizes and not brief.fields:
        goodbye += _summary()
    exits.append(("the person says goodbye", [*goodbye, f"say({literal(brief.goodbye)})"]))
    return exits


def _handover(brief: Brief) -> list[str]:
    number = brief.phone or _DEFAULT_PHONE
    note = [] if brief.phone else ["# Put your own number here."]
    return [
        'say("I am handing you over to a colleague. One moment, please.")',
        *note,
        f"transfer({literal(number)})",
    ]


def _summary() -> list[str]:
    return [
        'summary = conversation.summarize("Sum up the conversation in two sentences.")',
        'say(f"To sum up: {summary}")',
    ]


def _collected(brief: Brief) -> list[str]:
    fields = brief.fields
    example = [f"        {literal(field.key)}: {_value(field)}," for field in fields]
    body = [
        "details = conversation.ask(",
        f"    question={literal('Which ' + listing([field.label for field in fields]) + ' did the person give?')},",
        "    example={",
        *example,
        "    },",
        ")",
    ]
    said = f'say(f"I have noted this. {capital(readback(fields))}.")'
    body += [said, *_confirmation()] if brief.confirms else [said]
    body += [f'extract({literal(field.key)}, details["{field.key}"])' for field in fields]
    if brief.summarizes:
        body += _summary()
    return [*body, f"say({literal(brief.goodbye)})"]


def _confirmation() -> list[str]:
    return [
        "confirmed = False",
        "loop:",
        '    check = talk("Ask whether the details just repeated are right. Exits: confirmed; something to change.", True)',
        'until "the person confirms that the details are right":',
        "    confirmed = True",
        'until "something is wrong and the person wants to change it":',
        "    confirmed = False",
        "if not confirmed:",
        '    return "The person wants to change something: ask what, then go on."',
    ]


def _value(field: Field) -> str:
    return str(field.example) if isinstance(field.example, int) else literal(field.example)


def _indented(lines: list[str]) -> list[str]:
    return [f"    {line}" if line else "" for line in lines]
