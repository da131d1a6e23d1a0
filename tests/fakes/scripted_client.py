"""A model that replays answers, remembers what it was asked, and complains about answers that nobody wanted."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from babble_app.errors import BabbleError
from babble_app.schemas.models import ModelAnswer, ModelDone, ReasoningPart, TextPart
from babble_app.schemas.usage import Usage

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterator, Sequence

    from babble_app.llm.client import ModelClient
    from babble_app.schemas.models import ModelEvent, ModelMessage, ModelRequest

Scripted = str | BabbleError | ModelAnswer
"""An answer: its text, or all of it, or the error that comes in its place."""

USAGE = Usage(input_tokens=10, output_tokens=5)


class ScriptedClient:
    """A `ModelClient` whose answers are given beforehand."""

    def __init__(self, *answers: Scripted, sees_images: bool = False, piece_chars: int = 7) -> None:
        """Take the answers in their order; text is streamed in pieces of `piece_chars`."""
        self.prompts: list[ModelRequest] = []
        self.closed = 0
        """How many streams were ended before their last piece."""
        self._answers = list(answers)
        self._sees_images = sees_images
        self._piece_chars = piece_chars

    @property
    def name(self) -> str:
        """Its model name."""
        return "scripted/model"

    @property
    def sees_images(self) -> bool:
        """What it was told to say."""
        return self._sees_images

    async def stream(self, request: ModelRequest) -> AsyncGenerator[ModelEvent, None]:
        """Replay the next answer in pieces."""
        answer = self._next(request)
        done = False
        try:
            if answer.reasoning:
                yield ReasoningPart(text=answer.reasoning)
            for at in range(0, len(answer.text), self._piece_chars):
                yield TextPart(text=answer.text[at : at + self._piece_chars])
            for call in answer.tool_calls:
                yield call
            done = True
            yield ModelDone(
                usage=answer.usage, model=answer.model, finish_reason=answer.finish_reason
            )
        finally:
            self.closed += not done

    async def complete(self, request: ModelRequest) -> ModelAnswer:
        """Replay the next answer whole."""
        return self._next(request)

    def count_tokens(self, messages: Sequence[ModelMessage]) -> int:
        """Count the words."""
        return sum(len(message.text.split()) for message in messages)

    def require_used_up(self) -> None:
        """Fail if answers are left."""
        assert not self._answers, f"{len(self._answers)} scripted answers were not asked for"

    def _next(self, request: ModelRequest) -> ModelAnswer:
        self.prompts.append(request)
        assert self._answers, f"no scripted answer is left for a request of task {request.task!r}"
        answer = self._answers.pop(0)
        if isinstance(answer, BabbleError):
            raise answer
        return answer if isinstance(answer, ModelAnswer) else make_answer(answer)


def make_answer(text: str = "", **fields: object) -> ModelAnswer:
    """Return a whole answer with the usual figures."""
    return ModelAnswer.model_validate({"text": text, "usage": USAGE, "model": "model", **fields})


@contextmanager
def scripted(*answers: Scripted, sees_images: bool = False) -> Iterator[ScriptedClient]:
    """Give a client, and make sure that its whole script was used."""
    client = ScriptedClient(*answers, sees_images=sees_images)
    yield client
    client.require_used_up()


def _is_a_model_client(client: ScriptedClient) -> ModelClient:
    """Let the type checker compare it with the port."""
    return client
