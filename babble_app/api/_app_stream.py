"""A run's events as host apps and widgets get them (API.md): fewer kinds, and nothing of the workbench."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from babble_app.errors import BabbleError
from babble_app.schemas.events import (
    Citation,
    MessageDone,
    RunFailed,
    RunStarted,
    RunStopped,
    StateChanged,
    TextDelta,
    ToolAnswered,
    ToolCalled,
)
from babble_app.services.visit_replies import ReplyBuilder, reply_citation

if TYPE_CHECKING:
    from babble_app.schemas.events import NumberedEvent
    from babble_app.services.visits import VisitRun


class AppFrames:
    """Writes one frame for each event that callers see; an id names the run too, so that a reconnect asks nothing again."""

    def __init__(self, run: VisitRun, after: int = 0) -> None:
        """Take the run's events from its first on; those up to `after` are known, but belong to the whole answer."""
        self._run = run
        self._after = after
        self._builder = ReplyBuilder(run)
        self._by_page: dict[str, bool] = {}
        """Whether the page carries a call out; models may use an id again."""

    def frame(self, numbered: NumberedEvent) -> bytes:
        """Return the event's frame; empty: callers do not see it."""
        try:
            self._builder.take(numbered.event)
        except BabbleError as error:
            data = {"code": error.code, "detail": str(error), "retryable": error.retryable}
            return self._written(numbered, "error", data)
        event = numbered.event
        match event:
            case RunStarted():
                data = {"session_id": self._run.session_id, "message_id": event.message_id}
                return self._written(numbered, "session", data)
            case TextDelta():
                return self._written(numbered, "delta", {"text": event.text})
            case ToolCalled():
                self._by_page[event.call_id] = event.by_page
                return self._written(numbered, "tool", _called(event))
            case ToolAnswered():
                status = "done" if event.ok else "failed"
                # What the app's own functions answer is the agent's to read, and not the visitor's.
                data = {
                    "name": event.name,
                    "status": status,
                    "summary": event.summary if self._by_page.get(event.call_id) else "",
                    "call_id": event.call_id,
                }
                return self._written(numbered, "tool", data)
            case Citation():
                return self._written(numbered, "citation", reply_citation(event).model_dump())
            case StateChanged():
                return self._written(numbered, "state", {"name": event.name})
            case MessageDone():
                assert self._builder.reply is not None
                return self._written(numbered, "done", self._builder.reply.model_dump())
            case RunFailed() | RunStopped():
                raise AssertionError("the builder raises for these")
            case _:
                return b""

    def _written(self, numbered: NumberedEvent, kind: str, data: dict[str, Any]) -> bytes:
        if numbered.seq <= self._after:
            return b""
        head = f"id: {self._run.run_id}.{numbered.seq}\nevent: {kind}\ndata: ".encode()
        return head + orjson.dumps(data) + b"\n\n"


def _called(event: ToolCalled) -> dict[str, Any]:
    """Tell that a tool was called; its arguments only if the page shall carry it out: others are not the visitor's to see."""
    data: dict[str, Any] = {
        "name": event.name,
        "status": "wanted" if event.by_page else "called",
        "summary": "",
        "call_id": event.call_id,
    }
    return data | {"arguments": event.arguments} if event.by_page else data


def place_of(last_event_id: str) -> tuple[str, int] | None:
    """Return the run and the number that an id names; None: it is none of ours."""
    run_id, dot, number = last_event_id.rpartition(".")
    if not dot or not run_id.startswith("run_") or not number.isdecimal():
        return None
    return run_id, int(number[:9])
