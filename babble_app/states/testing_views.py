"""A test conversation as the test pane shows it: plain values, ready to be painted."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from babble_app.schemas.usage import Usage

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from babble_app.schemas.sessions import AgentSession, SessionStep, TraceEvent

STATUS = {
    "waiting": "Waiting for you.",
    "finished": "The program came to its end.",
    "done": "The agent ended the conversation. You may still write: then it goes on.",
    "transferred": "The agent transferred the conversation.",
    "hung_up": "The agent hung up.",
    "failed": "The program failed.",
    "limit": "The program reached one of its limits.",
}
KINDS = {
    "enter_loop": "talks",
    "agent": "says",
    "user": "you",
    "condition": "exit",
    "ask": "ask",
    "http": "network",
    "action": "action",
    "extract": "result",
    "print": "print",
    "assign": "set",
    "return_to_context": "back",
    "error": "error",
    "end": "end",
    "talk": "model",
    "summarize": "sums up",
    "rephrase": "rewords",
}
_OWN_EVENTS = {
    "user": ("user",),
    "talk": ("agent", "condition"),
    "ask": ("ask",),
    "rephrase": ("agent",),
    "http": ("http",),
    "action": ("action",),
    "summarize": (),
}
"""The event that shows what an answer of each kind brought about."""
_ROW_CHARS = 240


@dataclass(frozen=True)
class TestLine:
    """What the conversation shows: a message, an exit that fired, or an error."""

    __test__ = False  # no test class

    kind: str
    """`agent`, `user`, `exit` or `error`."""
    text: str
    line: int
    step: int = -1
    """The answer it came of; -1 where nobody was asked."""


@dataclass(frozen=True)
class TraceRow:
    """A step of the program, in one line."""

    number: int
    kind: str
    words: str
    line: int
    text: str
    figures: str = ""
    step: int = -1
    """The answer it came of, from which one may go on; -1 where nobody was asked."""


@dataclass(frozen=True)
class ConditionRow:
    """A condition of the program, and how often the conversation left by it."""

    line: int
    text: str
    hits: int
    offered: bool
    """Whether the conversation can leave by it now."""


@dataclass(frozen=True)
class Named:
    """A variable or a result."""

    name: str
    value: str


@dataclass(frozen=True)
class Place:
    """A row of the trace: an event, the answer that it came of, or both."""

    event: TraceEvent | None
    step: SessionStep | None


def lines(session: AgentSession) -> list[TestLine]:
    """Return what was said and decided, in order."""
    found = (_line(place) for place in places(session))
    return [line for line in found if line is not None]


def rows(session: AgentSession) -> list[TraceRow]:
    """Return every step in one line each."""
    return [_row(number, place, session) for number, place in enumerate(places(session))]


def totals(session: AgentSession) -> str:
    """Say how much the whole conversation took."""
    usage, seconds = Usage(), 0.0
    for step in session.steps:
        usage += step.usage or Usage()
        seconds += step.seconds or 0.0
    asked = sum(step.usage is not None for step in session.steps)
    if not asked:
        return ""
    calls = f"{asked} model call" + ("" if asked == 1 else "s")
    return " · ".join(part for part in (calls, _figures(seconds, usage)) if part)


def conditions(session: AgentSession) -> list[ConditionRow]:
    """Return all conditions with their counts."""
    waits = session.state.status == "waiting" and session.steps
    offered = {one["text"] for one in _exits_now(session)} if waits else set[str]()
    return [
        ConditionRow(one.line, one.text, one.hits, one.text in offered)
        for one in session.conditions
    ]


def variables(session: AgentSession) -> list[Named]:
    """Return the program's names with short texts of what they hold."""
    return [Named(name, value) for name, value in session.variables.items()]


def results(session: AgentSession) -> list[Named]:
    """Return what the program recorded with `extract`, the last of each key."""
    found = {
        event.name: as_json(event.data.get("value"))
        for event in session.events
        if event.type == "extract"
    }
    return [Named(name, value) for name, value in found.items()]


