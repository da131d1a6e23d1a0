"""Writes a request the way OpenAI's chat completions take it; LiteLLM takes the same."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING, Any, cast

import orjson

if TYPE_CHECKING:
    from babble_app.llm.target import Target
    from babble_app.schemas.models import ModelMessage, ModelRequest, ToolSpec, Wishes

MARKED_CHARS = 4_500
"""From about 1,100 tokens on a prompt is kept: Anthropic keeps none of less than 1,024 (docs, "Prompt caching")."""


def request_body(target: Target, request: ModelRequest, *, stream: bool) -> dict[str, Any]:
    """Build the body of a chat completion."""
    body: dict[str, Any] = {
        "model": target.model,
        "messages": _messages(target, request),
    }
    if stream:
        body |= {"stream": True, "stream_options": {"include_usage": True}}
    if request.tools:
        body["tools"] = [tool_definition(tool) for tool in request.tools]
    if request.json_schema is not None:
        body["response_format"] = _response_format(request.json_schema)
    if request.temperature is not None:
        body["temperature"] = request.temperature
    if request.max_output_tokens is not None:
        body[target.provider.max_tokens_field] = request.max_output_tokens
    if request.wishes is not None:
        body |= _wishes(request.wishes)
    return body


def _wishes(wishes: Wishes) -> dict[str, Any]:
    written = wishes.model_dump(exclude_defaults=True, exclude={"json_object"})
    if wishes.json_object:
        written["response_format"] = {"type": "json_object"}
    return written


def tool_definition(tool: ToolSpec) -> dict[str, Any]:
    """Describe a tool; Ollama takes the same form."""
    function: dict[str, Any] = {"name": tool.name, "description": tool.description}
    function["parameters"] = tool.parameters
    if tool.strict:
        function["strict"] = True
    return {"type": "function", "function": function}


def _messages(target: Target, request: ModelRequest) -> list[dict[str, Any]]:
    written = [_message(message) for message in request.messages]
    if target.provider.caches_marked_prompts and request.messages:
        opening = request.messages[0]
        if opening.role == "system" and len(opening.text) >= MARKED_CHARS:
            # The tools stand before it there, and are kept with it.
            mark = {"type": "ephemeral"}
            written[0]["content"] = [{"type": "text", "text": opening.text, "cache_control": mark}]
    return written


def _message(message: ModelMessage) -> dict[str, Any]:
    if message.role == "tool":
        return {"role": "tool", "tool_call_id": message.tool_call_id, "content": message.text}
    written: dict[str, Any] = {"role": message.role, "content": message.text}
    if message.images:
        written["content"] = _parts(message)
    if message.tool_calls:
        written["content"] = message.text or None
        written["tool_calls"] = [
            {
                "id": call.id,
                "type": "function",
                "function": {"name": call.name, "arguments": orjson.dumps(call.arguments).decode()},
            }
            for call in message.tool_calls
        ]
    return written


def _parts(message: ModelMessage) -> list[dict[str, Any]]:
    text: list[dict[str, Any]] = [{"type": "text", "text": message.text}] if message.text else []
    return text + [
        {
            "type": "image_url",
            "image_url": {
                "url": f"data:{image.media_type};base64,{b64encode(image.data).decode()}"
            },
        }
        for image in message.images
    ]


def _response_format(schema: dict[str, Any]) -> dict[str, Any]:
    named = {"name": "answer", "schema": schema, "strict": is_closed(schema)}
    return {"type": "json_schema", "json_schema": named}


def is_closed(schema: object) -> bool:
    """Tell whether OpenAI's strict mode takes the schema: every object closed, every property required."""
    if isinstance(schema, list):
        return all(is_closed(item) for item in cast("list[object]", schema))
    if not isinstance(schema, dict):
        return True
    fields = cast("dict[str, Any]", schema)
    if fields.get("type") == "object":
        properties = cast("dict[str, object]", fields.get("properties") or {})
        if fields.get("additionalProperties") is not False:
            return False
        if set(fields.get("required") or ()) != set(properties):
            return False
        return all(is_closed(each) for each in properties.values())
    return all(is_closed(value) for value in fields.values())
