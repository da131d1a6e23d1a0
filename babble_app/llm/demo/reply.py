"""What a rule answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from babble_app.schemas.models import ToolCall


@dataclass(frozen=True)
class Reply:
    """A text, tool calls, or both."""

    text: str = ""
    tool_calls: tuple[ToolCall, ...] = ()
