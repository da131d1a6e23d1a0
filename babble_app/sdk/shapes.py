"""What the server answers, as frozen objects. Fields that a newer server adds are left out."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

Rating = Literal["up", "down"]


class Shape(BaseModel):
    """Base of every shape."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Usage(Shape):
    """What an answer took."""

    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: float | None = None
    """None: nobody knows the model's price."""


class Citation(Shape):
    """A passage of a file or of a web page that the answer rests on."""

    number: int | None = None
    """`[number]` in the answer refers to it."""
    file: str = ""
    page: int | None = None
    quote: str = ""
    url: str = ""


class Answer(Shape):
    """A whole answer."""

    response: str
    """Markdown."""
    session_id: str
    message_id: str
    agent_version: int | None = None
    """None: the plain assistant answered, no agent."""
    model: str = ""
    cached: bool = False
    """Whether an earlier answer to the same was given again; it cost nothing."""
    usage: Usage = Usage()
    citations: tuple[Citation, ...] = ()
    ended: bool = False
    """Whether the agent's program has come to its end; a further message needs a new session."""
    human: bool = False
    """Whether a person has taken over; `response` is empty then, and the person's words are in the history."""

    def __str__(self) -> str:
        return self.response


class Message(Shape):
    """A message of a session."""

    id: str
    role: Literal["user", "assistant"]
    text: str
    status: str = "done"
    human: str = ""
    """The name of the person who wrote it, where it was no agent."""
    citations: tuple[Citation, ...] = ()
    rating: Rating | None = None
    created_at: datetime


class Opening(Shape):
    """A session that was just begun."""

    session_id: str
    greeting: str = ""
    """What the agent says first."""
    messages: tuple[Message, ...] = ()
    ended: bool = False


class UploadedFile(Shape):
    """A file that was given to a session."""

    id: str
    name: str


class SessionFacts(Shape):
    """A session without what was said in it."""

    session_id: str
    title: str = ""
    """The beginning of the first message."""
    user: str = ""
    """Your own name of whoever asks."""
    ended: bool = False
    human: str = ""
    """The name of the person who has taken over."""
    created_at: datetime
    updated_at: datetime


class Figures(Shape):
    """What an app asked of models."""

    requests: int = 0
    """Answers of models, made or given again."""
    errors: int = 0
    cache_hits: int = 0
    """Answers that were given again; they cost nothing."""
    tokens: int = 0
    """`input_tokens` and `output_tokens` together."""
    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: float = 0.0
    p50_ms: float | None = None
    """How long answers took; None where none was made."""
    p95_ms: float | None = None


class Day(Figures):
    """The figures of one day."""

    day: str
    """`2026-11-30`, in UTC."""


class Stats(Figures):
    """The app's figures between two moments."""

    since: datetime
    until: datetime | None = None
    """None: now."""
    by_day: tuple[Day, ...] = ()
    """Days on which something was asked, the earliest first."""


class SessionEvent(Shape):
    """The first event: which session and which message this is."""

    type: Literal["session"] = "session"
    session_id: str
    message_id: str = ""


class DeltaEvent(Shape):
    """A piece of the answer."""

    type: Literal["delta"] = "delta"
    text: str


class ToolEvent(Shape):
    """A tool is used; `wanted` asks the caller to carry it out (`send_tool_result`)."""

    type: Literal["tool"] = "tool"
    name: str
    status: str = ""
    """`called`, `done`, `failed` or `wanted`."""
    summary: str = ""
    call_id: str = ""
    arguments: dict[str, Any] = {}


class CitationEvent(Citation):
    """A passage that the answer rests on."""

    type: Literal["citation"] = "citation"


class StateEvent(Shape):
    """What is being done now: `thinking`, `answering`, `waiting_for_page`, `human`..."""

    type: Literal["state"] = "state"
    name: str


class DoneEvent(Shape):
    """The last event: the answer as a whole."""

    type: Literal["done"] = "done"
    answer: Answer


BrainEvent = SessionEvent | DeltaEvent | ToolEvent | CitationEvent | StateEvent | DoneEvent
