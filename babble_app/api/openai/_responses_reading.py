"""Reads a request for a response into what every model takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from babble_app.api.openai._reading import (
    read_call,
    read_content,
    read_format,
    read_messages,
    read_tools,
)
from babble_app.errors import ValidationFailedError
from babble_app.schemas.models import ModelMessage, ModelRequest, Wishes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from babble_app.api.openai._bodies import ResponsesBody

JsonObject = dict[str, Any]


def read_request(body: ResponsesBody) -> ModelRequest:
    """Return what the model is asked; raises ValidationFailedError for what cannot be passed on."""
    if body.background or body.conversation is not None:
        message = "Responses are made at once here, and conversations are gone on with by previous_response_id."
        raise ValidationFailedError(
            message, field="background" if body.background else "conversation"
        )
    schema, json_object = read_format((body.text or {}).get("format"), "text.format")
    tools = read_tools(body.tools)
    return ModelRequest(
        messages=tuple(_messages(body)),
        tools=tools,
        json_schema=schema,
        temperature=body.temperature,
        max_output_tokens=body.max_output_tokens,
        wishes=Wishes(
            top_p=body.top_p,
            tool_choice=_tool_choice(body.tool_choice) if tools else None,
            parallel_tool_calls=body.parallel_tool_calls if tools else None,
            reasoning_effort=str((body.reasoning or {}).get("effort") or ""),
            json_object=json_object,
            user=body.user or "",
        ),
    )


def _messages(body: ResponsesBody) -> Iterable[ModelMessage]:
    if body.instructions:
        yield ModelMessage(role="system", text=body.instructions)
    if isinstance(body.input, str):
        yield ModelMessage(role="user", text=body.input)
        return
    calling: ModelMessage | None = None
    for number, item in enumerate(body.input):
        message = _read_item(item, number)
        if message is None:
            continue
        if calling is not None:
            if message.role == "assistant" and message.tool_calls:
                calls = (*calling.tool_calls, *message.tool_calls)
                calling = calling.model_copy(update={"tool_calls": calls})
                continue
            yield calling
            calling = None
        if message.role == "assistant":
            calling = message  # its calls are items of their own
        else:
            yield message
    if calling is not None:
        yield calling


def _read_item(item: JsonObject, number: int) -> ModelMessage | None:
    """Return an item as a message; None: it is the model's own affair."""
    field = f"input.{number}"
    match item.get("type", "message"):
        case "message":
            [message] = read_messages([item], "input")
            return message
        case "function_call":
            call = read_call(item.get("call_id"), item.get("name"), item.get("arguments"))
            return ModelMessage(role="assistant", tool_calls=(call,))
        case "function_call_output":
            text, _ = read_content(item.get("output"), f"{field}.output")
            return ModelMessage(role="tool", text=text, tool_call_id=str(item.get("call_id") or ""))
        case "reasoning":
            return None
        case kind:
            message = f"Items of type “{str(kind)[:40]}” cannot be passed on."
            raise ValidationFailedError(message, field=field)


def _tool_choice(choice: str | JsonObject | None) -> str | JsonObject | None:
    if isinstance(choice, dict) and choice.get("type") == "function" and "name" in choice:
        return {"type": "function", "function": {"name": cast("str", choice["name"])}}
    return choice
