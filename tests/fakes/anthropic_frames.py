"""Anthropic's wire as a server writes it: typed events, content in numbered blocks."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.fakes.script import Incoming

if TYPE_CHECKING:
    from tests.fakes.script import Answer, ToolUse

CONTENT_TYPE = "text/event-stream"
_STOP = {"stop": "end_turn", "length": "max_tokens", "content_filter": "refusal"}


def read(body: dict[str, Any], headers: dict[str, str]) -> Incoming:
    """Read a message's request."""
    messages: list[tuple[str, str]] = []
    for message in body["messages"]:
        parts = _parts(message["content"])
        for part in parts:  # LiteLLM puts neighbours of one role together, a part each
            role = "tool" if part.get("type") == "tool_result" else message["role"]
            messages.append((role, _text([part])))
    return Incoming(
        wire="anthropic",
        model=body["model"],
        stream=bool(body.get("stream")),
        messages=messages,
        system=_text(_parts(body.get("system") or "")),
        tools=[tool["name"] for tool in body.get("tools", [])],
        json_schema=((body.get("output_config") or {}).get("format") or {}).get("schema"),
        images=json.dumps(body["messages"]).count('"type": "image"'),
        headers=headers,
        body=body,
    )


def _parts(content: str | list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"type": "text", "text": content}] if isinstance(content, str) else content


def _text(parts: list[dict[str, Any]]) -> str:
    return "".join(str(part.get("text") or part.get("content") or "") for part in parts)


class Frames:
    """The events of one answer."""

    def __init__(self, incoming: Incoming, usage: tuple[int, int]) -> None:
        self._incoming = incoming
        self._usage = {"input_tokens": usage[0], "output_tokens": usage[1]}
        self._block = -1
        self._kind = ""

    def count_cache(self, read: int, written: int) -> None:
        """Report tokens that came from the cache, and that went into it."""
        self._usage |= {"cache_read_input_tokens": read, "cache_creation_input_tokens": written}

    def start(self) -> bytes:
        """Open the message."""
        usage = {**self._usage, "output_tokens": 1}
        message = {**self._head(), "content": [], "stop_reason": None, "usage": usage}
        return _event({"type": "message_start", "message": message})

    def text(self, piece: str) -> bytes:
        """Write a piece of text."""
        opened = self._open("text", {"type": "text", "text": ""})
        return opened + self._delta({"type": "text_delta", "text": piece})

    def reasoning(self, piece: str) -> bytes:
        """Write a piece of thinking."""
        opened = self._open("thinking", {"type": "thinking", "thinking": "", "signature": ""})
        return opened + self._delta({"type": "thinking_delta", "thinking": piece})

    def tool(self, index: int, tool: ToolUse) -> list[bytes]:
        """Write a call, its arguments in two pieces."""
        text = tool.arguments if isinstance(tool.arguments, str) else json.dumps(tool.arguments)
        half = len(text) // 2
        block = {"type": "tool_use", "id": f"call_{index}", "name": tool.name, "input": {}}
        return [
            self._open(f"tool {index}", block),
            self._delta({"type": "input_json_delta", "partial_json": text[:half]}),
            self._delta({"type": "input_json_delta", "partial_json": text[half:]}),
        ]

    def end(self, finish: str) -> list[bytes]:
        """Close the last block and the message."""
        reason = "tool_use" if finish == "tool_calls" else _STOP.get(finish, finish)
        delta = {"stop_reason": reason, "stop_sequence": None}
        return [
            self._close(),
            _event({"type": "message_delta", "delta": delta, "usage": self._usage}),
            _event({"type": "message_stop"}),
        ]

    def error(self, message: str) -> bytes:
        """Write an error in the middle of the stream."""
        return _event({"type": "error", "error": {"type": "overloaded_error", "message": message}})

    def whole(self, answer: Answer) -> dict[str, Any]:
        """Write the answer in one piece."""
        content: list[dict[str, Any]] = []
        if answer.reasoning:
            content.append({"type": "thinking", "thinking": answer.reasoning, "signature": "s"})
        if answer.text:
            content.append({"type": "text", "text": answer.text})
        content += [
            {"type": "tool_use", "id": f"call_{index}", "name": tool.name, "input": tool.arguments}
            for index, tool in enumerate(answer.tools)
        ]
        reason = "tool_use" if answer.tools else _STOP.get(answer.finish, answer.finish)
        return {**self._head(), "content": content, "stop_reason": reason, "usage": self._usage}

    def _head(self) -> dict[str, Any]:
        return {
            "id": "msg_fake",
            "type": "message",
            "role": "assistant",
            "model": self._incoming.model,
            "stop_sequence": None,
        }

    def _open(self, kind: str, block: dict[str, Any]) -> bytes:
        if kind == self._kind:
            return b""
        closed = self._close()
        self._kind, self._block = kind, self._block + 1
        start = {"type": "content_block_start", "index": self._block, "content_block": block}
        return closed + _event(start)

    def _close(self) -> bytes:
        if not self._kind:
            return b""
        self._kind = ""
        return _event({"type": "content_block_stop", "index": self._block})

    def _delta(self, delta: dict[str, Any]) -> bytes:
        return _event({"type": "content_block_delta", "index": self._block, "delta": delta})


def refusal(status: int, message: str) -> dict[str, Any]:
    """Write the body of a failure."""
    kinds = {401: "authentication_error", 429: "rate_limit_error", 400: "invalid_request_error"}
    return {"type": "error", "error": {"type": kinds.get(status, "api_error"), "message": message}}


def _event(document: dict[str, Any]) -> bytes:
    text = json.dumps(document, ensure_ascii=False)
    return f"event: {document['type']}\ndata: {text}\n\n".encode()
