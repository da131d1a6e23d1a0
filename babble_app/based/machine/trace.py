"""What a run shows: its events, and what was said."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from babble_app.based.machine.memory import Uncounted
from babble_app.schemas.sessions import TraceEvent

if TYPE_CHECKING:
    from babble_app.based.effects import Role
    from babble_app.based.machine.limits import Meter
    from babble_app.schemas.sessions import TraceType

_TRACE_CHARS = 4_000
_NAME_CHARS = 200


class Trace(Uncounted):
    """The events of a run and the session's transcript."""

    def __init__(self, meter: Meter) -> None:
        self.meter = meter
        self.events: list[TraceEvent] = []
        self.transcript: list[tuple[Role, str]] = []
        self.step = 0
        """Answers taken from outside."""
        self._unprinted = ""

    def add(
        self,
        kind: TraceType,
        *,
        line: int | None,
        text: str = "",
        name: str = "",
        data: dict[str, Any] | None = None,
        via: Any = "",
        force: bool = False,
    ) -> None:
        """Add an event; `force` is for the last ones, which no limit holds back."""
        text = text if kind == "agent" else text[:_TRACE_CHARS]
        if not force:
            chars = len(text) + (len(json.dumps(data)) if data else 0)
            self.meter.event(len(self.events) + 1, chars)
        self.events.append(
            TraceEvent(
                type=kind,
                line=line,
                text=self.clean(text),
                via=via,
                name=self.clean(name[:_NAME_CHARS]),
                data=data or {},
                step=self.step,
            )
        )

    def speak(self, text: str, via: str, line: int) -> None:
        """Let the agent say something."""
        text = self.clean(text)
        self.meter.transcript(text)
        self.transcript.append(("assistant", text))
        self.add("agent", text=text, via=via, line=line)

    def hear(self, text: str, line: int) -> None:
        """Take a message of the user."""
        text = self.clean(text)
        self.meter.transcript(text)
        self.transcript.append(("user", text))
        self.add("user", text=text, line=line)

    def print(self, text: str, end: str, line: int) -> None:
        """Show what a program prints, an event a line end; what has no line end yet waits for it."""
        text = self._unprinted + text + end
        self.meter.text(len(text))
        if text.endswith("\n"):
            self._unprinted = ""
            self.add("print", text=text[:-1], line=line)
        else:
            self._unprinted = text

    def flush_prints(self, line: int) -> None:
        """Show what waits for its line end."""
        if self._unprinted:
            self.add("print", text=self._unprinted, line=line, force=True)
            self._unprinted = ""

    @staticmethod
    def clean(text: str) -> str:
        """Replace what no JSON text can carry."""
        return text if text.isascii() else text.encode("utf-8", "replace").decode()
