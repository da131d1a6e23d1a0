"""Chat with an app's agent, for host apps and widgets."""

from __future__ import annotations

from contextlib import aclosing
from functools import partial
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Header, Query, Request
from pydantic import Field, StringConstraints

from babble_app.api._app_identity import Caller, is_still_allowed
from babble_app.api._app_route import AppRoute
from babble_app.api._app_stream import AppFrames, place_of
from babble_app.api._bodies import Id, Text, example
from babble_app.api._event_stream import EventStream
from babble_app.api._idempotency import Keyed
from babble_app.api._identity import Rt, client_address
from babble_app.api._token_watch import while_allowed
from babble_app.errors import ValidationFailedError
from babble_app.schemas.apps import PageTool
from babble_app.schemas.base import Schema
from babble_app.schemas.visits import ChatReply, VisitorMessage
from babble_app.services import visits
from babble_app.services.app_callers import AppCaller
from babble_app.services.idempotency import KeyedRequest
from babble_app.services.runtime import Runtime
from babble_app.services.visit_replies import ReplyBuilder
from babble_app.services.visits import VisitRun

router = APIRouter(prefix="/api/v1/chat", tags=["host apps"], route_class=AppRoute)

MAX_CONTEXT_BYTES = 32 * 1024
MAX_PAGE_TOOLS = 16


class ChatBody(Schema):
    """A visitor's message."""

    model_config = example(
        message="Help me write a SQL query to get all users",
        context={"app": "exportee", "schema": ["users", "orders"]},
    )

    message: Annotated[Text, StringConstraints(max_length=200_000)]
    """1 to 32,000 characters."""
    session_id: Id | None = None
    """Of an earlier answer; left out: a new conversation."""
    context: dict[str, Any] = Field(default_factory=dict[str, Any])
    """What the page or program says of itself, up to 32 KiB; models are shown it as data."""
    user: Annotated[Text, StringConstraints(max_length=200)] = ""
    """Your own name of the visitor, of a new conversation."""
    tools: Annotated[tuple[PageTool, ...], Field(max_length=MAX_PAGE_TOOLS)] = ()
    """What the calling page can do when the agent asks for it."""


_EVENTS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "`session`, then any of `delta`, `tool`, `citation`, `state`, at last one of `done` or `error`.",
        "content": {
            "text/event-stream": {
                "schema": {"type": "string"},
                "example": 'id: run_5f.2\nevent: delta\ndata: {"text":"Hello"}\n\n',
            }
        },
    }
}
_CONTEXT = Header(
    alias="X-App-Context",
    description="A JSON object, merged with the body's `context`; the body wins.",
    max_length=64 * 1024,
)
AppContext = Annotated[str | None, _CONTEXT]
LastEventId = Annotated[
    str | None, Header(description="Go on behind this event; nothing is asked again.")
]


@router.post("")
async def chat(
    rt: Rt,
    caller: Caller,
    request: Request,
    body: ChatBody,
    keyed: Keyed,
    x_app_context: AppContext = None,
) -> ChatReply:
    """Answer a message, whole."""
    run = await _start(rt, caller, request, body, keyed, x_app_context, streamed=False)
    builder = ReplyBuilder(run)
    async with while_allowed(request, rt), aclosing(visits.events(rt, caller, run)) as events:
        async for numbered in events:
            builder.take(numbered.event)
    assert builder.reply is not None
    return builder.reply


@router.post("/stream", status_code=200, response_class=EventStream, responses=_EVENTS)
async def stream(
    rt: Rt,
    caller: Caller,
    request: Request,
    body: ChatBody,
    keyed: Keyed,
    x_app_context: AppContext = None,
    last_event_id: LastEventId = None,
) -> EventStream:
    """Answer a message in pieces; the answer goes on when the reader goes away, and can be read on from."""
    if place := place_of(last_event_id or ""):
        return await _read_on(rt, caller, request, *place)
    run = await _start(rt, caller, request, body, keyed, x_app_context)
    return _stream(rt, caller, request, run)


@router.get("/stream", status_code=200, response_class=EventStream, responses=_EVENTS)
async def stream_by_query(
    rt: Rt,
    caller: Caller,
    request: Request,
    message: Annotated[Text, Query(max_length=200_000)] = "",
    session_id: Annotated[Id | None, Query()] = None,
    context: Annotated[str, Query(description="A JSON object.", max_length=64 * 1024)] = "",
    user: Annotated[Text, Query(max_length=200)] = "",
    x_app_context: AppContext = None,
    last_event_id: LastEventId = None,
    read_on: Annotated[
        str | None,
        Query(alias="last_event_id", description="As the header, for clients that cannot set one."),
    ] = None,
) -> EventStream:
    """As `POST /api/v1/chat/stream`, for clients that can only GET."""
    if place := place_of(last_event_id or read_on or ""):
        return await _read_on(rt, caller, request, *place)
    body = ChatBody(
        message=message,
        session_id=session_id,
        context=_object(context, "context"),
        user=user,
    )
    run = await _start(rt, caller, request, body, None, x_app_context)
    return _stream(rt, caller, request, run)


async def _start(
    rt: Runtime,
    caller: AppCaller,
    request: Request,
    body: ChatBody,
    keyed: KeyedRequest | None,
    header: str | None,
    *,
    streamed: bool = True,
) -> VisitRun:
    message = VisitorMessage(
        text=body.message,
        context=merged_context(body.context, header),
        tools=body.tools,
        streamed=streamed,
    )
    return await visits.start(
        rt,
        caller,
        message,
        session_id=body.session_id or "",
        visitor=body.user,
        address=client_address(request),
        keyed=keyed,
    )


async def _read_on(
    rt: Runtime, caller: AppCaller, request: Request, run_id: str, after: int
) -> EventStream:
    run = await visits.find_run(rt, caller, run_id)
    return _stream(rt, caller, request, run, after)


def _stream(
    rt: Runtime, caller: AppCaller, request: Request, run: VisitRun, after: int = 0
) -> EventStream:
    events = visits.events(rt, caller, run)
    allowed = partial(is_still_allowed, request, rt)
    return EventStream(events, AppFrames(run, after).frame, allowed)


def merged_context(body: dict[str, Any], header: str | None) -> str:
    """Return both contexts as one JSON object, empty when there is none.

    Raises:
        ValidationFailedError: the header is no JSON object, or they cannot be written, or are over 32 KiB together.
    """
    context = _object(header or "", "X-App-Context") | body
    if not context:
        return ""
    try:
        data = orjson.dumps(context, option=orjson.OPT_INDENT_2)
    except TypeError as error:
        message = "The context is nested too deeply, or holds a number or characters that cannot be stored."
        raise ValidationFailedError(message, field="context") from error
    if len(orjson.dumps(context)) > MAX_CONTEXT_BYTES:
        message = f"The context is larger than {MAX_CONTEXT_BYTES // 1024} KiB. Send less of it."
        raise ValidationFailedError(message, field="context")
    return data.decode()


def _object(text: str, field: str) -> dict[str, Any]:
    if not text:
        return {}
    try:
        value: Any = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        message = f"{field} is not JSON."
        raise ValidationFailedError(message, field=field) from error
    if not isinstance(value, dict):
        message = f"{field} must be a JSON object."
        raise ValidationFailedError(message, field=field)
    return value  # pyright: ignore[reportUnknownVariableType] - JSON objects have text keys
