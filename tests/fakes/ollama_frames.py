"""Ollama's wire as a server writes it: one JSON document a line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.fakes.script import Incoming

if TYPE_CHECKING:
    from tests.fakes.script import Answer, ToolUse

CONTENT_TYPE = "application/x-ndjson"


def read(body: dict[str, Any], headers: dict[str, str]) -> Incoming:
    """Read a chat request."""
    messages = [(message["role"], message.get("content") or "") for message in body["messages"]]
    return Incoming(
        wire="ollama",
        model=body["model"],
        stream=body.get("stream", True),
        messages=[(role, text) for role, text in messages if role != "system"],
        system="\n".join(text for role, text in messages if role == "system"),
        tools=[tool["function"]["name"] for tool in body.get("tools", [])],
        json_schema=body.get("format"),
        images=sum(len(message.get("images", ())) for message in body["messages"]),
        headers=headers,
        body=body,
    )


class Frames:
    """The lines of one answer."""

    def __init__(self, incoming: Incoming, usage: tuple[int, int]) -> None:
        self._incoming = incoming
        self._usage = usage

    def start(self) -> bytes:
        """Write nothing: the first line is the first piece."""
        return b""

    def text(self, piece: str) -> bytes:
        """Write a piece of text."""
        return self._line({"role": "assistant", "content": piece})

    def reasoning(self, piece: str) -> bytes:
        """Write a piece of thinking."""
        return self._line({"role": "assistant", "content": "", "thinking": piece})

    def tool(self, index: int, tool: ToolUse) -> list[bytes]:  # noqa: ARG002 - calls come whole
        """Write a call."""
        return [self._line({"role": "assistant", "content": "", "tool_calls": [_call(tool)]})]

    def end(self, finish: str) -> list[bytes]:
        """Write the last line."""
        return [_encode(self._last({"role": "assistant", "content": ""}, finish))]

    def error(self, message: str) -> bytes:
        """Write an error in the middle of the stream."""
        return _encode({"error": message})

    def whole(self, answer: Answer) -> dict[str, Any]:
        """Write the answer in one piece."""
        message: dict[str, Any] = {"role": "assistant", "content": answer.text}
        if answer.reasoning:
            message["thinking"] = answer.reasoning
        if answer.tools:
            message["tool_calls"] = [_call(tool) for tool in answer.tools]
        return self._last(message, answer.finish)

    def _head(self) -> dict[str, Any]:
        return {"model": self._incoming.model, "created_at": "2026-11-21T06:33:00Z"}

    def _line(self, message: dict[str, Any]) -> bytes:
        return _encode({**self._head(), "message": message, "done": False})

    def _last(self, message: dict[str, Any], finish: str) -> dict[str, Any]:
        figures = {"prompt_eval_count": self._usage[0], "eval_count": self._usage[1]}
        reason = "length" if finish == "length" else "stop"
        return {
            **self._head(),
            "message": message,
            "done": True,
            "done_reason": reason,
            **figures,
        }


def refusal(status: int, message: str) -> dict[str, Any]:
    """Write the body of a failure."""
    return {"error": message}


def _call(tool: ToolUse) -> dict[str, Any]:
    return {"function": {"name": tool.name, "arguments": tool.arguments}}


def _encode(document: dict[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode() + b"\n"
