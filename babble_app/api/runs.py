"""Runs: following, stopping and repeating the making of an answer."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Request, Response, status

from babble_app.api._bodies import Id
from babble_app.api._event_stream import EventStream
from babble_app.api._idempotency import Keyed
from babble_app.api._identity import Me, Rt, is_still_allowed
from babble_app.api.messages import StartedRun
from babble_app.schemas.chats import Run
from babble_app.services import runs

router = APIRouter(prefix="/api/runs/{run_id}", tags=["runs"])

_EVENTS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "One frame an event; ends after `message.done`, `run.failed` or `run.stopped`.",
        "content": {
            "text/event-stream": {
                "schema": {"type": "string"},
                "example": 'id: 2\nevent: text.delta\ndata: {"type":"text.delta","text":"Hello"}\n\n',
            }
        },
    }
}


@router.get("")
async def get_run(rt: Rt, me: Me, run_id: Id) -> Run:
    """Return a run."""
    return await runs.get_run(rt, me.id, run_id)


@router.get("/events", status_code=200, response_class=EventStream, responses=_EVENTS)
async def follow_run(
    rt: Rt,
    me: Me,
    request: Request,
    run_id: Id,
    after: Annotated[int, Query(ge=0, description="Begin behind this event's number.")] = 0,
    last_event_id: Annotated[int | None, Header(ge=0, description="As `after`; wins.")] = None,
) -> EventStream:
    """Stream the run's events from the first on, live when it still goes on.

    Any number of readers see the same events; the run goes on without them. A reader that comes back with `Last-Event-ID`
    gets what it missed, nothing twice. The stream ends early when the login or token it was opened with is revoked.
    """
    await runs.get_run(rt, me.id, run_id)
    start = after if last_event_id is None else last_event_id
    events = runs.events(rt, me.id, run_id, after=start)
    return EventStream(events, is_allowed=partial(is_still_allowed, request, rt))


@router.post("/stop")
async def stop_run(rt: Rt, me: Me, run_id: Id) -> Run:
    """Stop the run; what has arrived stays. A run that has ended is left as it is."""
    return await runs.stop(rt, me.id, run_id)


@router.post("/retry", status_code=status.HTTP_202_ACCEPTED)
async def retry_run(rt: Rt, me: Me, run_id: Id, response: Response, keyed: Keyed) -> StartedRun:
    """Ask the same question again, after a run that failed, was stopped or was interrupted."""
    run = await runs.run_again(rt, me.id, run_id, keyed=keyed)
    response.headers["Location"] = f"/api/runs/{run.id}"
    return StartedRun.of(run)
