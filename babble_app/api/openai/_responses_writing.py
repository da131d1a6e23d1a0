"""Answers in the form of responses: event by event, or whole."""

from __future__ import annotations

import secrets
import time
from typing import TYPE_CHECKING, Any, assert_never

import orjson

from babble_app.api._problems import openai_error
from babble_app.schemas.models import ModelDone, ReasoningPart, TextPart, ToolCall

if TYPE_CHECKING:
    from babble_app.api.openai._bodies import ResponsesBody
    from babble_app.errors import BabbleError
    from babble_app.schemas.models import ModelAnswer, ModelEvent
    from babble_app.schemas.usage import Usage

JsonObject = dict[str, Any]


class ResponseEvents:
    """Writes the events of one response; each has the next number."""

    def __init__(self, response_id: str, body: ResponsesBody) -> None:
        """Begin with nothing in the answer."""
        self._response = _empty(response_id, body)
        self._number = 0
        self._item_id = ""
        """Of the message that is being written; empty: none is."""
        self._pieces: list[str] = []

    def start(self) -> bytes:
        """Open the answer."""
        created = self._event("response.created", response=self._response)
        return created + self._event("response.in_progress", response=self._response)

    def write(self, event: ModelEvent) -> bytes:
        """Write a piece, or the end."""
        match event:
            case TextPart():
                return self._text(event.text)
            case ReasoningPart():
                return b""
            case ToolCall():
                return self._close_message() + self._call(event)
            case ModelDone():
                closed = self._close_message()
                _finish(self._response, event.finish_reason, event.usage)
                kind = f"response.{self._response['status']}"
                return closed + self._event(kind, response=self._response)
            case _:
                assert_never(event)

    def fail(self, error: BabbleError) -> bytes:
        """Write an error in the place of the end."""
        _, body = openai_error(error.status, str(error), error.code)
        problem = body["error"]
        self._response["status"] = "failed"
        self._response["error"] = {"code": problem["code"], "message": problem["message"]}
        return self._event("response.failed", response=self._response)

    def whole(self, answer: ModelAnswer) -> JsonObject:
        """Return the answer in one piece."""
        output: list[JsonObject] = self._response["output"]
        if answer.text or not answer.tool_calls:
            output.append(_message(_item_id("msg"), answer.text))
        output += [_written_call(_item_id("fc"), call) for call in answer.tool_calls]
        _finish(self._response, answer.finish_reason, answer.usage)
        return self._response

    @property
    def _index(self) -> int:
        return len(self._response["output"])

    def _text(self, text: str) -> bytes:
        opened = b"" if self._item_id else self._open_message()
        self._pieces.append(text)
        place = self._place()
        return opened + self._event("response.output_text.delta", **place, delta=text, logprobs=[])

    def _open_message(self) -> bytes:
        self._item_id = _item_id("msg")
        item: JsonObject = {**_message(self._item_id, ""), "status": "in_progress", "content": []}
        added = self._event("response.output_item.added", output_index=self._index, item=item)
        return added + self._event("response.content_part.added", **self._place(), part=_part(""))

    def _close_message(self) -> bytes:
        if not self._item_id:
            return b""
        text, place = "".join(self._pieces), self._place()
        item = _message(self._item_id, text)
        frames = [
            self._event("response.output_text.done", **place, text=text, logprobs=[]),
            self._event("response.content_part.done", **place, part=_part(text)),
            self._event("response.output_item.done", output_index=self._index, item=item),
        ]
        self._response["output"].append(item)
        self._item_id, self._pieces = "", []
        return b"".join(frames)

    def _call(self, call: ToolCall) -> bytes:
        item = _written_call(_item_id("fc"), call)
        begun = {**item, "arguments": "", "status": "in_progress"}
        arguments = item["arguments"]
        place = {"item_id": item["id"], "output_index": self._index}
        kind = "response.function_call_arguments"
        frames = [
            self._event("response.output_item.added", output_index=self._index, item=begun),
            self._event(f"{kind}.delta", **place, delta=arguments),
            self._event(f"{kind}.done", **place, name=call.name, arguments=arguments),
            self._event("response.output_item.done", output_index=self._index, item=item),
        ]
        self._response["output"].append(item)
        return b"".join(frames)

    def _place(self) -> JsonObject:
        return {"item_id": self._item_id, "output_index": self._index, "content_index": 0}

    def _event(self, kind: str, **fields: Any) -> bytes:
        document = {"type": kind, "sequence_number": self._number, **fields}
        self._number += 1
        return b"event: " + kind.encode() + b"\ndata: " + orjson.dumps(document) + b"\n\n"


def _empty(response_id: str, body: ResponsesBody) -> JsonObject:
    """Return the response before anything was answered; what was asked for is repeated in it."""
    return {
        "id": response_id,
        "object": "response",
        "created_at": int(time.time()),
        "status": "in_progress",
        "background": False,
        "error": None,
        "incomplete_details": None,
        "instructions": body.instructions,
        "max_output_tokens": body.max_output_tokens,
        "metadata": body.metadata or {},
        "model": body.model,
        "output": [],
        "parallel_tool_calls": body.parallel_tool_calls is not False,
        "previous_response_id": body.previous_response_id,
        "reasoning": {"effort": None, "summary": None},
        "store": False,
        "temperature": body.temperature,
        "text": body.text or {"format": {"type": "text"}},
        "tool_choice": body.tool_choice or "auto",
        "tools": body.tools or [],
        "top_p": body.top_p,
        "truncation": "disabled",
        "usage": None,
        "user": body.user,
    }


def _finish(response: JsonObject, reason: str, usage: Usage) -> None:
    response["status"] = "incomplete" if reason in {"length", "content_filter"} else "completed"
    if response["status"] == "incomplete":
        why = "max_output_tokens" if reason == "length" else "content_filter"
        response["incomplete_details"] = {"reason": why}
    response["usage"] = {
        "input_tokens": usage.input_tokens,
        "input_tokens_details": {"cached_tokens": usage.cached_tokens, "cache_write_tokens": 0},
        "output_tokens": usage.output_tokens,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": usage.input_tokens + usage.output_tokens,
    }


def _message(item_id: str, text: str) -> JsonObject:
    return {
        "id": item_id,
        "type": "message",
        "status": "completed",
        "role": "assistant",
        "content": [_part(text)],
    }


def _part(text: str) -> JsonObject:
    return {"type": "output_text", "text": text, "annotations": [], "logprobs": []}


def _written_call(item_id: str, call: ToolCall) -> JsonObject:
    return {
        "id": item_id,
        "type": "function_call",
        "status": "completed",
        "call_id": call.id,
        "name": call.name,
        "arguments": orjson.dumps(call.arguments).decode(),
    }


def _item_id(prefix: str) -> str:
    return f"{prefix}_{secrets.token_hex(12)}"
