"""OpenAI's wire as a server writes it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.fakes.script import Incoming

if TYPE_CHECKING:
    from tests.fakes.script import Answer, ToolUse

CONTENT_TYPE = "text/event-stream"


def read(body: dict[str, Any], headers: dict[str, str]) -> Incoming:
    """Read a chat completion's request."""
    messages = [(message["role"], _text(message.get("content"))) for message in body["messages"]]
    response_format = body.get("response_format") or {}
    return Incoming(
        wire="openai",
        model=body["model"],
        stream=bool(body.get("stream")),
        messages=[(role, text) for role, text in messages if role != "system"],
        system="\n".join(text for role, text in messages if role == "system"),
        tools=[tool["function"]["name"] for tool in body.get("tools", [])],
        json_schema=(response_format.get("json_schema") or {}).get("schema"),
        images=json.dumps(body["messages"]).count('"image_url": {'),
        headers=headers,
        body=body,
    )


def _text(content: str | list[dict[str, Any]] | None) -> str:
    if isinstance(content, list):
        return "".join(part.get("text", "") for part in content)
    return content or ""


class Frames:
    """The frames of one answer."""

    def __init__(self, incoming: Incoming, usage: tuple[int, int]) -> None:
        self._incoming = incoming
        self._usage = {
            "prompt_tokens": usage[0],
            "completion_tokens": usage[1],
            "total_tokens": sum(usage),
        }

    def start(self) -> bytes:
        """Open the stream."""
        return self._chunk({"role": "assistant", "content": ""})

    def text(self, piece: str) -> bytes:
        """Write a piece of text."""
        return self._chunk({"content": piece})

    def reasoning(self, piece: str) -> bytes:
        """Write a piece of thinking."""
        return self._chunk({"reasoning_content": piece})

    def tool(self, index: int, tool: ToolUse) -> list[bytes]:
        """Write a call, its arguments in two pieces."""
        text = _arguments(tool)
        half = len(text) // 2
        head = {
            "id": f"call_{index}",
            "type": "function",
            "function": {"name": tool.name, "arguments": ""},
        }
        return [
            self._chunk({"tool_calls": [{"index": index, **head}]}),
            self._chunk({"tool_calls": [{"index": index, "function": {"arguments": text[:half]}}]}),
            self._chunk({"tool_calls": [{"index": index, "function": {"arguments": text[half:]}}]}),
        ]

    def end(self, finish: str) -> list[bytes]:
        """Close the stream."""
        frames = [self._chunk({}, finish)]
        if (self._incoming.body.get("stream_options") or {}).get("include_usage"):
            frames.append(_sse({**self._head(), "choices": [], "usage": self._usage}))
        return [*frames, b"data: [DONE]\n\n"]

    def error(self, message: str) -> bytes:
        """Write an error in the middle of the stream."""
        return _sse({"error": {"message": message, "type": "server_error", "code": 500}})

    def whole(self, answer: Answer) -> dict[str, Any]:
        """Write the answer in one piece."""
        message: dict[str, Any] = {"role": "assistant", "content": answer.text or None}
        if answer.reasoning:
            message["reasoning_content"] = answer.reasoning
        if answer.tools:
            message["tool_calls"] = [
                {
                    "id": f"call_{index}",
                    "type": "function",
                    "function": {"name": tool.name, "arguments": _arguments(tool)},
                }
                for index, tool in enumerate(answer.tools)
            ]
        finish = "tool_calls" if answer.tools else answer.finish
        choice = {"index": 0, "message": message, "finish_reason": finish}
        return {
            **self._head(),
            "object": "chat.completion",
            "choices": [choice],
            "usage": self._usage,
        }

    def _head(self) -> dict[str, Any]:
        return {
            "id": "chatcmpl-fake",
            "object": "chat.completion.chunk",
            "created": 1_790_000_000,
            "model": self._incoming.model,
        }

    def _chunk(self, delta: dict[str, Any], finish: str | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        return _sse({**self._head(), "choices": [choice]})


def refusal(status: int, message: str) -> dict[str, Any]:
    """Write the body of a failure."""
    kinds = {401: "invalid_request_error", 429: "requests", 400: "invalid_request_error"}
    return {"error": {"message": message, "type": kinds.get(status, "server_error"), "code": None}}


def _arguments(tool: ToolUse) -> str:
    return tool.arguments if isinstance(tool.arguments, str) else json.dumps(tool.arguments)


def _sse(document: dict[str, Any]) -> bytes:
    return b"data: " + json.dumps(document, ensure_ascii=False).encode() + b"\n\n"
