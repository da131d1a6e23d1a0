"""Checks what must be so at the end of a test; outcomes are a judge's (agents/judge.py)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import regex

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from babble_app.schemas.agent_tests import Assertion
    from babble_app.schemas.sessions import SessionStatus, TraceEvent

PATTERN_SECONDS = 0.2


def find_failures(
    assertions: Sequence[Assertion],
    events: Sequence[TraceEvent],
    status: SessionStatus,
    variables: Mapping[str, str],
) -> list[str]:
    """Return in words which assertions do not hold."""
    found = (_failure(one, events, status, variables) for one in assertions)
    return [problem for problem in found if problem]


def _failure(
    wanted: Assertion,
    events: Sequence[TraceEvent],
    status: SessionStatus,
    variables: Mapping[str, str],
) -> str:
    match wanted.kind:
        case "conditions" | "reaches":
            return _conditions(wanted, [e for e in events if e.type == "condition"])
        case "extract":
            return _extract(wanted, events)
        case "action":
            return _action(wanted, events)
        case "status":
            if status == wanted.value:
                return ""
            return f"The conversation ended with the status {status!r}, not {wanted.value!r}."
        case "contains" | "not_contains" | "matches":
            return _words(wanted, [e.text for e in events if e.type == "agent"])
        case "variable":
            have = variables.get(wanted.name)
            if have == wanted.value:
                return ""
            return f"The variable {wanted.name} is {_shown(have)}, not {_shown(wanted.value)}."
        case "outcome":
            return ""


def _conditions(wanted: Assertion, fired: Sequence[TraceEvent]) -> str:
    texts: list[str] = wanted.value
    listed = ", ".join(f"“{event.text}”" for event in fired) or "none"
    if wanted.kind == "conditions":
        same = len(fired) == len(texts) and all(map(_is_condition, fired, texts))
        return "" if same else f"The conditions that fired are {listed}; wanted: {_list(texts)}."
    waiting = list(texts)
    for event in fired:
        if waiting and _is_condition(event, waiting[0]):
            del waiting[0]
    if not waiting:
        return ""
    return f"The condition “{waiting[0]}” was not reached; fired: {listed}."


def _is_condition(event: TraceEvent, text: str) -> bool:
    """Whether the text is the condition's own, its slug, or a tool's `name: description`."""
    return text in {event.text, event.name, f"{event.name}: {event.text}"}


def _extract(wanted: Assertion, events: Sequence[TraceEvent]) -> str:
    values = [e.data.get("value") for e in events if e.type == "extract" and e.name == wanted.name]
    if values and values[-1] == wanted.value:
        return ""
    have = f"is {_shown(values[-1])}" if values else "was not extracted"
    return f"{wanted.name} {have}; wanted: {_shown(wanted.value)}."


def _action(wanted: Assertion, events: Sequence[TraceEvent]) -> str:
    done = [e.data.get("args") for e in events if e.type == "action" and e.name == wanted.name]
    if done and (wanted.value is None or wanted.value in done):
        return ""
    if not done:
        return f"The action {wanted.name} was not done."
    return f"The action {wanted.name} was done with {_shown(done[-1])}; wanted: {_shown(wanted.value)}."


def _words(wanted: Assertion, said: Sequence[str]) -> str:
    text: str = wanted.value
    if wanted.kind == "matches":
        return _match(text, said)
    found = any(_folded(text) in _folded(message) for message in said)
    if wanted.kind == "contains":
        return "" if found else f"The agent never says “{text[:200]}”."
    return f"The agent says “{text[:200]}”, which it must not." if found else ""


def _match(pattern: str, said: Sequence[str]) -> str:
    try:
        if any(regex.search(pattern, message, timeout=PATTERN_SECONDS) for message in said):
            return ""
    except TimeoutError:
        return f"The pattern {pattern[:200]!r} takes too long; write a simpler one."
    except regex.error as error:
        return f"The pattern {pattern[:200]!r} is not a regular expression: {error}."
    return f"Nothing that the agent says matches {pattern[:200]!r}."


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def _list(texts: Sequence[str]) -> str:
    return ", ".join(f"“{text}”" for text in texts) or "none"


def _shown(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return f"“{text[:200]}”"
