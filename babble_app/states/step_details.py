"""Everything there is to know of one step of a test conversation."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from babble_app.states.testing_views import as_json, places

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from babble_app.schemas.sessions import AgentSession, SessionStep, TraceEvent

_PART_CHARS = 8_000


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


def step_detail(session: AgentSession, number: int) -> StepDetail:
    """Return what is behind row `number`; empty when there is no such row."""
    all_rows = places(session)
    if not 0 <= number < len(all_rows):
        return StepDetail()
    event, step = all_rows[number].event, all_rows[number].step
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


def _asked_parts(step: SessionStep) -> list[Part]:
    asked = step.asked
    match step.kind:
        case "talk":
            exits = "\n".join(f"{one['text']}  ({one['slug']})" for one in asked["exits"])
            offered = exits or "None: the agent was to speak first."
            return [
                Part("Prompt", asked["prompt"][:_PART_CHARS]),
                Part("Facts", as_json(asked["data"], indent=1) if asked["data"] else "", mono=True),
                Part("New for this turn", asked["context"]),
                Part("Exits offered", offered),
            ]
        case "ask":
            shape = asked["schema"] if asked["schema"] is not None else asked["example"]
            return [
                Part("Question", asked["question"]),
                Part("About", asked["input"][:_PART_CHARS]),
                Part("Shape of the answer", as_json(shape) if shape is not None else "", mono=True),
                Part("Wrong with the answer before", asked["problem"]),
            ]
        case "summarize":
            return [Part("Focus", asked["prompt"]), Part("About", asked["input"][:_PART_CHARS])]
        case "rephrase":
            return [Part("Words to put otherwise", asked["text"])]
        case "http":
            sent = [
                Part(title, as_json(asked[key], indent=1) if asked[key] else "", mono=True)
                for title, key in (("Parameters", "params"), ("Body", "body"), ("Headers", "headers"))
            ]  # fmt: skip
            return [Part("Request", f"{asked['method']} {asked['url']}", mono=True), *sent]
        case "action":
            given = as_json(asked["args"], indent=1)
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
                Part("Arguments", as_json(given, indent=1) if given else "", mono=True),
            ]
        case "talk":
            return [Part("The model said", answer["reply"])]
        case "ask":
            return [Part("Answer", as_json(answer["value"], indent=1), mono=True)]
        case "http" | "action" if answer.get("error"):
            return [Part(f"Failed{mocked}", answer["error"])]
        case "http":
            body = answer.get("body")
            shown = body if isinstance(body, str) else as_json(body, indent=1)
            return [Part(f"Answer {answer['status']}{mocked}", shown[:_PART_CHARS], mono=True)]
        case "action":
            return [Part(f"Answer{mocked}", as_json(answer.get("value"), indent=1), mono=True)]
        case "user":
            return [Part("You said", answer["text"])]
        case _:
            return [Part("Answer", str(answer.get("text", "")))]


def _event_parts(event: TraceEvent) -> list[Part]:
    if event.type == "enter_loop":
        return [Part("Prompt", event.text)]
    data = as_json(event.data, indent=1) if event.data else ""
    return [Part("Text", event.text), Part("Data", data, mono=True)]
