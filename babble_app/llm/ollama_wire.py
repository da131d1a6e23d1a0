"""Speaks Ollama's own wire: one JSON document a line, thoughts apart, the context's size chosen by the caller."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, cast

import orjson

from babble_app.errors import BabbleError
from babble_app.llm import failures, http, tokens
from babble_app.llm.lines import Lines
from babble_app.llm.openai_answer import MISSHAPEN
from babble_app.llm.openai_request import tool_definition
from babble_app.llm.tool_calls import make_tool_call, new_call_id
from babble_app.schemas.models import (
    ModelAnswer,
    ModelDone,
    ReasoningPart,
    TextPart,
    ToolCall,
    Wishes,
)
from babble_app.schemas.usage import Usage

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    from babble_app.llm.deadlines import Deadlines
    from babble_app.llm.target import Target
    from babble_app.schemas.models import ModelEvent, ModelMessage, ModelRequest

PATH = "/api/chat"
SMALLEST_CONTEXT = 8_192
LARGEST_CONTEXT = 131_072
ROOM_FOR_ANSWER = 4_096
_OPTIONS = {"stop", "seed", "top_p", "presence_penalty", "frequency_penalty"}
"""Of a caller's wishes, those that Ollama knows, under the same names."""


@dataclass
class OllamaWire:
    """A `Wire` for one model of an Ollama server."""

    target: Target
    sessions: http.Sessions
    deadlines: Deadlines

    async def batches(self, request: ModelRequest) -> AsyncGenerator[Sequence[ModelEvent], None]:
        """Yield what each network read brought; see `Wire`."""
        body = request_body(self.target, request, stream=True)
        async with http.call(self.sessions.get(), self.target, PATH, body) as response:
            reader = _Reader(self.target)
            lines = Lines(self.target, self.deadlines.max_bytes)
            while not reader.done:
                data = await response.content.readany()
                try:
                    reader.read(lines.feed(data) if data else lines.end())
                except BabbleError:
                    if batch := reader.batch():  # what came before the trouble stands
                        yield batch
                    raise
                if batch := reader.batch():
                    yield batch
                if not data:
                    reader.check_end()
            await response.content.readany()  # to its end, so that the connection is used again

    async def whole(self, request: ModelRequest) -> ModelAnswer:
        """Return the answer in one piece."""
        body = request_body(self.target, request, stream=False)
        async with http.call(self.sessions.get(), self.target, PATH, body) as response:
            document = await http.read_json(self.target, response, self.deadlines.max_bytes)
        reader = _Reader(self.target)
        reader.take(document)
        reader.check_end()
        return _whole(reader.batch())


