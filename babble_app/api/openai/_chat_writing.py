"""Answers in the form of chat completions: chunk by chunk, or whole."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, assert_never

import orjson

from babble_app.api._problems import openai_error
from babble_app.api.openai._stream import DONE
from babble_app.schemas.models import ModelDone, ReasoningPart, TextPart, ToolCall

if TYPE_CHECKING:
    from babble_app.errors import BabbleError
    from babble_app.schemas.models import ModelAnswer, ModelEvent
    from babble_app.schemas.usage import Usage

JsonObject = dict[str, Any]


@dataclass(frozen=True)
class Head:
    """What every chunk of an answer repeats."""

    id: str
    model: str
    """As it was asked for."""
    created: int = field(default_factory=lambda: int(time.time()))

    def fields(self, kind: str) -> JsonObject:
        """Return it as the beginning of an object of that kind."""
        return {"id": self.id, "object": kind, "created": self.created, "model": self.model}


class ChatChunks:
    """Writes the chunks of one answer."""

    def __init__(self, head: Head, *, include_usage: bool) -> None:
        """Begin; with `include_usage` the figures come in a chunk of their own before the end."""
        self._head = head
        self._include_usage = include_usage
        self._calls = 0
        # All chunks of text are alike but for the text: the rest is written once.
        mark = "\x00"
        before, after = self._chunk({"content": mark}).split(orjson.dumps(mark))
        self._before, self._after = before, after

    def start(self) -> bytes:
        """Open the answer."""
        return self._chunk({"role": "assistant", "content": ""})

    def write(self, event: ModelEvent) -> bytes:
        """Write a piece, or the end."""
        match event:
            case TextPart():
                return self._before + orjson.dumps(event.text) + self._after
            case ReasoningPart():
                return self._chunk({"reasoning_content": event.text})
            case ToolCall():
                call = {"index": self._calls, **written_call(event)}
                self._calls += 1
                return self._chunk({"tool_calls": [call]})
            case ModelDone():
                return self._chunk({}, event.finish_reason) + self._figures(event.usage) + DONE
            case _:
                assert_never(event)

    def fail(self, error: BabbleError) -> bytes:
        """Write an error in the place of the end."""
        _, body = openai_error(error.status, str(error), error.code)
        return b"data: " + orjson.dumps(body) + b"\n\n"

    def _figures(self, usage: Usage) -> bytes:
        if not self._include_usage:
            return b""
        head = self._head.fields("chat.completion.chunk")
        return _frame({**head, "choices": [], "usage": written_usage(usage)})

    def _chunk(self, delta: JsonObject, finish: str | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        chunk = {**self._head.fields("chat.completion.chunk"), "choices": [choice]}
        return _frame({**chunk, "usage": None} if self._include_usage else chunk)


def completion(head: Head, answer: ModelAnswer) -> JsonObject:
    """Return the answer in one piece."""
    message: JsonObject = {"role": "assistant", "content": answer.text or None, "refusal": None}
    if answer.reasoning:
        message["reasoning_content"] = answer.reasoning
    if answer.tool_calls:
        message["tool_calls"] = [written_call(call) for call in answer.tool_calls]
    else:
        message["content"] = answer.text
    choice = {
        "index": 0,
        "message": message,
        "logprobs": None,
        "finish_reason": answer.finish_reason,
    }
    figures = written_usage(answer.usage)
    return {**head.fields("chat.completion"), "choices": [choice], "usage": figures}


def written_call(call: ToolCall) -> JsonObject:
    """Return a call of a function."""
    function = {"name": call.name, "arguments": orjson.dumps(call.arguments).decode()}
    return {"id": call.id, "type": "function", "function": function}


def written_usage(usage: Usage) -> JsonObject:
    """Return the figures; `cost` (US dollars) is ours, as OpenRouter has it."""
    written: JsonObject = {
        "prompt_tokens": usage.input_tokens,
        "completion_tokens": usage.output_tokens,
        "total_tokens": usage.input_tokens + usage.output_tokens,
        "prompt_tokens_details": {"cached_tokens": usage.cached_tokens},
    }
    return written if usage.cost_usd is None else {**written, "cost": usage.cost_usd}


def _frame(document: JsonObject) -> bytes:
    return b"data: " + orjson.dumps(document) + b"\n\n"
