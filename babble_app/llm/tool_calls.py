"""Puts tool calls together from the pieces in which they are streamed, and checks their arguments."""

from __future__ import annotations

import secrets
from typing import Any, cast

import orjson

from babble_app.schemas.models import ToolCall


def new_call_id() -> str:
    """Make an id for a call that its server left unnamed."""
    return f"call_{secrets.token_hex(6)}"


def make_tool_call(call_id: str, name: str, arguments: object) -> ToolCall:
    """Build a call from what the model gave; arguments that are no JSON object become its `error`."""
    if isinstance(arguments, str):
        try:
            arguments = orjson.loads(arguments) if arguments.strip() else {}
        except orjson.JSONDecodeError as error:
            return ToolCall(
                id=call_id,
                name=name,
                arguments={},
                error=f"the arguments are not valid JSON: {error}",
            )
    if not isinstance(arguments, dict):
        message = "the arguments must be a JSON object"
        return ToolCall(id=call_id, name=name, arguments={}, error=message)
    return ToolCall(id=call_id, name=name, arguments=cast("dict[str, Any]", arguments))


class ToolCallPieces:
    """Gathers the pieces of an answer's calls; some servers give all calls the index 0 and new ids."""

    def __init__(self) -> None:
        self.chars = 0
        self._calls: list[_Pieces] = []
        self._by_index: dict[int, _Pieces] = {}

    def add(self, piece: dict[str, Any]) -> None:
        """Take one element of a delta's `tool_calls`."""
        function = cast("dict[str, Any]", piece.get("function") or {})
        call_id = str(piece.get("id") or "")
        index = int(piece.get("index") or 0)
        call = self._by_index.get(index)
        if call is None or (call_id and call.id and call_id != call.id):
            call = self._by_index[index] = _Pieces()
            self._calls.append(call)
        call.id = call.id or call_id
        call.name = call.name or str(function.get("name") or "")
        arguments = function.get("arguments")
        if isinstance(arguments, dict):  # not the wire's way, but seen
            arguments = orjson.dumps(arguments).decode()
        if arguments:
            call.arguments.append(str(arguments))
            self.chars += len(str(arguments))

    def calls(self) -> list[ToolCall]:
        """Return the calls, in the order in which they began."""
        return [
            make_tool_call(call.id or new_call_id(), call.name, "".join(call.arguments))
            for call in self._calls
        ]


class _Pieces:
    def __init__(self) -> None:
        self.id = ""
        self.name = ""
        self.arguments: list[str] = []
