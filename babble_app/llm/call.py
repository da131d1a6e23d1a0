"""One call of one model, from the money that is set aside for it to the record of what came of it."""

from __future__ import annotations

import asyncio
import time
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from logging import getLogger
from typing import TYPE_CHECKING, Any

from babble_app.errors import BabbleError, ModelAnswerInvalidError, ModelTimeoutError
from babble_app.llm import model_table
from babble_app.schemas.calls import CallRecord
from babble_app.schemas.models import ModelDone, ReasoningPart, TextPart, ToolCall
from babble_app.schemas.usage import Usage

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Coroutine

    from babble_app.llm.client import ModelClient
    from babble_app.llm.health import Visit
    from babble_app.llm.route import Candidate, Hold, Meter
    from babble_app.schemas.calls import CallOutcome, CallScope
    from babble_app.schemas.models import ModelAnswer, ModelEvent, ModelRequest

logger = getLogger(__name__)

CHARS_PER_TOKEN = 4
"""Of what had arrived of an answer that broke off; counting it properly would cost more than it tells."""


@dataclass(frozen=True)
class Order:
    """What all calls of one request have in common."""

    request: ModelRequest
    scope: CallScope
    meter: Meter
    chain_id: str
    streamed: bool


@dataclass(eq=False)
class Call:
    """A call: `begin` it, read `ahead` and then `source` through `see`, and `end` it (a `begin` that fails has ended it)."""

    order: Order
    candidate: Candidate
    visit: Visit
    place: int
    last: bool
    """Whether nobody comes after it: it then tries again by itself."""
    why: str = ""
    lost: bool = False
    """Whether another model of the race was faster."""
    answer: ModelAnswer | None = None
    ahead: list[ModelEvent] = field(default_factory=list["ModelEvent"])
    """What came up to the first piece that says something."""
    source: AsyncGenerator[ModelEvent, None] | None = None
    _ended: bool = False
    _client: ModelClient | None = None
    _hold: Hold | None = None
    _started_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    _began: float = 0.0
    _first_seconds: float | None = None
    _chars: int = 0
    _done: ModelDone | None = None

    async def begin(self) -> None:
        """Ask the model, and wait for the first piece that says something (of a whole answer: for all of it).

        Raises:
            BudgetExhaustedError: there is no money for it.
            BabbleError: the model failed.
        """
        order = self.order
        try:
            self._client = self.candidate.open(self.last)
            self._hold = await order.meter.reserve(
                self._scope, self.candidate.info.id, order.request
            )
            request = _within(order.request, self._hold)
            self._began = time.perf_counter()
            if order.streamed:
                self.source = self._client.stream(request)
                await self._read_ahead(self.source)
            else:
                self.answer = await self._client.complete(request)
        except BaseException as error:
            await self.end(error)
            raise

    def see(self, event: ModelEvent) -> ModelEvent:
        """Take note of a piece of the answer; the last one learns who answered and why."""
        if isinstance(event, TextPart | ReasoningPart):
            self._chars += len(event.text)
        elif isinstance(event, ModelDone):
            self._done = event
            named = {"model": self.candidate.info.id, "why": self.why or event.why}
            return event.model_copy(update=named)
        else:
            self._chars += len(str(event.arguments))
        return event

    async def end(self, error: BaseException | None = None) -> None:
        """Close the connection, tell the breaker, and settle, once; a cancelled caller does not cut this short."""
        if not self._ended:
            self._ended = True
            await to_its_end(self._end(error))

    def whole(self) -> ModelAnswer:
        """Return the answer that came in one piece, with who answered and why."""
        assert self.answer is not None
        named = {"model": self.candidate.info.id, "why": self.why or self.answer.why}
        return self.answer.model_copy(update=named)

    @property
    def _scope(self) -> CallScope:
        return paid_by(self.candidate, self.order.scope)

    async def _read_ahead(self, source: AsyncGenerator[ModelEvent, None]) -> None:
        async for event in source:
            self.ahead.append(event)
            if _says_something(event):
                self._first_seconds = time.perf_counter() - self._began
                return

    async def _end(self, error: BaseException | None) -> None:
        seconds = time.perf_counter() - self._began if self._began else 0.0
        try:
            if self.source is not None:
                async with aclosing(self.source):
                    pass
        finally:
            # Whatever became of the connection: money that is held back, or a probe that never ends, would stay so for ever.
            outcome = self._outcome(error)
            self._tell_breaker(outcome, error, seconds)
            hold, self._hold = self._hold, None
            if hold is not None:
                await settle(hold, self._record(outcome, error, seconds))

    def _tell_breaker(
        self, outcome: CallOutcome, error: BaseException | None, seconds: float
    ) -> None:
        if outcome == "ok":
            self.visit.good(first_token_seconds=self._first_seconds, total_seconds=seconds)
        elif outcome == "failed" and error is not None:
            self.visit.bad(error)
        elif self._first_seconds is not None:
            self.visit.good(first_token_seconds=self._first_seconds, total_seconds=None)
        else:
            self.visit.leave()

    def _outcome(self, error: BaseException | None) -> CallOutcome:
        if self._done is not None or error is None:
            return "lost" if self.lost else "ok"
        if isinstance(error, Exception):
            return "failed"
        return "lost" if self.lost else "stopped"  # cancelled, or closed by its reader

    def _record(
        self, outcome: CallOutcome, error: BaseException | None, seconds: float
    ) -> CallRecord:
        told = self._done or self.answer
        return CallRecord(
            chain_id=self.order.chain_id,
            place=self.place,
            scope=self._scope,
            task=self.order.request.task,
            model=self.candidate.info.id,
            served_model=told.model if told else "",
            outcome=outcome,
            error_code=code_of(error) if outcome == "failed" else "",
            why=self.why,
            usage=told.usage if told else self._estimate(error),
            latency_seconds=seconds,
            first_token_seconds=self._first_seconds,
            started_at=self._started_at,
        )

    def _estimate(self, error: BaseException | None) -> Usage:
        """Say what a call used that did not come to its end; one that was refused used nothing."""
        chars = self._chars or sum(
            len(event.text) for event in self.ahead if isinstance(event, TextPart | ReasoningPart)
        )
        if self._client is None or not (chars or perhaps_billed(error)):
            return Usage()
        usage = Usage(
            input_tokens=self._client.count_tokens(self.order.request.messages),
            output_tokens=-(-chars // CHARS_PER_TOKEN),
        )
        provider, _, name = self._client.name.partition("/")
        return usage.model_copy(update={"cost_usd": model_table.cost_usd(provider, name, usage)})


def paid_by(candidate: Candidate, scope: CallScope) -> CallScope:
    """Return the scope with whether the model's key is the person's own."""
    return scope.model_copy(update={"own_key": True}) if candidate.own_key else scope


def perhaps_billed(error: BaseException | None) -> bool:
    """Whether the provider may want money for a call that ended so; one that it refused costs nothing."""
    return not isinstance(error, Exception) or isinstance(
        error, ModelTimeoutError | ModelAnswerInvalidError
    )


def code_of(error: BaseException | None) -> str:
    """Return what a record says of an error."""
    return error.code if isinstance(error, BabbleError) else "internal"


async def settle(hold: Hold, record: CallRecord) -> None:
    """Settle a call, whatever the ledger says to it."""
    try:
        await hold.settle(record)
    except BabbleError:
        # The answer is there; that it could not be entered into the books must not take it away.
        logger.exception("a call of %s could not be settled", record.model)


def _within(request: ModelRequest, hold: Hold) -> ModelRequest:
    """Limit the answer to what there is money for."""
    if hold.max_output_tokens is None or hold.max_output_tokens == request.max_output_tokens:
        return request
    return request.model_copy(update={"max_output_tokens": hold.max_output_tokens})


def _says_something(event: ModelEvent) -> bool:
    if isinstance(event, TextPart | ReasoningPart):
        return bool(event.text.strip())
    return isinstance(event, ToolCall)


async def to_its_end(work: Coroutine[Any, Any, None]) -> None:
    """Await `work` whole; who is cancelled meanwhile learns it afterwards."""
    task = asyncio.create_task(work)
    cancelled = False
    while not task.done():
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError:
            cancelled = True
    task.result()
    if cancelled:
        raise asyncio.CancelledError
