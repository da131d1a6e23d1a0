"""The demo model as a `ModelClient`: chooses the rules by the request's task and streams their answer in small pieces."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING

from babble_app.llm.demo.answering import answer, triage
from babble_app.llm.demo.building import build, change_program
from babble_app.llm.demo.conversation import take_turn
from babble_app.llm.demo.extraction import extract_value, rephrase, summarize
from babble_app.llm.demo.testing import judge, play_user
from babble_app.schemas.models import ModelAnswer, ModelDone, TextPart
from babble_app.schemas.usage import Usage

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Sequence

    from babble_app.llm.demo.reply import Reply
    from babble_app.schemas.models import ModelEvent, ModelMessage, ModelRequest, Task

_PIECE = re.compile(r"\s*\S{1,6}|\s+")
_CHARS_PER_TOKEN = 4
_RULES: dict[Task, Callable[[ModelRequest], Reply]] = {
    "answer": answer,
    "triage": triage,
    "build": build,
    "change": change_program,
    "talk": take_turn,
    "ask": extract_value,
    "summarize": summarize,
    "rephrase": rephrase,
    "persona": play_user,
    "judge": judge,
}


class DemoClient:
    """Answers by rules, without a network; never raises and costs nothing."""

    def __init__(self, name: str = "demo/based", *, pace: float = 0) -> None:
        """Set how many pieces a second are streamed; 0 means all at once."""
        self._name = name
        self._pace = pace

    @property
    def name(self) -> str:
        """`demo/based`."""
        return self._name

    @property
    def sees_images(self) -> bool:
        """Rules see nothing."""
        return False

    async def stream(self, request: ModelRequest) -> AsyncGenerator[ModelEvent, None]:
        """Yield the answer's pieces at the set pace, its tool calls, and the end."""
        # Long programs cost some milliseconds of rules and parsing.
        reply = await asyncio.to_thread(_RULES[request.task], request)
        for piece in _PIECE.findall(reply.text):
            yield TextPart(text=piece)
            if self._pace:
                await asyncio.sleep(1 / self._pace)
        for call in reply.tool_calls:
            yield call
        finish = "tool_calls" if reply.tool_calls else "stop"
        yield ModelDone(usage=self._usage(request, reply), model=self._name, finish_reason=finish)

    async def complete(self, request: ModelRequest) -> ModelAnswer:
        """Return the whole answer at once."""
        reply = await asyncio.to_thread(_RULES[request.task], request)
        return ModelAnswer(
            text=reply.text,
            tool_calls=reply.tool_calls,
            usage=self._usage(request, reply),
            model=self._name,
            finish_reason="tool_calls" if reply.tool_calls else "stop",
        )

    def count_tokens(self, messages: Sequence[ModelMessage]) -> int:
        """Estimate tokens as a quarter of the characters."""
        return sum(len(message.text) // _CHARS_PER_TOKEN + 1 for message in messages)

    def _usage(self, request: ModelRequest, reply: Reply) -> Usage:
        return Usage(
            input_tokens=self.count_tokens(request.messages),
            output_tokens=len(reply.text) // _CHARS_PER_TOKEN + 1,
            cost_usd=0.0,
        )
