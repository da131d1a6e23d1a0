"""What a visitor hears from people: the events of a session."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any, cast

import orjson
from fastapi import APIRouter, Header, Query, Request

from babble_app.api._app_identity import Caller, is_still_allowed
from babble_app.api._bodies import Id
from babble_app.api._event_stream import EventStream
from babble_app.api._identity import Rt
from babble_app.schemas.conversations import VisitNews
from babble_app.services import visit_news

router = APIRouter(prefix="/api/v1/sessions/{session_id}/events", tags=["host apps"])

_EVENTS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "`state` first and at each change, `message` for each message that a person writes; a comment every 15 s.",
        "content": {
            "text/event-stream": {
                "schema": {"type": "string"},
                "example": 'event: state\ndata: {"name":"human","person":"Ada","asked":false}\n\n',
            }
        },
    }
}


@router.get("", status_code=200, response_class=EventStream, responses=_EVENTS)
async def follow_session(
    rt: Rt,
    caller: Caller,
    request: Request,
    session_id: Id,
    after: Annotated[
        Id | None,
        Query(description="Begin behind this message of the session; left out: with what comes."),
    ] = None,
    last_event_id: Annotated[Id | None, Header(description="As `after`; wins.")] = None,
) -> EventStream:
    """Stream what people write in a conversation, and whether a person (`human`) or the `agent` answers.

    It ends when the token that it was opened with is taken back; a visitor's that expires may read on for a day.
    """
    place = await visit_news.find_place(rt, caller, session_id, last_event_id or after)
    allowed = partial(is_still_allowed, request, rt)
    news = visit_news.news(rt, caller, session_id, place, allowed)
    # The stream gives each event to what writes it, and looks at nothing of it: these need not be numbered.
    return EventStream(cast("Any", news), cast("Any", frame))


def frame(news: VisitNews) -> bytes:
    """Write news as a frame; a message's id is the frame's, so that a reconnect goes on behind it."""
    if news.message is not None:
        data = orjson.dumps({"message": news.message.model_dump(mode="json")})
        return b"id: %b\nevent: message\ndata: %b\n\n" % (news.message.id.encode(), data)
    name = "human" if news.person else "agent"
    state = {"name": name, "person": news.person, "asked": news.asked}
    return b"event: state\ndata: %b\n\n" % orjson.dumps(state)
