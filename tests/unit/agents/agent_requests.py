"""Requests, programs and a way to run an agent, for the tests of agents."""

from __future__ import annotations

from contextlib import aclosing
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar

from babble_app.agents.request import AgentRequest, ContextFile
from babble_app.schemas.models import ModelAnswer, ToolCall
from babble_app.schemas.workspaces import FilePage
from tests.fakes.scripted_client import make_answer

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterable

    from babble_app.schemas.events import AgentEvent

T = TypeVar("T")

BAKERY = """\
# Agent: Bakery
say("Hello, this is the bakery.")
loop:
    res = talk("You take cake orders. Exits: the customer names a cake; the customer leaves.", False)
until "the customer names a cake":
    order = res.ask(question="Which cake?", example={"cake": "apple", "count": 1})
    say(f"{order['count']} x {order['cake']}, noted.")
    return
until "the customer leaves":
    say("Goodbye!")
"""
BROKEN = BAKERY.replace('until "the customer leaves":', 'until "the customer leaves"')


def make_request(
    text: str = "Make a bakery agent that takes orders", **fields: Any
) -> AgentRequest:
    """Return a request of an empty chat."""
    values: dict[str, Any] = {
        "mode": "auto", "program": None, "agent_name": None, "history": (), "files": (), "today": date(2026, 11, 21),
    }  # fmt: skip
    return AgentRequest(text=text, **{**values, **fields})


def make_file(name: str = "menu.txt", *pages: str, **fields: Any) -> ContextFile:
    """Return a text file with these pages."""
    shapes = tuple(FilePage(page=number, text=text) for number, text in enumerate(pages, 1))
    values: dict[str, Any] = {"kind": "text", **fields}
    return ContextFile(id=f"fil_{name}", name=name, pages=shapes, **values)


async def events_of(produced: AsyncGenerator[AgentEvent, None]) -> list[AgentEvent]:
    """Run an agent to its end."""
    async with aclosing(produced) as events:
        return [event async for event in events]


def only(kind: type[T], events: Iterable[AgentEvent]) -> list[T]:
    """Return the events of one kind."""
    return [event for event in events if isinstance(event, kind)]


def text_of(kind: type[Any], events: Iterable[AgentEvent]) -> str:
    """Join the pieces of one kind."""
    return "".join(event.text for event in only(kind, events))


def asking(text: str, **fields: object) -> AgentRequest:
    """Return a question; a rule says that it is one."""
    return make_request(text, mode="chat", **fields)


def calling(*calls: tuple[str, dict[str, object]], error: str = "") -> ModelAnswer:
    """Return an answer that calls tools."""
    made = [
        ToolCall(id=f"call_{n}", name=name, arguments=arguments, error=error)
        for n, (name, arguments) in enumerate(calls)
    ]
    return make_answer("", tool_calls=made, finish_reason="tool_calls")
