"""Chat completions, as OpenAI's clients ask for them."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from babble_app.api._app_identity import Caller
from babble_app.api._app_route import AppRoute
from babble_app.api._idempotency import Keyed
from babble_app.api._identity import Rt
from babble_app.api.openai._bodies import ChatBody, described, read_body
from babble_app.api.openai._chat_writing import ChatChunks, Head, completion
from babble_app.api.openai._reading import read_format, read_messages, read_tools
from babble_app.api.openai._replies import open_reply
from babble_app.api.openai._stream import json_answer, stream, whole
from babble_app.errors import ValidationFailedError
from babble_app.schemas.models import ModelRequest, Wishes

router = APIRouter(prefix="/v1/chat/completions", tags=["openai"], route_class=AppRoute)

_EXAMPLE = {"model": "app", "messages": [{"role": "user", "content": "Hello"}]}
_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "A `chat.completion`; with `stream` its chunks as server-sent events, then `[DONE]`.",
        "content": {
            "application/json": {"schema": {"type": "object"}},
            "text/event-stream": {"schema": {"type": "string"}},
        },
    }
}


@router.post(
    "", response_class=Response, responses=_ANSWERS, openapi_extra=described(ChatBody, _EXAMPLE)
)
async def complete_chat(rt: Rt, caller: Caller, request: Request, keyed: Keyed) -> Response:
    """Answer a chat by a model, or by the app or an agent of its workspace.

    An agent is found again in the conversation that the messages tell, so its program goes on where it stood; what else is asked for
    (tools, formats, temperature) is for models.
    """
    body = await read_body(request, ChatBody)
    wanted = _read(body)
    streamed = bool(body.stream)
    ending, reply = await open_reply(
        rt, caller, request, body.model, wanted, field="messages", streamed=streamed, keyed=keyed
    )
    head = Head(f"chatcmpl-{ending}", body.model)
    if body.stream:
        include_usage = bool((body.stream_options or {}).get("include_usage"))
        return await stream(request, rt, reply, ChatChunks(head, include_usage=include_usage))
    return json_answer(completion(head, await whole(request, rt, reply)))


def _read(body: ChatBody) -> ModelRequest:
    if body.n not in {None, 1}:
        raise ValidationFailedError("One answer is given to a request: n must be 1.", field="n")
    if body.logprobs:
        message = "Probabilities of tokens are not passed on: leave logprobs out."
        raise ValidationFailedError(message, field="logprobs")
    schema, json_object = read_format(body.response_format, "response_format")
    stop = (body.stop,) if isinstance(body.stop, str) else tuple(body.stop or ())
    tools = read_tools(body.tools)
    return ModelRequest(
        messages=tuple(read_messages(body.messages, "messages")),
        tools=tools,
        json_schema=schema,
        temperature=body.temperature,
        max_output_tokens=body.max_completion_tokens or body.max_tokens,
        wishes=Wishes(
            stop=stop,
            seed=body.seed,
            top_p=body.top_p,
            presence_penalty=body.presence_penalty,
            frequency_penalty=body.frequency_penalty,
            tool_choice=body.tool_choice if tools else None,
            parallel_tool_calls=body.parallel_tool_calls if tools else None,
            reasoning_effort=body.reasoning_effort or "",
            json_object=json_object,
            user=body.user or "",
        ),
    )
