"""The events of a run: one tagged union that every surface (pages, REST, ChatKit, embed, SDK) shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter

from babble_app.schemas.base import Schema
from babble_app.schemas.findings import Finding
from babble_app.schemas.sessions import SessionStatus
from babble_app.schemas.usage import Usage

Mode = Literal["auto", "build", "chat"]
"""What the sender wants: let triage decide, write or change the agent, or just an answer."""

VersionKind = Literal["create", "edit", "manual", "revert", "import", "restore-hunks"]


class RunStarted(Schema):
    """The run left the queue; always the first event."""

    type: Literal["run.started"] = "run.started"
    run_id: str
    chat_id: str
    message_id: str
    """The question's."""
    model: str
    mode: Mode = "auto"


class TextDelta(Schema):
    """A piece of the answer's Markdown."""

    type: Literal["text.delta"] = "text.delta"
    text: str


class ReasoningDelta(Schema):
    """A piece of what a reasoning model thinks aloud; never taken for the answer or for code."""

    type: Literal["reasoning.delta"] = "reasoning.delta"
    text: str
    all_before: bool = False
    """Whether the text that came before was thinking too: a model that does not mark where its thinking begins."""


class ProgramDelta(Schema):
    """A piece of the program being written; the canvas begins anew at each `attempt`."""

    type: Literal["program.delta"] = "program.delta"
    text: str


class Attempt(Schema):
    """Round `n` of `of` begins; `findings` is what was wrong with the round before (empty for the first)."""

    type: Literal["attempt"] = "attempt"
    n: int
    of: int
    findings: tuple[Finding, ...] = ()


class ToolCalled(Schema):
    """A model asked for a tool."""

    type: Literal["tool.called"] = "tool.called"
    call_id: str
    name: str
    arguments: dict[str, Any]
    by_page: bool = False
    """Whether the page that the visitor is on shall carry it out."""


class ToolAnswered(Schema):
    """The tool's answer, shortened for people."""

    type: Literal["tool.answered"] = "tool.answered"
    call_id: str
    name: str
    ok: bool
    summary: str


class Citation(Schema):
    """A passage of a file or of a web page that the answer rests on; `[number]` in the text refers to it."""

    type: Literal["citation"] = "citation"
    number: int
    file_id: str
    """Empty for a web page."""
    file: str
    """The file's name, or the page's title."""
    page: int | None = None
    quote: str
    url: str = ""
    """Where the web page is."""


class FileUse(Schema):
    """A file of which the model was shown something."""

    file_id: str
    file: str
    pages: tuple[int, ...] = ()
    """Which of a PDF's pages, in order; empty for pictures and for files without pages."""

    @property
    def words(self) -> str:
        """The name and the pages, such as `menu.pdf p. 2-3, 7`."""
        runs: list[list[int]] = []
        for page in self.pages:
            if runs and page == runs[-1][-1] + 1:
                runs[-1].append(page)
            else:
                runs.append([page])
        places = [f"{run[0]}-{run[-1]}" if len(run) > 1 else f"{run[0]}" for run in runs]
        return f"{self.file} p. {', '.join(places)}" if places else self.file


class StateChanged(Schema):
    """What the run is doing now.

    `thinking`, `reading`, `building`, `changing`, `checking`, `answering`, `drawing` or `filming`. `reading` comes with what
    the model is shown of the files: in words in `detail` (`menu.pdf p. 2-3; prices.txt`), and as `context`; a later one
    replaces it. `proposed`: a checked change waits for the person, `detail` is its id; `withdrawn`: the one that waited was
    taken back.
    """

    type: Literal["state"] = "state"
    name: str
    detail: str = ""
    context: tuple[FileUse, ...] = ()

    @classmethod
    def reading(cls, context: tuple[FileUse, ...]) -> StateChanged:
        """Say what the model is shown of the files."""
        words = "; ".join(use.words for use in context)
        return cls(name="reading", detail=words, context=context)


class VersionSaved(Schema):
    """A valid program became a version."""

    type: Literal["version.saved"] = "version.saved"
    agent_id: str
    version_id: str
    number: int
    kind: VersionKind = "create"
    summary: str = ""


class MessageDone(Schema):
    """The answer is complete and stored; the last event of a run that went well."""

    type: Literal["message.done"] = "message.done"
    message_id: str
    text: str
    usage: Usage = Usage()
    model: str
    """Who answered, which may be another than the run began with."""
    why: str = ""
    """One line: why that model answered, where there was a choice."""
    cached: bool = False
    """Whether an earlier answer to the same was given again."""


class RunFailed(Schema):
    """The run ended with an error; what had arrived is stored with the message. A last event."""

    type: Literal["run.failed"] = "run.failed"
    code: str
    message: str
    retryable: bool = False


class RunStopped(Schema):
    """The person pressed Stop; what had arrived is stored with the message. A last event."""

    type: Literal["run.stopped"] = "run.stopped"


RunEvent = Annotated[
    RunStarted
    | TextDelta
    | ReasoningDelta
    | ProgramDelta
    | Attempt
    | ToolCalled
    | ToolAnswered
    | Citation
    | StateChanged
    | VersionSaved
    | MessageDone
    | RunFailed
    | RunStopped,
    Field(discriminator="type"),
]
run_event_adapter: TypeAdapter[RunEvent] = TypeAdapter(RunEvent)

LAST_EVENTS = ("message.done", "run.failed", "run.stopped")
"""Types after which a run's log holds nothing more."""


@dataclass(frozen=True, slots=True)
class NumberedEvent:
    """An event as the log holds it; `seq` counts from 1 without gaps within one run.

    No `Schema`: a live run keeps one for each piece of its answer, and a model would take four times the memory.
    """

    seq: int
    at: datetime
    """Aware, in UTC."""
    event: RunEvent


class VersionProposed(Schema):
    """What builder and iterator hand to the run engine: a checked program to be saved. Never on the wire."""

    type: Literal["version.proposed"] = "version.proposed"
    kind: VersionKind
    program: str
    name: str
    """The agent's name, for a new agent."""
    summary: str
    """One sentence: what the program does, or what changed."""
    findings: tuple[Finding, ...] = ()
    """Warnings only."""
    rounds: int = 1
    raw: str = ""
    """The model's own last answer."""


class UsageCounted(Schema):
    """What one model call of the run used. Never on the wire: the engine adds it up for `message.done`."""

    type: Literal["usage.counted"] = "usage.counted"
    usage: Usage
    model: str = ""
    """Who wrote the answer; empty for calls that only prepared it."""
    why: str = ""
    """One line: why that model answered, where there was a choice."""
    cached: bool = False


class FileMade(Schema):
    """A picture or a video that an agent made, to be stored in the workspace. Never on the wire."""

    type: Literal["file.made"] = "file.made"
    name: str
    media_type: str
    data: bytes


class ProgramMoved(Schema):
    """A turn of a visitor's program is over; what it goes on from is stored with the answer. Never on the wire."""

    type: Literal["program.moved"] = "program.moved"
    log: list[dict[str, Any]]
    status: SessionStatus


AgentEvent = RunEvent | VersionProposed | UsageCounted | FileMade | ProgramMoved
"""What agents yield; the engine turns the last four into stored versions, figures, files and standings of programs."""
