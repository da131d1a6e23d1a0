"""A test conversation as the test pane shows it: plain values, ready to be painted."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
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
_PART_CHARS = 8_000


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
class Part:
    """A titled text of a step's details."""

    title: str
    text: str
    mono: bool = False


@dataclass(frozen=True)
class StepDetail:
    """Everything there is to know of a step."""

    number: int = -1
    step: int = -1
    kind: str = ""
    """The answer's kind; empty where nobody was asked."""
    parts: list[Part] = field(default_factory=list[Part])


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
class _Place:
    """A row of the trace: an event, the answer that it came of, or both."""

    event: TraceEvent | None
    step: SessionStep | None


def lines(session: AgentSession) -> list[TestLine]:
    """Return what was said and decided, in order."""
    found = (_line(place) for place in _places(session))
    return [line for line in found if line is not None]


def rows(session: AgentSession) -> list[TraceRow]:
    """Return every step in one line each."""
    return [_row(number, place, session) for number, place in enumerate(_places(session))]


def detail(session: AgentSession, number: int) -> StepDetail:
    """Return what is behind row `number`; empty when there is no such row."""
    places = _places(session)
    if not 0 <= number < len(places):
        return StepDetail()
    event, step = places[number].event, places[number].step
    parts = _asked_parts(step) if step else []
    if step:
        parts += _answer_parts(session.log[step.number])
    elif event:
        parts += _event_parts(event)
    shown = [part for part in parts if part.text]
    return StepDetail(
        number=number,
        step=step.number if step else -1,
        kind=step.kind if step else "",
        parts=shown,
    )


def totals(session: AgentSession) -> str:
    """Say how much the whole conversation took."""
    usage, seconds = Usage(), 0.0
    for step in session.steps:
        usage += step.usage or Usage()
        seconds += step.seconds or 0.0
    asked = sum(step.usage is not None for step in session.steps)
    calls = f"{asked} model call" + ("" if asked == 1 else "s")
    return " · ".join(part for part in (calls, _figures(seconds if asked else None, usage)) if part)


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
        event.name: _json(event.data.get("value"))
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


def _places(session: AgentSession) -> list[_Place]:
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
    places: list[_Place] = []
    for number, event in enumerate(session.events):
        places += [_Place(None, step) for step in alone.get(number, ())]
        places.append(_Place(event, owner.get(number)))
    return places + [_Place(None, step) for step in alone.get(len(session.events), ())]


def _line(place: _Place) -> TestLine | None:
    event = place.event
    kinds = {"agent": "agent", "user": "user", "condition": "exit", "error": "error"}
    kind = kinds.get(event.type) if event else None
    if event is None or kind is None or not (event.text or event.name):
        return None
    step = place.step.number if place.step else -1
    return TestLine(kind=kind, text=event.text or event.name, line=event.line or 0, step=step)


def _row(number: int, place: _Place, session: AgentSession) -> TraceRow:
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
            return f"{event.text} → {_json(data.get('result'))}"
        case "http":
            return f"{event.text} → {data.get('error') or data.get('status', '')}"
        case "action":
            given: dict[str, Any] = data.get("args") or {}
            told = ", ".join(f"{name}={_json(value)}" for name, value in given.items())
            return f"{event.name}({told})"
        case "extract" | "assign":
            value = data.get("value")
            return f"{event.name} = {value if event.type == 'assign' else _json(value)}"
        case "return_to_context":
            value = data.get("value")
            return "to the conversation" + ("" if value is None else f": {_json(value)}")
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
        return f"{step.asked['question']} → {_json(answer.get('value'))} (refused)"
    return str(answer.get("text") or answer.get("error") or "")


def _asked_parts(step: SessionStep) -> list[Part]:
    asked = step.asked
    match step.kind:
        case "talk":
            exits = "\n".join(f"{one['text']}  ({one['slug']})" for one in asked["exits"])
            offered = exits or "None: the agent was to speak first."
            return [
                Part("Prompt", asked["prompt"][:_PART_CHARS]),
                Part("Facts", _json(asked["data"], indent=1) if asked["data"] else "", mono=True),
                Part("New for this turn", asked["context"]),
                Part("Exits offered", offered),
            ]
        case "ask":
            shape = asked["schema"] if asked["schema"] is not None else asked["example"]
            return [
                Part("Question", asked["question"]),
                Part("About", asked["input"][:_PART_CHARS]),
                Part("Shape of the answer", _json(shape) if shape is not None else "", mono=True),
                Part("Wrong with the answer before", asked["problem"]),
            ]
        case "summarize":
            return [Part("Focus", asked["prompt"]), Part("About", asked["input"][:_PART_CHARS])]
        case "rephrase":
            return [Part("Words to put otherwise", asked["text"])]
        case "http":
            sent = [
                Part(title, _json(asked[key], indent=1) if asked[key] else "", mono=True)
                for title, key in (("Parameters", "params"), ("Body", "body"), ("Headers", "headers"))
            ]  # fmt: skip
            return [Part("Request", f"{asked['method']} {asked['url']}", mono=True), *sent]
        case "action":
            given = _json(asked["args"], indent=1)
            return [Part("Action", asked["name"], mono=True), Part("Arguments", given, mono=True)]
        case "user":
            return []


def _answer_parts(answer: Mapping[str, Any]) -> list[Part]:
    mocked = " (from a mock)" if answer.get("mocked") else ""
    match answer["kind"]:
        case "talk" if "exit" in answer:
            given = answer.get("arguments")
            return [
                Part("The model chose the exit", answer["exit"], mono=True),
                Part("Arguments", _json(given, indent=1) if given else "", mono=True),
            ]
        case "talk":
            return [Part("The model said", answer["reply"])]
        case "ask":
            return [Part("Answer", _json(answer["value"], indent=1), mono=True)]
        case "http" | "action" if answer.get("error"):
            return [Part(f"Failed{mocked}", answer["error"])]
        case "http":
            body = answer.get("body")
            shown = body if isinstance(body, str) else _json(body, indent=1)
            return [Part(f"Answer {answer['status']}{mocked}", shown[:_PART_CHARS], mono=True)]
        case "action":
            return [Part(f"Answer{mocked}", _json(answer.get("value"), indent=1), mono=True)]
        case "user":
            return [Part("You said", answer["text"])]
        case _:
            return [Part("Answer", str(answer.get("text", "")))]


def _event_parts(event: TraceEvent) -> list[Part]:
    if event.type == "enter_loop":
        return [Part("Prompt", event.text)]
    data = _json(event.data, indent=1) if event.data else ""
    return [Part("Text", event.text), Part("Data", data, mono=True)]


def _figures(seconds: float | None, usage: Usage | None) -> str:
    parts = [f"{seconds:.1f} s"] if seconds is not None else []
    if usage and (usage.input_tokens or usage.output_tokens):
        parts.append(f"{usage.input_tokens:,} in, {usage.output_tokens:,} out")
    if usage and usage.cost_usd:
        parts.append(f"${usage.cost_usd:.4f}")
    return " · ".join(parts)


def _json(value: object, indent: int | None = None) -> str:
    return json.dumps(value, ensure_ascii=False, indent=indent)
