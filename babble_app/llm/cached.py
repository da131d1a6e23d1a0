"""A `ModelClient` that gives exact answers again, and lets equal requests at one time cost one call.

It stands outside of routing: `cached(routed client, ...)`, so that an answer given again asks no model, holds no money and
troubles no health figure. There is no semantic cache (`decisions/0016-no-semantic-cache.md`).
"""

from __future__ import annotations

import asyncio
import time
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING
from uuid import uuid4

from babble_app.errors import BabbleError
from babble_app.llm.cache_key import cache_key
from babble_app.llm.kept_answers import is_good, keep_seconds, pack, unpack
from babble_app.llm.shared_calls import EVENTS_AT_ONCE, SharedCalls
from babble_app.schemas.calls import CallRecord
from babble_app.schemas.models import (
    ModelAnswer,
    ModelDone,
    ReasoningPart,
    TextPart,
    ToolCall,
)
from babble_app.schemas.repeats import repeat_words
from babble_app.schemas.usage import Usage

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Sequence

    from babble_app.llm.client import ModelClient
    from babble_app.llm.kept_answers import AnswerStore
    from babble_app.llm.route import Meter
    from babble_app.schemas.calls import CallScope
    from babble_app.schemas.models import ModelEvent, ModelMessage, ModelRequest, Task

REPEATABLE: frozenset[Task] = frozenset({"answer", "triage", "ask", "summarize"})
"""Where the same question may get the same answer. Not so: `build` and `change` (who asks once more wants another try),
`persona` and `talk` (a conversation that repeats itself is none), `rephrase` (another wording is the purpose), `judge`
(its votes must not copy each other)."""
SHARED_TRIES = 2
"""How many calls of others may fail before one that listened makes its own: few wait, and none fails by another's key."""
NOTHING = Usage(cost_usd=0.0)
TOGETHER = "answered once for several who asked at the same time"


@dataclass
class AnswerCache:
    """What the clients of one process share: kept answers, and calls under way."""

    store: AnswerStore
    clock: Callable[[], float] = time.time
    """Seconds since 1970."""
    calls: SharedCalls = field(default_factory=SharedCalls)


def cached(
    client: ModelClient,
    cache: AnswerCache,
    meter: Meter,
    scope: CallScope,
    minutes: int | None = None,
) -> ModelClient:
    """Return `client` behind the cache; `minutes` is the profile's (None: 60, with history 30; 0: no cache)."""
    return CachedClient(client, cache, meter, scope, minutes)


