"""What the tests of the language share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from babble_app.based.effects import ActionEffect, HttpEffect
from babble_app.based.mocks import answer_from
from babble_app.based.parser import parse
from babble_app.based.runner import Execution

if TYPE_CHECKING:
    from collections.abc import Sequence

    from babble_app.schemas.mocks import Mock

BAKERY = """\
say("Hello, this is the bakery.")
loop:
    res = talk("You take cake orders. Exits: the customer names a cake; the customer leaves.", False)
until "the customer names a cake":
    order = res.ask(question="Which cake and how many?", example={"cake": "apple", "count": 1})
    say(f"{order['count']} x {order['cake']}, noted. Anything else?")
    return
until "the customer leaves":
    say("Goodbye!")
"""


def user(text: str) -> dict[str, Any]:
    return {"kind": "user", "text": text}


def reply(text: str) -> dict[str, Any]:
    return {"kind": "talk", "reply": text}


def leave(slug: str, **arguments: Any) -> dict[str, Any]:
    return {"kind": "talk", "exit": slug, "arguments": arguments}


def value(answer: Any) -> dict[str, Any]:
    return {"kind": "ask", "value": answer}


def run(code: str, answers: Sequence[dict[str, Any]] = ()) -> Execution:
    execution = Execution(parse(code))
    for answer in answers:
        execution.send(answer)
    return execution


def run_mocked(code: str, mocks: Sequence[Mock] = (), answers: Sequence[Any] = ()) -> Execution:
    """Run a program whose network calls and actions are answered by mocks."""
    execution, waiting = Execution(parse(code)), list(answers)
    while execution.pending is not None:
        if isinstance(execution.pending, (HttpEffect, ActionEffect)):
            execution.send(answer_from(mocks, execution.pending))
        elif waiting:
            execution.send(waiting.pop(0))
        else:
            break
    return execution


def trace(execution: Execution) -> list[tuple[Any, ...]]:
    """The events in short: type, line, then the name or the text."""
    return [(e.type, e.line, e.name or e.text) for e in execution.events]


def printed(code: str) -> list[str]:
    """What a program without conversation prints; its error too."""
    execution = run(code)
    errors = [e.text for e in execution.events if e.type == "error"]
    return [e.text for e in execution.events if e.type == "print"] + errors


def error_code(execution: Execution) -> str:
    return next((e.name for e in execution.events if e.type == "error"), "")
