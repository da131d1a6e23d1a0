"""What answers the program's network calls and actions in a test conversation, as the person prepares it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import reflex as rx

from babble_app.schemas.mocks import Mock
from babble_app.services import runtime, sessions
from babble_app.services.session_shapes import MAX_MOCKS
from babble_app.states.canvas import CanvasState
from babble_app.states.json_fields import FieldError, read_json
from babble_app.states.tab import own_tab, owner_of

METHODS = ("", "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD")
_LEAST_STATUS, _MOST_STATUS = 100, 599


@dataclass(frozen=True)
class MockRow:
    """A mock in the list and in its form."""

    number: int = -1
    """Its place; -1 for one that is being made."""
    kind: str = "http"
    method: str = ""
    url: str = ""
    name: str = ""
    status: str = "200"
    body: str = "{}"
    error: str = ""
    title: str = ""
    answer: str = ""


class MocksState(rx.State):
    """The mocks of the agent on the canvas; a conversation is told of them when it goes on."""

    agent: str = ""
    rows: list[MockRow] = []
    draft: MockRow = MockRow()
    editing: bool = False
    kind: str = "http"
    fails: bool = False
    problem: str = ""
    _mocks: list[Mock] = []

    @rx.event(background=True)
    async def load(self) -> None:
        """Show the agent's mocks: those of its last conversation, until others are made here."""
        async with self:
            owner_id = await owner_of(self)
            agent_id = (await self.get_state(CanvasState)).agent
            if not agent_id or agent_id == self.agent:
                return
        mocks = await sessions.find_mocks(runtime.current(), owner_id, agent_id)
        async with own_tab(self, owner_id):
            if (await self.get_state(CanvasState)).agent == agent_id:
                self.agent = agent_id
                self._keep(list(mocks))

    @rx.event
    def open_mock(self, number: int) -> None:
        """Edit a mock, or make one (-1)."""
        found = self.rows[number] if 0 <= number < len(self.rows) else MockRow()
        self.draft, self.kind, self.fails = found, found.kind, found.error != ""
        self.editing, self.problem = True, ""

    @rx.event
    def pick_kind(self, tab: str) -> None:
        """Mock a network call or an action."""
        self.kind = "action" if tab == "action" else "http"

    @rx.event
    def pick_failure(self, chosen: bool) -> None:
        """Let the call be answered, or fail."""
        self.fails = chosen

    @rx.event
    def close_mock(self) -> None:
        """Leave the form."""
        self.editing = False

    @rx.event
    def save_mock(self, form: dict[str, Any]) -> None:
        """Take the mock in, or say what is wrong with it."""
        try:
            mock = read_mock(form, kind=self.kind, fails=self.fails)
        except FieldError as error:
            self.problem = str(error)
            return
        mocks, at = list(self._mocks), self.draft.number
        if 0 <= at < len(mocks):
            mocks[at] = mock
        elif len(mocks) < MAX_MOCKS:
            mocks.append(mock)
        else:
            self.problem = f"There are {MAX_MOCKS} mocks, which is the most."
            return
        self._keep(mocks)
        self.editing = False

    @rx.event
    def delete_mock(self, number: int) -> None:
        """Take a mock out of the list."""
        self._keep([mock for at, mock in enumerate(self._mocks) if at != number])

    @rx.event
    def raise_mock(self, number: int) -> None:
        """Ask a mock before the one above it."""
        mocks = list(self._mocks)
        if 0 < number < len(mocks):
            mocks[number - 1], mocks[number] = mocks[number], mocks[number - 1]
            self._keep(mocks)

    def _keep(self, mocks: list[Mock]) -> None:
        self._mocks = mocks
        self.rows = [mock_row(number, mock) for number, mock in enumerate(mocks)]

    def _of(self, agent_id: str) -> list[Mock] | None:
        """Return the agent's mocks, or None where nothing is known of them here."""
        return self._mocks if self.agent == agent_id else None


def mock_row(number: int, mock: Mock) -> MockRow:
    """Return a mock as the list shows it."""
    call = f"{mock.method or 'ANY'} {mock.url or '*'}" if mock.kind == "http" else mock.name or "*"
    body = json.dumps(mock.body, ensure_ascii=False, indent=2)
    shown = f"{mock.status} {body}" if mock.kind == "http" else body
    return MockRow(
        number=number,
        kind=mock.kind,
        method=mock.method,
        url=mock.url,
        name=mock.name,
        status=str(mock.status),
        body=body,
        error=mock.error,
        title=call,
        answer=f"fails: {mock.error}" if mock.error else shown,
    )


def read_mock(form: dict[str, Any], *, kind: str, fails: bool) -> Mock:
    """Return the mock that a form describes.

    Raises:
        FieldError: something in it is none; the message says what and where.
    """
    words = {name: str(form.get(name) or "").strip() for name in ("method", "url", "name", "error")}
    if fails and not words["error"]:
        raise FieldError("Say in a few words how the call fails.")
    body = None if fails else read_json(str(form.get("body") or ""), "The answer")
    error = words["error"] if fails else ""
    if kind == "action":
        return Mock(kind="action", name=words["name"], body=body, error=error)
    if words["method"] not in METHODS:
        raise FieldError("Choose one of the methods.")
    status = 200 if fails else read_status(str(form.get("status") or ""))
    return Mock(
        kind="http",
        method=words["method"],
        url=words["url"],
        status=status,
        body=body,
        error=error,
    )


def read_status(text: str) -> int:
    """Return an HTTP status; raises FieldError."""
    text = text.strip()
    if not text.isascii() or not text.isdigit() or not _LEAST_STATUS <= int(text) <= _MOST_STATUS:
        raise FieldError(f"The status must be a number from {_LEAST_STATUS} to {_MOST_STATUS}.")
    return int(text)
