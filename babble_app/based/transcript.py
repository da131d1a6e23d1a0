"""What can be observed of a run, as lines of text, and two runs side by side."""

from __future__ import annotations

import json
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any

from babble_app.schemas.agent_tests import Comparison

if TYPE_CHECKING:
    from collections.abc import Sequence

    from babble_app.schemas.sessions import SessionStatus, TraceEvent


def transcript(events: Sequence[TraceEvent], status: SessionStatus) -> tuple[str, ...]:
    """Return what the user and the world could notice, a line each.

    Prompts, variables, prints, questions to the model and line numbers are not among it: they may change without anybody noticing.
    """
    lines = [line for event in events if (line := _line(event))]
    return (*lines, f"end: {status}")


def _line(event: TraceEvent) -> str:
    match event.type:
        case "agent" | "user":
            return f"{event.type}: {event.text}"
        case "condition":
            return f"condition: {event.text}{_json(event.data.get('arguments'))}"
        case "extract":
            return f"extract: {event.name} ={_json(event.data.get('value'), empty=True)}"
        case "action":
            return f"action: {event.name}{_json(event.data.get('args'))}"
        case "http":
            sent = {key: event.data[key] for key in ("params", "body") if event.data.get(key)}
            return f"http: {event.text}{_json(sent)}"
        case "error":
            return f"error: {event.name}"
        case "enter_loop" | "ask" | "print" | "assign" | "return_to_context" | "end":
            return ""


def _json(value: Any, *, empty: bool = False) -> str:
    return f" {json.dumps(value, ensure_ascii=False, sort_keys=True)}" if value or empty else ""


def compare(recorded: Sequence[str], now: Sequence[str]) -> tuple[Comparison, ...]:
    """Return two transcripts side by side, equal lines beside each other."""
    rows: list[Comparison] = []
    matcher = SequenceMatcher(None, list(recorded), list(now), autojunk=False)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        left, right = recorded[i1:i2], now[j1:j2]
        if tag == "equal":
            rows += [Comparison(mark="same", recorded=line, now=line) for line in left]
            continue
        both = min(len(left), len(right))
        rows += [
            Comparison(mark="changed", recorded=old, now=new)
            for old, new in zip(left, right, strict=False)
        ]
        rows += [Comparison(mark="removed", recorded=line) for line in left[both:]]
        rows += [Comparison(mark="added", now=line) for line in right[both:]]
    return tuple(rows)


def first_difference(recorded: Sequence[str], now: Sequence[str]) -> str:
    """Return in words where two transcripts part; empty when they do not."""
    for old, new in zip(recorded, now, strict=False):
        if old != new:
            return f"recorded “{_short(old)}”, now “{_short(new)}”"
    if len(recorded) > len(now):
        return f"recorded “{_short(recorded[len(now)])}”, now nothing more"
    if len(now) > len(recorded):
        return f"now also “{_short(now[len(recorded)])}”"
    return ""


def _short(line: str) -> str:
    return line if len(line) <= 200 else f"{line[:199]}…"
