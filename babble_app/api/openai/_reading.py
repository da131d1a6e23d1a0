"""Reads OpenAI's messages, tools and formats into what every model takes; what cannot be passed on is refused in words."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Any, Literal, cast

import orjson

from babble_app.errors import ValidationFailedError
from babble_app.llm.tool_calls import make_tool_call
from babble_app.schemas.models import Image, ModelMessage, ToolSpec
from babble_app.services.told import told

if TYPE_CHECKING:
    from collections.abc import Sequence

    from babble_app.schemas.models import ToolCall
    from babble_app.services.told import Said, Told

JsonObject = dict[str, Any]
Role = Literal["system", "user", "assistant", "tool"]
ROLES: dict[str, Role] = {
    "system": "system",
    "developer": "system",
    "user": "user",
    "assistant": "assistant",
    "tool": "tool",
}
_TEXTS = {"text", "input_text", "output_text", "refusal"}
_PICTURES = {"image_url", "input_image"}
_MEDIA_TYPES = {"image/png", "image/jpeg", "image/webp", "image/gif"}
_REMOTE = "Pictures are not fetched from addresses here: send the picture itself as a data: URL."


def read_messages(items: Sequence[JsonObject], field: str) -> list[ModelMessage]:
    """Return a chat's messages.

    Raises:
        ValidationFailedError: one of them cannot be passed on; the error names which.
    """
    return [_read_message(item, f"{field}.{number}") for number, item in enumerate(items)]


def _read_message(item: JsonObject, field: str) -> ModelMessage:
    role = ROLES.get(str(item.get("role")))
    if role is None:
        message = "A message's role is system, developer, user, assistant or tool."
        raise ValidationFailedError(message, field=f"{field}.role")
    text, images = read_content(item.get("content"), f"{field}.content")
    return ModelMessage(
        role=role,
        text=text,
        images=images,
        tool_calls=_read_calls(item.get("tool_calls"), field) if role == "assistant" else (),
        tool_call_id=str(item.get("tool_call_id") or "") if role == "tool" else "",
    )


def read_content(content: object, field: str) -> tuple[str, tuple[Image, ...]]:
    """Return the text and the pictures of a message; raises ValidationFailedError."""
    if content is None or isinstance(content, str):
        return content or "", ()
    if not isinstance(content, list):
        raise ValidationFailedError("A content is a text or a list of parts.", field=field)
    texts: list[str] = []
    images: list[Image] = []
    for part in cast("list[object]", content):
        fields = (
            cast("JsonObject", part) if isinstance(part, dict) else {"type": "text", "text": part}
        )
        kind = fields.get("type")
        if kind in _TEXTS:
            texts.append(str(fields.get("text") or fields.get("refusal") or ""))
        elif kind in _PICTURES:
            images.append(_read_image(fields.get("image_url"), field))
        else:
            message = (
                f"Parts of type “{str(kind)[:40]}” cannot be passed on; text and pictures can."
            )
            raise ValidationFailedError(message, field=field)
    return "".join(texts), tuple(images)


def _read_image(given: object, field: str) -> Image:
    url = cast("JsonObject", given).get("url") if isinstance(given, dict) else given
    if not isinstance(url, str) or not url.startswith("data:"):
        raise ValidationFailedError(_REMOTE, field=field)
    head, _, data = url[5:].partition(",")
    media_type = head.partition(";")[0].lower()
    if media_type not in _MEDIA_TYPES or not head.endswith(";base64"):
        message = "A picture is a data: URL of a PNG, JPEG, WebP or GIF file in base64."
        raise ValidationFailedError(message, field=field)
    try:
        return Image(media_type=media_type, data=base64.b64decode(data, validate=True))
    except binascii.Error as error:
        raise ValidationFailedError("The picture is not valid base64.", field=field) from error


def _read_calls(calls: object, field: str) -> tuple[ToolCall, ...]:
    found: list[ToolCall] = []
    for call in cast("list[object]", calls) if isinstance(calls, list) else ():
        fields = cast("JsonObject", call) if isinstance(call, dict) else {}
        function = fields.get("function")
        if not isinstance(function, dict):
            message = "Only calls of functions can be passed on."
            raise ValidationFailedError(message, field=f"{field}.tool_calls")
        named = cast("JsonObject", function)
        found.append(read_call(fields.get("id"), named.get("name"), named.get("arguments")))
    return tuple(found)


def read_call(call_id: object, name: object, arguments: object) -> ToolCall:
    """Return a call that a model made before; arguments that are no JSON were none."""
    call = make_tool_call(str(call_id or ""), str(name or ""), arguments)
    return call.model_copy(update={"error": ""})


def read_tools(tools: Sequence[JsonObject] | None) -> tuple[ToolSpec, ...]:
    """Return the functions that a model may call; raises ValidationFailedError where they are anything else."""
    found: list[ToolSpec] = []
    for number, tool in enumerate(tools or ()):
        function = cast("JsonObject", tool.get("function") or tool)  # Responses has no inner object
        name = function.get("name")
        if tool.get("type", "function") != "function" or not isinstance(name, str) or not name:
            message = "A tool is a function with a name here; others cannot be passed on."
            raise ValidationFailedError(message, field=f"tools.{number}")
        parameters = function.get("parameters")
        found.append(
            ToolSpec(
                name=name,
                description=str(function.get("description") or ""),
                parameters=cast("JsonObject", parameters)
                if isinstance(parameters, dict)
                else {"type": "object", "properties": {}},
                strict=bool(function.get("strict")),
            )
        )
    return tuple(found)


def read_format(wanted: JsonObject | None, field: str) -> tuple[JsonObject | None, bool]:
    """Return the JSON Schema of the answer, and whether it is JSON of any shape; raises ValidationFailedError."""
    kind = (wanted or {}).get("type", "text")
    if wanted is None or kind == "text":
        return None, False
    if kind == "json_object":
        return None, True
    named = wanted.get("json_schema", wanted)  # Responses has no inner object
    schema = cast("JsonObject", named).get("schema") if isinstance(named, dict) else None
    if kind != "json_schema" or not isinstance(schema, dict):
        message = "The format is text, json_object, or json_schema with a schema."
        raise ValidationFailedError(message, field=field)
    return cast("JsonObject", schema), False


def as_told(messages: Sequence[ModelMessage], field: str) -> Told:
    """Return the conversation as an agent gets it: what people and it said; the rest is data, or its own affair.

    What the caller puts into the system's place does not command a program; models that talk in it are shown it as data.

    Raises:
        ValidationFailedError: there is nothing that the agent can answer.
    """
    said: list[Said] = []
    for message in messages:
        if message.images:
            raise ValidationFailedError("Agents take text only, no pictures.", field=field)
        if "\x00" in message.text:
            raise ValidationFailedError("The text holds NUL, which cannot be stored.", field=field)
        if message.role in {"user", "assistant"} and message.text.strip():
            said.append(("user" if message.role == "user" else "assistant", message.text))
    if not said or said[-1][0] != "user":
        raise ValidationFailedError("The last message must be the user's.", field=field)
    system = "\n\n".join(one.text for one in messages if one.role == "system")
    context = orjson.dumps({"system": system}).decode() if system.strip() else ""
    return told(said, context)
