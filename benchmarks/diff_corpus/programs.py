"""Based programs to change: 20 to 1,500 lines, with as much repetition as real ones have."""

from __future__ import annotations

from random import Random

TOPICS = [
    "bakery", "clinic", "hotel desk", "library", "garage", "bank", "travel desk", "pizza place", "school office",
    "gym", "insurer", "phone shop", "city hall", "museum", "vet", "florist", "theatre", "airline", "law firm", "hostel",
]  # fmt: skip
WANTS = [
    "the caller names {a}", "the user wants to change {a}", "the customer asks about {a}", "{a} is confirmed",
    "the user cancels {a}", "the caller has no {a}", "user gives {a} and a date", "the customer leaves",
    "the caller wants a human", "{a} was wrong", "«{a}» wird genannt", "the user says that {a} is missing",
]  # fmt: skip
THINGS = [
    "order", "name", "address", "phone number", "booking", "invoice", "date", "café table", "room", "ticket", "refund",
    "delivery", "appointment", "policy", "password", "menu", "pet", "voucher", "seat", "parcel", "contract", "Größe",
]  # fmt: skip
SAYINGS = [
    "Thanks, noted.", "One moment, please.", "Goodbye!", "Let me check that for you.", "Sorry, that did not work.",
    "Anything else?", "Welcome back!", "Your {a} is ready.", "I could not find your {a} – please try again.",
    "It’s all set.", "Please hold the line…", "¡Hasta luego!", "We've got your {a}.", "Is the {a} right?",
]  # fmt: skip


def make_program(rng: Random, lines: int) -> list[str]:
    """Return a program of about that many lines."""
    unit = rng.choice(["    ", "    ", "    ", "    ", "  ", "\t"])
    program = [f"# Agent: {rng.choice(TOPICS)}"] if rng.random() < 0.7 else []
    program += rng.sample(
        ["import requests", "import json", "import re", "from datetime import datetime"],
        rng.randint(0, 3),
    )
    program += [""] * rng.randint(0, 2)
    repetitive = rng.random()
    stock: list[list[str]] = []
    while len(program) < lines:
        part = _part(rng, unit, repetitive, stock, lines - len(program))
        program += part
        if rng.random() < 0.6:
            program += [""] * rng.randint(1, 2)
    del program[max(lines, 8) :]
    return program


def _part(
    rng: Random, unit: str, repetitive: float, stock: list[list[str]], room: int
) -> list[str]:
    roll = rng.random()
    if stock and roll < 0.25 * repetitive:
        return list(rng.choice(stock))
    if roll < 0.2:
        return _function(rng, unit)
    if roll < 0.3:
        return [
            f"{rng.choice(THINGS).replace(' ', '_')}_{rng.randint(1, 9)} = {rng.randint(0, 99)}"
            for _ in range(rng.randint(1, 5))
        ]
    made = _conversation(rng, unit, 0, repetitive, min(room, 60))
    stock.append(made)
    return made


def _conversation(rng: Random, unit: str, depth: int, repetitive: float, room: int) -> list[str]:
    pad = unit * depth
    thing = rng.choice(THINGS)
    result = "res" if rng.random() < 0.6 else f"res{rng.randint(1, 9)}"
    manner = rng.choice(["kind", "brief", "exact"])
    handled = f"You handle the {thing} of a {rng.choice(TOPICS)}. Be {manner}."
    prompt = "You help." if rng.random() < repetitive / 2 else handled
    lines = [
        f"{pad}loop:",
        f'{pad}{unit}{result} = talk("{prompt}", {rng.choice(["True", "False"])})',
    ]
    for _ in range(rng.randint(1, 5)):
        want = rng.choice(WANTS).format(
            a=rng.choice(THINGS) if rng.random() > repetitive / 3 else thing
        )
        lines.append(f'{pad}until "{want}":')
        lines += _handler(rng, unit, depth + 1, repetitive, result)
        if depth < 3 and len(lines) < room and rng.random() < 0.2:
            lines += _conversation(rng, unit, depth + 1, repetitive, room // 2)
        if rng.random() < 0.5:
            lines.append(f"{pad}{unit}return")
        if rng.random() < 0.15:
            lines.append("")
    return lines


def _handler(rng: Random, unit: str, depth: int, repetitive: float, result: str) -> list[str]:
    pad = unit * depth
    lines: list[str] = []
    for _ in range(rng.randint(1, 6)):
        thing = rng.choice(THINGS)
        key = thing.replace(" ", "_").lower()
        if rng.random() < repetitive * 0.4:
            thing, key = "order", "order"
        lines += rng.choice([
            [f'{pad}say("{rng.choice(SAYINGS).format(a=thing)}")'],
            [f'{pad}say(f"{{{key}}} noted.")', f"{pad}print({key})"],
            [f'{pad}{key} = {result}.ask(question="Which {thing}?", example={{"{key}": "x", "count": {rng.randint(1, 3)}}})'],
            [f"{pad}if {key} is None:", f'{pad}{unit}say("No {thing}?")', f"{pad}else:", f'{pad}{unit}say("{rng.choice(SAYINGS).format(a=thing)}")'],  # noqa: E501
            [f"{pad}# {rng.choice(['check', 'keep', 'ask for'])} the {thing}", f"{pad}count = {rng.randint(1, 20)}"],
            [f"{pad}for item in {key}:", f"{pad}{unit}print(item)"],
            [f"{pad}data = {{", f'{pad}{unit}"{key}": {key},', f'{pad}{unit}"kind": "{thing}",', f"{pad}}}"],
            [f'{pad}answer = requests.post("https://example.com/{key}", json={{"a": 1}})', f"{pad}print(answer.status_code)"],
            [""],
        ])  # fmt: skip
    return lines


def _function(rng: Random, unit: str) -> list[str]:
    name = f"{rng.choice(['find', 'make', 'check'])}_{rng.choice(THINGS).replace(' ', '_').lower()}"
    return [
        f"def {name}(value, limit={rng.randint(1, 9)}):",
        f'{unit}"""Return the {name.split("_")[1]}."""',
        f"{unit}if value > limit:",
        f"{unit}{unit}return None",
        f"{unit}return value * {rng.randint(2, 9)}",
    ]
