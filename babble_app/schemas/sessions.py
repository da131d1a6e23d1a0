"""Test conversations with an agent: the trace of a Based program that runs."""

from __future__ import annotations

from typing import Any, Literal

from babble_app.schemas.base import Schema, Timestamp
from babble_app.schemas.mocks import Mock
from babble_app.schemas.usage import Usage

TraceType = Literal[
    "enter_loop", "agent", "user", "condition", "ask", "http", "action", "extract", "print", "assign",
    "return_to_context", "error", "end",
]  # fmt: skip
StepKind = Literal["user", "talk", "ask", "summarize", "rephrase", "http", "action"]
SessionStatus = Literal["waiting", "finished", "done", "transferred", "hung_up", "failed", "limit"]


class TraceEvent(Schema):
    """One step of a program (BASED.md 8); fields that a type does not use are empty."""

    type: TraceType
    line: int | None = None
    text: str = ""
    """What was said, asked, printed; an error's message; a condition's text."""
    via: Literal["", "say", "talk"] = ""
    name: str = ""
    """A condition's slug, an action's or a variable's name, an error's code, an end's status."""
    data: dict[str, Any] = {}
    """Arguments, results and previews, JSON values."""
    step: int = 0
    """How many answers the program had been given by then: entries of its log."""


class SessionState(Schema):
    """Where the program stands."""

    line: int | None
    status: SessionStatus


class SessionStep(Schema):
    """An answer that the program was given: what it had asked, and what the answer took."""

    number: int
    """The answer's place in the log."""
    kind: StepKind
    line: int
    event: int
    """How many events of the trace came before it."""
    asked: dict[str, Any]
    """Prompt, exits, question, request or arguments, by kind."""
    seconds: float | None = None
    usage: Usage | None = None


class ConditionCount(Schema):
    """A condition of the program, and how often the conversation left by it."""

    line: int
    text: str
    hits: int


class AgentSession(Schema):
    """A test conversation; `events` is the whole trace so far."""

    id: str
    agent_id: str
    version_id: str | None
    """None when it runs text that is not saved."""
    program: str
    model: str
    events: tuple[TraceEvent, ...]
    state: SessionState
    steps: tuple[SessionStep, ...] = ()
    conditions: tuple[ConditionCount, ...] = ()
    variables: dict[str, str] = {}
    """What the program's names hold, as short texts."""
    mocks: tuple[Mock, ...] = ()
    """What answers the program's network calls and actions."""
    log: tuple[dict[str, Any], ...] = ()
    """The answers from which the conversation can be played again; the program and they are all there is to it."""
    created_at: Timestamp


class SessionTurn(Schema):
    """What one message of the visitor brought about."""

    events: tuple[TraceEvent, ...]
    state: SessionState
