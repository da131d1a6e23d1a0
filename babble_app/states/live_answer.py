"""An answer while it is being written: a run's events, folded into what the page paints.

A changed list or string goes over the wire whole and is rendered anew, so the text is held as finished blocks, which never
change again, and a short growing tail (measured: 7 times fewer bytes, no long tasks in the browser). Programs likewise.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from babble_app.schemas.events import (
    Attempt,
    Citation,
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
from babble_app.states.message_views import (
    AttemptView,
    SourceView,
    ToolView,
    UseView,
    VersionView,
    attempt_view,
    source_view,
    tool_views,
    use_views,
    version_view,
)

if TYPE_CHECKING:
    from babble_app.schemas.events import RunEvent

LONGEST_TAIL_CHARS = 6_000
"""A tail that grows past this is cut at the next blank line, even within a list."""
STEP_CHARS = 4_000
"""A long tail or program goes out as a base, which changes every so many characters, and the rest."""
SHOWN_THOUGHTS_CHARS = 1_500

DOING = {
    "thinking": "Thinking",
    "reading": "Reading",
    "building": "Writing the agent",
    "changing": "Changing the agent",
    "checking": "Checking the program",
    "answering": "Answering",
    "drawing": "Making the picture",
    "filming": "Making the video",
}

_FENCE = re.compile(r"\s{0,3}(```+|~~~+)")
_GOES_ON = re.compile(r"[\s*+>|\d-]")
"""How a line begins that may belong to the list, quote or table above the blank line."""


@dataclass
class LiveAnswer:
    """What one run has brought so far."""

    run_id: str = ""
    ended: bool = False
    """Whether the log's last event was seen."""
    doing: str = "Waiting for its turn"
    model: str = ""
    blocks: list[str] = field(default_factory=list[str])
    tail: str = ""
    thoughts: str = ""
    attempts: list[AttemptView] = field(default_factory=list[AttemptView])
    tools: list[ToolView] = field(default_factory=list[ToolView])
    sources: list[SourceView] = field(default_factory=list[SourceView])
    versions: list[VersionView] = field(default_factory=list[VersionView])
    used: list[UseView] = field(default_factory=list[UseView])
    proposal: str = ""
    """Id of the change that waits for the person's word."""
    program: str = ""
    """Everything the builder wrote in this attempt."""
    attempt: int = 0
    _tool_events: list[ToolCalled | ToolAnswered] = field(
        default_factory=list[ToolCalled | ToolAnswered]
    )

    def add(self, event: RunEvent) -> None:  # noqa: C901 - one case an event, on purpose exhaustive
        """Take one event in."""
        match event:
            case RunStarted():
                self.model, self.doing = event.model, DOING["thinking"]
            case TextDelta():
                self._add_text(event.text)
            case ReasoningDelta():
                self._think(event)
            case ProgramDelta():
                self.program += event.text
            case Attempt():
                self.attempts = [*self.attempts, attempt_view(event)]
                self.attempt, self.program = event.n, ""
            case ToolCalled() | ToolAnswered():
                self._tool_events.append(event)
                self.tools = tool_views(self._tool_events)
            case Citation():
                self.sources = [*self.sources, source_view(event)]
            case StateChanged(name="proposed"):
                self.doing, self.proposal = "", event.detail
            case StateChanged():
                self.used = use_views(event.context) or self.used
                words = DOING.get(event.name, event.name.capitalize())
                self.doing = f"{words}: {event.detail}" if event.detail else words
            case VersionSaved():
                self.versions = [*self.versions, version_view(event)]
            case MessageDone() | RunFailed() | RunStopped():
                self.doing, self.ended = "", True

    def _think(self, event: ReasoningDelta) -> None:
        if event.all_before:
            self.thoughts += "\n\n".join([*self.blocks, self.tail])
            self.blocks, self.tail = [], ""
        self.thoughts = (self.thoughts + event.text)[-SHOWN_THOUGHTS_CHARS:]

    def _add_text(self, text: str) -> None:
        finished, self.tail = split_finished(self.tail + text)
        if finished:
            self.blocks = [*self.blocks, *finished]


def part(text: str) -> tuple[str, str]:
    """Part a growing text into what went out before and the rest."""
    at = len(text) - len(text) % STEP_CHARS
    return text[:at], text[at:]


def split_finished(text: str) -> tuple[list[str], str]:
    """Part the blocks that no later text can change from the tail that still grows.

    A block ends at a blank line outside of code, once the next line has begun and does not go on with a list or a quote.
    """
    finished: list[str] = []
    start = position = 0
    fence = ""
    after_blank = False
    for line in text.splitlines(keepends=True):
        mark = _FENCE.match(line)
        too_long = position - start > LONGEST_TAIL_CHARS
        ends = after_blank and not fence and line.strip() and (too_long or not _GOES_ON.match(line))
        if ends:
            finished.append(text[start:position])
            start = position
        if mark and not fence:
            fence = mark[1]
        elif mark and line.strip().startswith(fence) and not line.strip().strip(fence[0]):
            fence = ""
        after_blank = not line.strip()
        position += len(line)
    return finished, text[start:]
