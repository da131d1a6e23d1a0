"""Responses, as OpenAI's clients ask for them."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from babble_app.api._app_identity import Caller
from babble_app.api._app_route import AppRoute
from babble_app.api._idempotency import Keyed
from babble_app.api._identity import Rt
from babble_app.api.openai._bodies import ResponsesBody, described, read_body
from babble_app.api.openai._replies import open_reply
from babble_app.api.openai._responses_reading import read_request
from babble_app.api.openai._responses_writing import ResponseEvents
from babble_app.api.openai._stream import json_answer, stream, whole

router = APIRouter(prefix="/v1/responses", tags=["openai"], route_class=AppRoute)

_PREFIX = "resp_"
_EXAMPLE = {"model": "app", "input": "Hello"}
_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "A `response`; with `stream` its events as server-sent events.",
        "content": {
            "application/json": {"schema": {"type": "object"}},
            "text/event-stream": {"schema": {"type": "string"}},
        },
    }
}


@router.post(
    "",
    response_class=Response,
    responses=_ANSWERS,
    openapi_extra=described(ResponsesBody, _EXAMPLE),
)
async def make_response(rt: Rt, caller: Caller, request: Request, keyed: Keyed) -> Response:
    """Answer a text or a list of items by a model, or by the app or an agent of its workspace.

    With `previous_response_id` an agent goes on from that answer, and only the last message counts.
    """
    body = await read_body(request, ResponsesBody)
    wanted = read_request(body)
    after = (body.previous_response_id or "").removeprefix(_PREFIX)
    ending, reply = await open_reply(
        rt,
        caller,
        request,
        body.model,
        wanted,
        field="input",
        streamed=bool(body.stream),
        keyed=keyed,
        after=after,
    )
    events = ResponseEvents(f"{_PREFIX}{ending}", body)
    if body.stream:
        return await stream(request, rt, reply, events)
    return json_answer(events.whole(await whole(request, rt, reply)))
