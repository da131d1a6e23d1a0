"""The one `ModelClient`: a wire, with deadlines, retries, a size cap and a check that something was said.

Everything that must hold for every provider is here, so a wire only has to translate.
"""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, TypeVar

from babble_app.errors import (
    BabbleError,
    ModelTimeoutError,
    ProviderUnavailableError,
)
from babble_app.llm import failures, tokens
from babble_app.llm.deadlines import Deadlines
from babble_app.llm.retries import Retries
from babble_app.llm.thinking import Habits, ThoughtSplitter, part_answer
from babble_app.schemas.models import ModelDone, ReasoningPart, TextPart, ToolCall

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Sequence

    from babble_app.llm.target import Target
    from babble_app.schemas.models import ModelAnswer, ModelEvent, ModelMessage, ModelRequest

T = TypeVar("T")


class Wire(Protocol):
    """How one kind of server is spoken to."""

    def batches(self, request: ModelRequest) -> AsyncGenerator[Sequence[ModelEvent], None]:
        """Yield what each read brought; an empty batch says that the model is at work (on a tool's arguments).

        The last event is a `ModelDone`; a stream that ends without one raises.
        """
        ...

    async def whole(self, request: ModelRequest) -> ModelAnswer:
        """Return the answer in one piece."""
        ...


@dataclass
class GuardedClient:
    """A `ModelClient` over a wire."""

    name: str
    sees_images: bool
    target: Target
    wire: Wire
    deadlines: Deadlines = field(default_factory=Deadlines)
    retries: Retries = field(default_factory=Retries)
    habits: Habits = field(default_factory=Habits)
    on_failure: Callable[[BabbleError], None] = lambda _: None
    """Told of each call that failed before its first piece, also of those that are made again."""

    async def stream(self, request: ModelRequest) -> AsyncGenerator[ModelEvent, None]:
        """Yield the answer's pieces, then `ModelDone`; see `ModelClient`."""
        clock = asyncio.get_running_loop().time
        total_at = clock() + self.deadlines.total_seconds
        watch = _Watch(self.target, self.deadlines.max_chars)
        thoughts = ThoughtSplitter(self.habits)
        source, batch = await self._open(self._fitting(request))
        async with aclosing(source):
            while batch is not None:
                for event in _parted(batch, thoughts):
                    watch.see(event)
                    yield event
                until = min(total_at, clock() + self.deadlines.idle_seconds)
                batch = await self._next(source, until)

    async def complete(self, request: ModelRequest) -> ModelAnswer:
        """Return the whole answer; raises as `stream` does."""
        fitting = self._fitting(request)
        until = asyncio.get_running_loop().time() + self.deadlines.whole_seconds
        whole = await self._insist(lambda: self._within(self.wire.whole(fitting), until))
        answer = part_answer(whole, self.habits)
        watch = _Watch(self.target, self.deadlines.max_chars)
        watch.count(answer.text + answer.reasoning)
        if not answer.text.strip() and not answer.tool_calls:
            raise failures.empty(self.target)
        return answer

    def count_tokens(self, messages: Sequence[ModelMessage]) -> int:
        """Estimate the prompt's tokens, offline."""
        return tokens.count_messages(messages)

    async def _open(
        self, request: ModelRequest
    ) -> tuple[AsyncGenerator[Sequence[ModelEvent], None], Sequence[ModelEvent] | None]:
        until = asyncio.get_running_loop().time() + self.deadlines.first_token_seconds

        async def first() -> tuple[
            AsyncGenerator[Sequence[ModelEvent], None], Sequence[ModelEvent] | None
        ]:
            source = self.wire.batches(request)
            return source, await self._within(anext(source, None), until)

        return await self._insist(first)

    async def _insist(self, call: Callable[[], Awaitable[T]]) -> T:
        retries_made = 0
        while True:
            try:
                return await call()
            except BabbleError as error:
                self.on_failure(error)
                wait = self.retries.wait_seconds(error, retries_made)
                if wait is None:
                    raise
                retries_made += 1
                await self.retries.sleep(wait)

    async def _next(
        self, source: AsyncGenerator[Sequence[ModelEvent], None], until: float
    ) -> Sequence[ModelEvent] | None:
        try:
            return await self._within(anext(source, None), until)
        except ProviderUnavailableError as error:
            raise failures.cut_off(self.target) from error

    async def _within(self, awaitable: Awaitable[T], until: float) -> T:
        try:
            async with asyncio.timeout_at(until):
                return await awaitable
        except TimeoutError:
            raise ModelTimeoutError(
                f"{self.target.provider.title} sent nothing for too long, or took too long altogether. "
                "Try again, or choose another model."
            ) from None

    def _fitting(self, request: ModelRequest) -> ModelRequest:
        # Who asks by the names of OpenAI's wire has chosen the model himself, and hears its provider's refusal.
        passes_on = self.sees_images or request.wishes is not None
        if passes_on or not any(message.images for message in request.messages):
            return request
        blind = tuple(message.model_copy(update={"images": ()}) for message in request.messages)
        return request.model_copy(update={"messages": blind})


def _parted(batch: Iterable[ModelEvent], thoughts: ThoughtSplitter) -> Iterable[ModelEvent]:
    """Yield a batch with the thinking that came within the text taken out of it."""
    for event in batch:
        if isinstance(event, TextPart):
            yield from thoughts.feed(event.text)
            continue
        if not isinstance(event, ReasoningPart):  # a call or the end: no more text
            yield from thoughts.finish()
        yield event


@dataclass
class _Watch:
    """Counts what arrives, and refuses too much and nothing at all."""

    target: Target
    max_chars: int
    chars: int = 0
    said_something: bool = False

    def see(self, event: ModelEvent) -> None:
        if isinstance(event, ModelDone):
            if not self.said_something:
                raise failures.empty(self.target)
        elif isinstance(event, ToolCall):
            self.said_something = True
        else:
            self.count(event.text)
            # Thoughts alone are an answer too: agents that want more ask for it.
            self.said_something = self.said_something or bool(event.text.strip())

    def count(self, text: str) -> None:
        self.chars += len(text)
        if self.chars > self.max_chars:
            raise failures.too_long(self.target, self.max_chars)