def problem_line(text: str) -> int:
    """Return the line that a refusal names, or 0."""
    _, found, rest = text.partition(" line ")
    digits = rest.split(":", 1)[0].split(",", 1)[0].strip()
    return int(digits) if found and digits.isdigit() else 0


def _exits_now(session: AgentSession) -> Iterable[Mapping[str, Any]]:
    """Return the exits of the conversation that the program stands in."""
    asked = [step.asked for step in session.steps if step.asked.get("exits")]
    return asked[-1]["exits"] if asked else []


def places(session: AgentSession) -> list[Place]:
    """Put every answer to the event that shows it; one that none shows has a row of its own."""
    owner: dict[int, SessionStep] = {}
    alone: dict[int, list[SessionStep]] = {}
    ends = [step.event for step in session.steps[1:]] + [len(session.events)]
    for step, end in zip(session.steps, ends, strict=False):
        own = _OWN_EVENTS[step.kind]
        at = next((n for n in range(step.event, end) if session.events[n].type in own), None)
        if at is None:
            alone.setdefault(step.event, []).append(step)
        else:
            owner[at] = step
    found: list[Place] = []
    for number, event in enumerate(session.events):
        found += [Place(None, step) for step in alone.get(number, ())]
        found.append(Place(event, owner.get(number)))
    return found + [Place(None, step) for step in alone.get(len(session.events), ())]


def _line(place: Place) -> TestLine | None:
    event = place.event
    kinds = {"agent": "agent", "user": "user", "condition": "exit", "error": "error"}
    kind = kinds.get(event.type) if event else None
    if event is None or kind is None or not (event.text or event.name):
        return None
    step = place.step.number if place.step else -1
    return TestLine(kind=kind, text=event.text or event.name, line=event.line or 0, step=step)


def _row(number: int, place: Place, session: AgentSession) -> TraceRow:
    event, step = place.event, place.step
    kind = event.type if event else step.kind if step else ""
    line = (event.line if event else step.line if step else None) or 0
    text = _event_text(event) if event else _step_text(step, session) if step else ""
    figures = _figures(step.seconds, step.usage) if step else ""
    return TraceRow(
        number=number,
        kind=kind,
        words=KINDS[kind],
        line=line,
        text=text[:_ROW_CHARS],
        figures=figures,
        step=step.number if step else -1,
    )


def _event_text(event: TraceEvent) -> str:
    data = event.data
    match event.type:
        case "ask":
            return f"{event.text} → {as_json(data.get('result'))}"
        case "http":
            return f"{event.text} → {data.get('error') or data.get('status', '')}"
        case "action":
            given: dict[str, Any] = data.get("args") or {}
            told = ", ".join(f"{name}={as_json(value)}" for name, value in given.items())
            return f"{event.name}({told})"
        case "extract" | "assign":
            value = data.get("value")
            return f"{event.name} = {value if event.type == 'assign' else as_json(value)}"
        case "return_to_context":
            value = data.get("value")
            return "to the conversation" + ("" if value is None else f": {as_json(value)}")
        case "end":
            return STATUS.get(event.name, event.name)
        case "error":
            return f"{event.text} ({event.name})" if event.name else event.text
        case _:
            return event.text or event.name


def _step_text(step: SessionStep, session: AgentSession) -> str:
    answer = session.log[step.number]
    if step.kind == "talk" and "exit" in answer:
        return f"chose the exit {answer['exit']}, which was refused"
    if step.kind == "talk":
        return "said nothing"
    if step.kind == "ask":
        return f"{step.asked['question']} → {as_json(answer.get('value'))} (refused)"
    return str(answer.get("text") or answer.get("error") or "")


def _figures(seconds: float | None, usage: Usage | None) -> str:
    parts = [f"{seconds:.1f} s"] if seconds is not None else []
    if usage and (usage.input_tokens or usage.output_tokens):
        parts.append(f"{usage.input_tokens:,} in, {usage.output_tokens:,} out")
    if usage and usage.cost_usd:
        parts.append(f"${usage.cost_usd:.4f}")
    return " · ".join(parts)


def as_json(value: object, indent: int | None = None) -> str:
    """Return a value as people read it."""
    return json.dumps(value, ensure_ascii=False, indent=indent)