class _Reader:
    """Turns the documents of one answer into events."""

    def __init__(self, target: Target) -> None:
        self.done = False
        self._started = False
        self._target = target
        self._calls: list[ToolCall] = []
        self._events: list[ModelEvent] = []

    def read(self, lines: list[bytes]) -> None:
        """Take the documents of the lines, one each."""
        for line in lines:
            if not line.strip():
                continue
            try:
                document = orjson.loads(line)
            except orjson.JSONDecodeError as error:
                raise failures.garbled(self._target) from error
            self.take(document)

    def take(self, document: object) -> None:
        """Take one document.

        Raises:
            BabbleError: it is an error, or no piece of an answer.
        """
        fields = cast("dict[str, Any]", document) if isinstance(document, dict) else {}
        if "error" in fields:
            raise failures.error_event(self._target, fields["error"])
        if "message" not in fields and "done" not in fields:
            raise failures.garbled(self._target)
        try:
            self._piece(cast("dict[str, Any]", fields.get("message") or {}))
            if fields.get("done"):
                self.done = True
                self._events.append(self._end(fields))
        except MISSHAPEN as error:
            raise failures.garbled(self._target) from error

    def _piece(self, message: dict[str, Any]) -> None:
        if thought := message.get("thinking"):
            self._events.append(ReasoningPart(text=_words(thought)))
        if text := message.get("content"):
            self._events.append(TextPart(text=_words(text)))
        for call in message.get("tool_calls") or ():
            self._add_call(call.get("function") or {})

    def batch(self) -> list[ModelEvent]:
        """Return the events since the last call."""
        self._started = self._started or bool(self._events)
        events, self._events = self._events, []
        return events

    def check_end(self) -> None:
        """Raise unless the answer is complete."""
        if not self.done:
            raise (failures.cut_off if self._started else failures.empty)(self._target)

    def _add_call(self, function: dict[str, Any]) -> None:
        name = str(function.get("name") or "")
        call = make_tool_call(new_call_id(), name, function.get("arguments") or {})
        self._calls.append(call)
        self._events.append(call)

    def _end(self, fields: dict[str, Any]) -> ModelDone:
        reason: Literal["stop", "length", "tool_calls"] = "stop"
        if fields.get("done_reason") == "length":
            reason = "length"
        elif self._calls:
            reason = "tool_calls"
        usage = Usage(
            input_tokens=int(fields.get("prompt_eval_count") or 0),
            output_tokens=int(fields.get("eval_count") or 0),
            cost_usd=0.0,
        )
        model = str(fields.get("model") or self._target.model)
        return ModelDone(usage=usage, model=model, finish_reason=reason)


def _whole(events: list[ModelEvent]) -> ModelAnswer:
    done = next(event for event in events if isinstance(event, ModelDone))
    return ModelAnswer(
        text="".join(event.text for event in events if isinstance(event, TextPart)),
        reasoning="".join(event.text for event in events if isinstance(event, ReasoningPart)),
        tool_calls=tuple(event for event in events if isinstance(event, ToolCall)),
        usage=done.usage,
        model=done.model,
        finish_reason=done.finish_reason,
    )


def request_body(target: Target, request: ModelRequest, *, stream: bool) -> dict[str, Any]:
    """Build the body of a chat call."""
    options: dict[str, Any] = {"num_ctx": context_tokens(request)}
    if request.temperature is not None:
        options["temperature"] = request.temperature
    if request.max_output_tokens is not None:
        options["num_predict"] = request.max_output_tokens
    wishes = request.wishes or Wishes()
    options |= wishes.model_dump(include=_OPTIONS, exclude_defaults=True)
    body: dict[str, Any] = {
        "model": target.model,
        "messages": _messages(request.messages),
        "stream": stream,
        "options": options,
    }
    if request.tools and wishes.tool_choice != "none":
        body["tools"] = [tool_definition(tool) for tool in request.tools]
    if request.json_schema is not None:
        body["format"] = request.json_schema
    elif wishes.json_object:
        body["format"] = "json"
    return body


def context_tokens(request: ModelRequest) -> int:
    """Choose the context's size: Ollama cuts longer prompts silently, and reloads the model when the size changes.

    Hence doubling steps: a conversation crosses few of them.
    """
    room = request.max_output_tokens or ROOM_FOR_ANSWER
    needed = tokens.count_messages(request.messages) + room
    size = SMALLEST_CONTEXT
    while size < needed and size < LARGEST_CONTEXT:
        size *= 2
    return size


def _messages(messages: Sequence[ModelMessage]) -> list[dict[str, Any]]:
    names = {call.id: call.name for message in messages for call in message.tool_calls}
    return [_message(message, names) for message in messages]


def _message(message: ModelMessage, names: dict[str, str]) -> dict[str, Any]:
    written: dict[str, Any] = {"role": message.role, "content": message.text}
    if message.images:
        written["images"] = [b64encode(image.data).decode() for image in message.images]
    if message.tool_calls:
        written["tool_calls"] = [
            {"function": {"name": call.name, "arguments": call.arguments}}
            for call in message.tool_calls
        ]
    if message.role == "tool":
        written["tool_name"] = names.get(message.tool_call_id, "")
    return written


def _words(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value
