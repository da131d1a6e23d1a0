"""Answers as they are kept: which are good enough, for how long, and in what form; and the port of where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import orjson

from babble_app.schemas.models import ModelDone, ReasoningPart, TextPart, ToolCall

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from babble_app.schemas.models import ModelEvent, ModelRequest

MINUTES_WITHOUT_HISTORY = 60
MINUTES_WITH_HISTORY = 30


class AnswerStore(Protocol):
    """Where answers are kept; a store that is out of order has none, and says nothing."""

    async def get(self, namespace: str, key: str) -> bytes | None:
        """Return what is kept, None when there is nothing or its time is over."""
        ...

    async def set(self, namespace: str, key: str, value: bytes, seconds: float) -> None:
        """Keep `value` for a time, as far as there is room."""
        ...

    async def forget(self, namespace: str) -> None:
        """Remove everything of the namespace."""
        ...

    async def close(self) -> None:
        """Close its connections."""
        ...


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """An answer of before."""

    pieces: Iterator[TextPart | ReasoningPart | ToolCall]
    """As they were streamed, without the end; made as they are taken."""
    done: ModelDone
    """The end: the model and the reason; what it used is not kept."""
    kept_at: float
    """Seconds since 1970."""


def keep_seconds(request: ModelRequest, minutes: int | None) -> float:
    """Return how long the answer may be given again: `minutes`, else by whether the request has a history.

    Within a conversation the same words are seldom meant to be answered with the same words again.
    """
    if minutes is None:
        minutes = MINUTES_WITH_HISTORY if _has_history(request) else MINUTES_WITHOUT_HISTORY
    return minutes * 60.0


def is_good(request: ModelRequest, events: Sequence[ModelEvent]) -> bool:
    """Tell whether a finished answer may be given again: whole, not empty, and JSON where JSON was asked for."""
    done = events[-1] if events else None
    if not isinstance(done, ModelDone) or done.finish_reason not in {"stop", "tool_calls"}:
        return False
    calls = [event for event in events if isinstance(event, ToolCall)]
    if any(call.error for call in calls):
        return False
    text = _text(events)
    if request.json_schema is not None and not calls:
        return _is_json(text)
    return bool(text.strip() or calls)


def pack(events: Iterable[ModelEvent], kept_at: float) -> bytes | None:
    """Return an answer's compact form; None for what JSON cannot hold (half a surrogate pair)."""
    rows: list[list[Any]] = []
    for event in events:
        match event:
            case TextPart():
                rows.append([event.text])  # what a row is shows by its length
            case ReasoningPart():
                rows.append([event.text, event.all_before])
            case ToolCall():
                rows.append([event.id, event.name, event.arguments])
            case ModelDone():
                rows.append([event.model, event.finish_reason, kept_at, "end"])
    try:
        return orjson.dumps(rows)
    except orjson.JSONEncodeError:
        return None


def unpack(value: bytes) -> KeptAnswer:
    """Read what `pack` wrote."""
    rows = orjson.loads(value)
    model, finish, kept_at, _ = rows.pop()
    done = ModelDone(model=model, finish_reason=finish)
    return KeptAnswer(map(_piece, rows), done, kept_at)


def _piece(row: list[Any]) -> TextPart | ReasoningPart | ToolCall:
    if len(row) == 1:
        return TextPart(text=row[0])
    if len(row) == 2:
        return ReasoningPart(text=row[0], all_before=row[1])
    return ToolCall(id=row[0], name=row[1], arguments=row[2])


def _has_history(request: ModelRequest) -> bool:
    """Tell whether the model said something before the user's last message."""
    roles = [message.role for message in request.messages]
    if "user" not in roles:
        return False
    last = len(roles) - 1 - roles[::-1].index("user")
    return "assistant" in roles[:last]


def _text(events: Iterable[ModelEvent]) -> str:
    parts: list[str] = []
    for event in events:
        if isinstance(event, TextPart):
            parts.append(event.text)
        elif isinstance(event, ReasoningPart) and event.all_before:
            parts.clear()
    return "".join(parts)


def _is_json(text: str) -> bool:
    try:
        orjson.loads(text)
    except orjson.JSONDecodeError:
        return False
    return True
