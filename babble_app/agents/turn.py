"""One call of a model: its pieces are passed on as they come, and kept."""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from babble_app.errors import ModelAnswerInvalidError
from babble_app.schemas.events import UsageCounted
from babble_app.schemas.models import ModelDone, ReasoningPart, TextPart, ToolCall
from babble_app.schemas.usage import Usage

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from babble_app.llm.client import ModelClient
    from babble_app.schemas.models import ModelEvent, ModelRequest


@dataclass
class Turn:
    """What a model has answered so far."""

    text: str = ""
    tool_calls: list[ToolCall] = field(default_factory=list[ToolCall])
    usage: Usage = field(default_factory=Usage)
    model: str = ""
    """Who answered."""
    why: str = ""
    cached: bool = False
    cut_off: bool = False
    """Whether the answer ended because it grew too long."""

    async def stream(
        self, model: ModelClient, request: ModelRequest
    ) -> AsyncGenerator[ModelEvent, None]:
        """Yield the pieces; the turn is complete when they end.

        Raises:
            ModelAnswerInvalidError: the provider's filter held the answer back.
        """
        pieces: list[str] = []
        try:
            async with aclosing(model.stream(request)) as parts:
                async for part in parts:
                    self._note(part, pieces)
                    yield part
        finally:
            self.text = "".join(pieces)

    def counted(self) -> UsageCounted:
        """Return what the call used, and who answered."""
        return UsageCounted(usage=self.usage, model=self.model, why=self.why, cached=self.cached)

    def _note(self, part: ModelEvent, pieces: list[str]) -> None:
        match part:
            case TextPart():
                pieces.append(part.text)
            case ReasoningPart():
                if part.all_before:
                    pieces.clear()
            case ToolCall():
                self.tool_calls.append(part)
            case ModelDone():
                self.usage, self.model, self.why = part.usage, part.model, part.why
                self.cached = part.cached
                self.cut_off = part.finish_reason == "length"
                if part.finish_reason == "content_filter":
                    message = (
                        "The provider's content filter stopped the answer. Ask in other words."
                    )
                    raise ModelAnswerInvalidError(message)
