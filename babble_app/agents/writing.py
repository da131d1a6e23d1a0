"""One answer that holds code in a fence: its pieces become events as they come."""

from __future__ import annotations

from contextlib import aclosing
from typing import TYPE_CHECKING

from babble_app.agents.fences import FenceSplitter
from babble_app.agents.turn import Turn
from babble_app.schemas.events import ProgramDelta, ReasoningDelta, TextDelta
from babble_app.schemas.models import ModelRequest, ReasoningPart, TextPart

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterable

    from babble_app.agents.fences import Part
    from babble_app.llm.client import ModelClient
    from babble_app.schemas.events import AgentEvent
    from babble_app.schemas.models import ModelMessage, Task


class Writing:
    """What a model wrote in one round."""

    def __init__(self, bare: tuple[str, ...], *, aloud: bool) -> None:
        """Begin a round.

        Args:
            bare: How a line begins that is code although no fence was opened (`fences.py`).
            aloud: Whether the person reads the prose: that of the first round, as later ones repeat it.
        """
        self.turn = Turn()
        self.prose = ""
        self._bare, self._aloud = bare, aloud
        self._splitter = FenceSplitter(bare=bare)

    @property
    def text(self) -> str:
        """The whole answer, without the thinking."""
        return self.turn.text

    @property
    def code(self) -> str:
        """What stood in the fence."""
        return self._splitter.code

    @property
    def is_prose(self) -> bool:
        """Whether it is words only: a question back, or a refusal."""
        return bool(self.text.strip()) and not (self._splitter.fenced or self._splitter.quoted)

    async def stream(
        self, model: ModelClient, messages: list[ModelMessage], task: Task
    ) -> AsyncGenerator[AgentEvent, None]:
        """Yield thoughts as reasoning, prose as text and the fence's content as program."""
        request = ModelRequest(messages=tuple(messages), task=task)
        async with aclosing(self.turn.stream(model, request)) as parts:
            async for part in parts:
                if isinstance(part, ReasoningPart):
                    yield self._think(part)
                elif isinstance(part, TextPart):
                    for event in self._events(self._splitter.feed(part.text)):
                        yield event
        for event in self._events(self._splitter.finish()):
            yield event
        yield self.turn.counted()

    def _think(self, part: ReasoningPart) -> ReasoningDelta:
        if part.all_before:
            self._splitter, self.prose = FenceSplitter(bare=self._bare), ""
        return ReasoningDelta(text=part.text, all_before=part.all_before and self._aloud)

    def _events(self, parts: Iterable[Part]) -> Iterable[AgentEvent]:
        for kind, text in parts:
            if kind == "code":
                yield ProgramDelta(text=text)
                continue
            self.prose += text
            if self._aloud:
                yield TextDelta(text=text)
