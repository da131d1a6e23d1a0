"""Folds a run's events into the answer that is stored; live and after a crash the same."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from babble_app.schemas.chats import RunProblem
from babble_app.schemas.events import (
    Attempt,
    Citation,
    FileUse,
    MessageDone,
    ProgramDelta,
    ReasoningDelta,
    RunFailed,
    RunStarted,
    RunStopped,
    StateChanged,
    TextDelta,
    ToolAnswered,
    ToolCalled,
    VersionSaved,
)
from babble_app.schemas.usage import Usage

if TYPE_CHECKING:
    from babble_app.schemas.events import ProgramMoved, RunEvent, UsageCounted


@dataclass
class Answer:
    """What a run has brought so far."""

    pieces: list[str] = field(default_factory=list[str])
    thoughts: list[str] = field(default_factory=list[str])
    size_chars: int = 0
    """Of text, reasoning and program together."""
    model: str = ""
    why: str = ""
    cached: bool = False
    usage: Usage = field(default_factory=Usage)
    problem: RunProblem | None = None
    raw: str = ""
    attempts: list[Attempt] = field(default_factory=list[Attempt])
    tools: list[ToolCalled | ToolAnswered] = field(default_factory=list[ToolCalled | ToolAnswered])
    citations: list[Citation] = field(default_factory=list[Citation])
    versions: list[VersionSaved] = field(default_factory=list[VersionSaved])
    proposal_id: str | None = None
    context: tuple[FileUse, ...] = ()
    moved: ProgramMoved | None = None
    """Where a visitor's program stands after it."""

    @property
    def text(self) -> str:
        """The answer's Markdown so far."""
        return "".join(self.pieces)

    def add(self, event: RunEvent) -> None:  # noqa: C901 - one case an event, on purpose exhaustive
        """Take one event in."""
        match event:
            case TextDelta():
                self.pieces.append(event.text)
                self.size_chars += len(event.text)
            case ReasoningDelta():
                if event.all_before:
                    self.thoughts += self.pieces
                    self.pieces.clear()
                self.thoughts.append(event.text)
                self.size_chars += len(event.text)
            case ProgramDelta():
                self.size_chars += len(event.text)
            case RunStarted():
                self.model = event.model
            case Attempt():
                self.attempts.append(event)
            case ToolCalled() | ToolAnswered():
                self.tools.append(event)
            case Citation():
                self.citations.append(event)
            case VersionSaved():
                self.versions.append(event)
            case MessageDone():
                self.usage, self.model, self.why = event.usage, event.model, event.why
                self.cached = event.cached
            case RunFailed():
                self.problem = RunProblem(
                    code=event.code, message=event.message, retryable=event.retryable
                )
            case StateChanged():
                self.proposal_id = event.detail if event.name == "proposed" else self.proposal_id
                self.context = event.context or self.context
            case RunStopped():
                pass

    def count(self, counted: UsageCounted) -> None:
        """Add what a call used; the last one that wrote the answer says who gave it."""
        self.usage += counted.usage
        if counted.model:
            self.model, self.why = counted.model, counted.why
            self.cached = counted.cached

    def details(self) -> dict[str, Any]:
        """Return the JSON object that is stored beside the message's text; empty parts are left out."""
        lists = {
            "attempts": self.attempts,
            "tools": self.tools,
            "citations": self.citations,
            "versions": self.versions,
            "context": self.context,
        }
        stored: dict[str, Any] = {
            name: [item.model_dump(mode="json") for item in items]
            for name, items in lists.items()
            if items
        }
        if self.thoughts:
            stored["reasoning"] = "".join(self.thoughts)
        if self.proposal_id:
            stored["proposal_id"] = self.proposal_id
        if self.why:
            stored["why"] = self.why
        if self.cached:
            stored["cached"] = True
        if self.raw:
            stored["raw"] = self.raw
        if self.problem:
            stored["problem"] = self.problem.model_dump(mode="json")
        stored["usage"] = self.usage.model_dump(mode="json")
        return stored