@dataclass
class CachedClient:
    """Exact answers once more; only whole and good ones, and only to the same person."""

    client: ModelClient
    cache: AnswerCache
    meter: Meter
    scope: CallScope
    minutes: int | None = None
    tasks: frozenset[Task] = REPEATABLE

    @property
    def name(self) -> str:
        """The name of the client behind it."""
        return self.client.name

    @property
    def sees_images(self) -> bool:
        """Whether the client behind it sees images."""
        return self.client.sees_images

    def stream(self, request: ModelRequest) -> AsyncGenerator[ModelEvent, None]:
        """Yield the answer's pieces, then `ModelDone`; see `ModelClient`."""
        if self._is_repeatable(request):
            return self._answer(request, whole=False)
        return self.client.stream(request)

    async def complete(self, request: ModelRequest) -> ModelAnswer:
        """Return the whole answer; raises as `stream` does."""
        if not self._is_repeatable(request):
            return await self.client.complete(request)
        async with aclosing(self._answer(request, whole=True)) as events:
            return _answer_of([event async for event in events])

    def count_tokens(self, messages: Sequence[ModelMessage]) -> int:
        """Estimate the prompt's tokens, offline."""
        return self.client.count_tokens(messages)

    def _is_repeatable(self, request: ModelRequest) -> bool:
        if not self.scope.owner_id:  # nobody's answers could be anybody's
            return False
        may_repeat = request.task in self.tasks and not request.fresh
        return may_repeat and keep_seconds(request, self.minutes) > 0

    async def _answer(
        self, request: ModelRequest, *, whole: bool
    ) -> AsyncGenerator[ModelEvent, None]:
        """Listen to the answer that is kept or under way; who asks first makes the call.

        A call that fails before its first piece fails for who made it only: the error may be about his budget. One of the
        others calls instead.
        """
        key = cache_key(self.name, self.scope, request, whole=whole)
        watch = _Watch(self.cache.clock)
        for _ in range(SHARED_TRIES):
            call, leads = self.cache.calls.join(
                key, partial(self._kept_or_called, request, key, whole=whole)
            )
            try:
                async with aclosing(call.listen()) as events:
                    async for event in events:
                        watch.see()
                        if isinstance(event, ModelDone) and (event.cached or not leads):
                            yield await self._told(request, event, watch)
                        else:
                            yield event
                return
            except BabbleError:
                if leads or watch.first_seconds is not None:
                    raise
        async with aclosing(self._called(request, whole=whole)) as events:
            async for event in events:
                yield event

    async def _kept_or_called(
        self, request: ModelRequest, key: str, *, whole: bool
    ) -> AsyncGenerator[ModelEvent, None]:
        value = await self.cache.store.get(self.scope.owner_id, key)
        if value is not None:
            kept = unpack(value)
            for number, piece in enumerate(kept.pieces, 1):
                yield piece
                if not number % EVENTS_AT_ONCE:
                    await asyncio.sleep(0)
            why = repeat_words(datetime.fromtimestamp(kept.kept_at, UTC))
            yield kept.done.model_copy(update={"cached": True, "why": why, "usage": NOTHING})
            return
        events: list[ModelEvent] = []
        async with aclosing(self._called(request, whole=whole)) as source:
            async for event in source:
                events.append(event)
                if isinstance(event, ModelDone):
                    # Before the end is told: who asks again then finds it.
                    await self._keep(request, key, events)
                yield event

    async def _called(
        self, request: ModelRequest, *, whole: bool
    ) -> AsyncGenerator[ModelEvent, None]:
        if whole:
            for event in _events_of(await self.client.complete(request)):
                yield event
            return
        async with aclosing(self.client.stream(request)) as source:
            async for event in source:
                yield event

    async def _keep(self, request: ModelRequest, key: str, events: Sequence[ModelEvent]) -> None:
        if not is_good(request, events):
            return
        value = pack(events, self.cache.clock())
        if value is not None:
            seconds = keep_seconds(request, self.minutes)
            await self.cache.store.set(self.scope.owner_id, key, value, seconds)

    async def _told(self, request: ModelRequest, done: ModelDone, watch: _Watch) -> ModelDone:
        """Tell the meter of an answer that needed no call, and return its end as the reader gets it."""
        why = done.why if done.cached else TOGETHER
        record = CallRecord(
            chain_id=f"chn_{uuid4().hex}",
            place=1,
            scope=self.scope,
            task=request.task,
            model=self.name,
            served_model=done.model,
            outcome="cached",
            why=why,
            usage=NOTHING,
            latency_seconds=watch.seconds(),
            first_token_seconds=watch.first_seconds,
            started_at=datetime.fromtimestamp(watch.started, UTC),
        )
        await self.meter.note(record)
        return done.model_copy(update={"cached": True, "why": why, "usage": NOTHING})


class _Watch:
    """Knows when a reader began, and when the first piece came."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self.started = clock()
        self.first_seconds: float | None = None

    def see(self) -> None:
        if self.first_seconds is None:
            self.first_seconds = self.seconds()

    def seconds(self) -> float:
        return max(0.0, self._clock() - self.started)


def _events_of(answer: ModelAnswer) -> list[ModelEvent]:
    events: list[ModelEvent] = []
    if answer.reasoning:
        events.append(ReasoningPart(text=answer.reasoning))
    if answer.text:
        events.append(TextPart(text=answer.text))
    done = ModelDone(
        usage=answer.usage,
        model=answer.model,
        finish_reason=answer.finish_reason,
        why=answer.why,
        cached=answer.cached,
    )
    return [*events, *answer.tool_calls, done]


def _answer_of(events: Sequence[ModelEvent]) -> ModelAnswer:
    done = events[-1]
    assert isinstance(done, ModelDone)
    return ModelAnswer(
        text="".join(event.text for event in events if isinstance(event, TextPart)),
        reasoning="".join(event.text for event in events if isinstance(event, ReasoningPart)),
        tool_calls=tuple(event for event in events if isinstance(event, ToolCall)),
        usage=done.usage,
        model=done.model,
        finish_reason=done.finish_reason,
        why=done.why,
        cached=done.cached,
    )
