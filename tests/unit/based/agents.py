"""Agents of several kinds, and answers for whatever they ask; for the tests of replay and for benchmarks/runs.py."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from babble_app.based.effects import (
    ActionEffect,
    AskEffect,
    HttpEffect,
    RephraseEffect,
    SummarizeEffect,
    TalkEffect,
    UserEffect,
)
from babble_app.based.mocks import answer_from
from tests.unit.based.helpers import BAKERY

if TYPE_CHECKING:
    import random

SHOP = """\
import json
import random
import requests
import uuid
from collections import Counter, defaultdict
from dataclasses import dataclass, field


@dataclass
class Order:
    number: str
    items: list = field(default_factory=list)

    def add(self, name, count):
        self.items.append((name, count))
        return self

    @property
    def size(self):
        return sum(count for _, count in self.items)


orders = {}
words = {"apple", "pear", "plum", "fig"}
seen = defaultdict(set)
say(f"Welcome! Today: {', '.join(words)}.")
for round_number in range(2):
    loop:
        res = talk(f"You sell fruit. Round {round_number}.", False, info={"fruit": list(words)})
    until "the customer orders fruit":
        order = Order(str(uuid.uuid4())[:8])
        answer = res.ask(question="What?", example={"fruit": "apple", "count": 1})
        order.add(answer["fruit"], answer["count"])
        orders[order.number] = order
        seen[answer["fruit"]].add(order.number)
        if random.random() < 0.3:
            return "ask whether the customer wants a bag"
        try:
            reply = requests.post("https://shop.example/orders", json={"n": order.number})
            reply.raise_for_status()
        except requests.RequestException as error:
            print("failed", error)
        integrations.slack.send(text=f"{order}")
        extract("orders", {key: value.size for key, value in orders.items()})
    until "the customer leaves":
        break
print({fruit: sorted(numbers) for fruit, numbers in seen.items()}, Counter(o.size for o in orders.values()))
say(res.summarize("the orders"), False)
"""
DESK = """\
import time
from datetime import datetime


class Ticket(Exception):
    def __init__(self, level):
        super().__init__(f"level {level}")
        self.level = level


def numbers():
    n = 0
    while True:
        n += 1
        got = yield n
        n += got or 0


ticket = numbers()
next(ticket)
started = datetime.now()
tool = {"name": "open_ticket", "description": "the problem is described", "parameters": {
    "type": "object", "properties": {"level": {"type": "integer"}}, "required": ["level"]}}
loop:
    first = talk("You are a help desk.", True)
until tool as details:
    try:
        match details["level"]:
            case 1 | 2:
                say(f"Ticket {ticket.send(2)}")
            case level if level > 5:
                raise Ticket(level)
            case _:
                time.sleep(30)
                return
    except Ticket as error:
        loop:
            inner = talk(f"Calm the customer: {error}.", False)
        until "the customer is calm":
            say(inner.ask(question="How?", example="words"))
        until "the customer shouts":
            transfer("+15550100")
    else:
        continue
    finally:
        print((datetime.now() - started).seconds >= 0, error_count := 1)
until "the customer leaves":
    done()
    say("Back again!")
"""
AGENTS = [BAKERY, SHOP, DESK]


def answer(effect: Any, dice: random.Random) -> dict[str, Any]:
    """Return some answer that fits."""
    match effect:
        case UserEffect():
            return {"kind": "user", "text": dice.choice(["hello", "two figs", "bye", "ä ö"])}
        case TalkEffect():
            if effect.exits and dice.random() < 0.6:
                arguments = {"level": dice.randint(1, 9)} if dice.random() < 0.9 else {}
                slug = dice.choice(effect.exits).slug
                return {"kind": "talk", "exit": slug, "arguments": arguments}
            return {"kind": "talk", "reply": dice.choice(["Which one?", "Sure."])}
        case AskEffect():
            return {"kind": "ask", "value": _shaped(effect.example, dice)}
        case SummarizeEffect() | RephraseEffect():
            kind = "summarize" if isinstance(effect, SummarizeEffect) else "rephrase"
            return {"kind": kind, "text": dice.choice(["short", "brief"])}
        case HttpEffect() if dice.random() < 0.2:
            return {"kind": "http", "error": "no route"}
        case HttpEffect() | ActionEffect():
            return answer_from([], effect)
        case _:
            raise ValueError(effect)


def _shaped(example: Any, dice: random.Random) -> Any:
    if isinstance(example, dict):
        return {key: _shaped(value, dice) for key, value in example.items()}
    if isinstance(example, int):
        return dice.randint(1, 9)
    return dice.choice(["apple", "fig", "plum"])
