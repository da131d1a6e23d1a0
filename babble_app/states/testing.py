"""The test pane: a conversation with the program on screen, saved or not, and the trace of its steps."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import reflex as rx

from babble_app.errors import BabbleError
from babble_app.services import runtime, sessions
from babble_app.states.canvas import CanvasState
from babble_app.states.choices import ChoicesState
from babble_app.states.tab import own_tab, owner_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from babble_app.schemas.sessions import AgentSession, SessionState, TraceEvent

STATUS = {
    "waiting": "Waiting for you",
    "finished": "The program came to its end",
    "done": "The agent ended the conversation",
    "transferred": "The agent transferred the conversation",
    "hung_up": "The agent hung up",
    "failed": "The program failed",
    "limit": "The program reached its limit of steps",
}
STEPS = {
    "enter_loop": "loop",
    "agent": "says",
    "user": "you",
    "condition": "exit",
    "ask": "ask",
    "http": "http",
    "action": "action",
    "extract": "extract",
    "print": "print",
    "assign": "set",
    "return_to_context": "return",
    "error": "error",
    "end": "end",
}


@dataclass(frozen=True)
class TestLine:
    """What the conversation shows: a message, an exit that fired, or an error."""

    __test__ = False  # no test class

    kind: str
    """`agent`, `user`, `exit` or `error`."""
    text: str
    line: int


@dataclass(frozen=True)
class TraceRow:
    """A step of the program."""

    kind: str
    line: int
    text: str
    detail: str
    """Arguments and results, as JSON; may be empty."""


class TestState(rx.State):
    """One test conversation."""

    __test__ = False

    session: str = ""
    version: str = ""
    """The version that runs, empty for unsaved text."""
    label: str = ""
    lines: list[TestLine] = []
    trace: list[TraceRow] = []
    status: str = ""
    status_words: str = ""
    line: int = 0
    """Where the program stands; lit in the editor."""
    busy: bool = False
    pending: str = ""
    """What was said and is not answered yet."""
    problem: str = ""
    returned: dict[str, str | int] = {}
    trace_open: bool = False

    @rx.event(background=True)
    async def start(self) -> None:
        """Run the text on screen from its beginning."""
        async with self:
            owner_id = await owner_of(self)
            canvas = await self.get_state(CanvasState)
            agent_id, number = canvas.agent, canvas.number
            program, version_id = canvas._program()  # noqa: SLF001 - underscore: not callable from outside  # pyright: ignore[reportPrivateUsage]
            model = (await self.get_state(ChoicesState)).model
            if self.busy or not agent_id:
                return
            self.reset()
            self.busy = True
        try:
            session = await sessions.start_session(
                runtime.current(),
                owner_id,
                agent_id,
                version_id=version_id,
                program=None if version_id else program,
                model=model,
            )
            async with own_tab(self, owner_id):
                self.label = (
                    f"Version {number}" if version_id else f"Version {number} with unsaved edits"
                )
                self._begin(session)
        except BabbleError as error:
            async with own_tab(self, owner_id):
                self.problem = str(error)
        finally:
            async with own_tab(self, owner_id):
                self.busy = False

    @rx.event(background=True)
    async def send(self, text: str) -> None:
        """Say something to the agent."""
        async with self:
            owner_id = await owner_of(self)
            session_id = self.session
            if self.busy or not session_id:
                return
            self.busy, self.pending, self.problem = True, text, ""
        try:
            turn = await sessions.send_message(runtime.current(), owner_id, session_id, text)
            async with own_tab(self, owner_id):
                if self.session == session_id:
                    self._add(turn.events, turn.state)
        except BabbleError as error:
            async with own_tab(self, owner_id):
                self.problem = str(error)
                self.returned = {"number": int(self.returned.get("number", 0)) + 1, "text": text}
        finally:
            async with own_tab(self, owner_id):
                self.busy, self.pending = False, ""

    @rx.event
    def toggle_trace(self) -> None:
        """Show or hide the steps."""
        self.trace_open = not self.trace_open

    @rx.event
    def close(self) -> None:
        """End the test; the next begins anew."""
        self.reset()

    def _begin(self, session: AgentSession) -> None:
        self.session, self.version = session.id, session.version_id or ""
        self._add(session.events, session.state)

    def _add(self, events: Iterable[TraceEvent], state: SessionState) -> None:
        events = list(events)
        self.lines = [*self.lines, *(line for event in events if (line := _line(event)))]
        self.trace = [*self.trace, *(_row(event) for event in events)]
        self.status, self.status_words = state.status, STATUS[state.status]
        self.line = state.line or 0


def _line(event: TraceEvent) -> TestLine | None:
    kind = {"agent": "agent", "user": "user", "condition": "exit", "error": "error"}.get(event.type)
    if kind is None or not (event.text or event.name):
        return None
    return TestLine(kind=kind, text=event.text or event.name, line=event.line or 0)


def _row(event: TraceEvent) -> TraceRow:
    detail = json.dumps(event.data, ensure_ascii=False, indent=1) if event.data else ""
    name = event.name if event.name and event.name != event.text else ""
    text = ": ".join(part for part in (name, event.text) if part)
    return TraceRow(kind=STEPS[event.type], line=event.line or 0, text=text, detail=detail)
