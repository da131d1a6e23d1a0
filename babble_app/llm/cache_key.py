"""What an answer is kept under: a digest of everything that it depends on."""

from __future__ import annotations

import json
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from babble_app.schemas.calls import CallScope
    from babble_app.schemas.models import ModelMessage, ModelRequest, ToolCall

FORMAT = 2
"""Raised when kept answers get another form: those of before are then not found any more."""
_DIGEST_BYTES = 20


def cache_key(model: str, scope: CallScope, request: ModelRequest, *, whole: bool) -> str:
    """Return the key of the answer that `model` gives to `request`; requests with another answer have another key.

    Args:
        model: The client's name: of a route, or of the model that somebody chose.
        scope: Whose answer it is (owner and app), and what it rests on (profile and basis).
        request: All of it counts, but `fresh`.
        whole: Whether it was asked for in one piece, which has no pieces to be streamed again.
    """
    parts = [
        FORMAT,
        whole,
        model,
        [scope.owner_id, scope.app_id, scope.profile, scope.basis],
        request.task,
        [_message(message) for message in request.messages],
        [[tool.name, tool.description, tool.parameters, tool.strict] for tool in request.tools],
        request.json_schema,
        request.temperature,
        request.max_output_tokens,
        request.wishes.model_dump(exclude_defaults=True) if request.wishes else None,
    ]
    return blake2b(_written(parts), digest_size=_DIGEST_BYTES).hexdigest()


def digest(data: bytes) -> str:
    """Return a digest that stands for `data` in keys."""
    return blake2b(data, digest_size=_DIGEST_BYTES).hexdigest()


def _message(message: ModelMessage) -> list[Any]:
    images = [[image.media_type, digest(image.data)] for image in message.images]
    calls = [_call(call) for call in message.tool_calls]
    return [message.role, message.text, images, calls, message.tool_call_id]


def _call(call: ToolCall) -> list[Any]:
    return [call.id, call.name, call.arguments, call.error]


def _written(parts: list[Any]) -> bytes:
    try:
        return orjson.dumps(parts, option=orjson.OPT_SORT_KEYS)
    except orjson.JSONEncodeError:  # half a surrogate pair, or a number beyond 64 bits
        return json.dumps(parts, sort_keys=True).encode()
