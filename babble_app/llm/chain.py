"""The calls that one request causes: one after the other, or two at once, until a model says something.

Of answers and of pictures alike.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from babble_app.errors import (
    BabbleError,
    BudgetExhaustedError,
    ContextTooLargeError,
    ModelAnswerInvalidError,
    ModelTimeoutError,
    ModelUnavailableError,
    ProviderKeyRefusedError,
    ProviderRateLimitedError,
    ProviderUnavailableError,
)
from babble_app.llm.call import to_its_end
from babble_app.llm.choice import reasons_before
from babble_app.llm.reasons import joined_failure, name_of, rule_words, trouble_words, why_line

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping

    from babble_app.llm.choice import Ranking
    from babble_app.llm.health import Health, Visit
    from babble_app.llm.route import Candidate, Route

    StartTask = Callable[[Coroutine[Any, Any, None], str], object]

FALLS_BACK = (
    BudgetExhaustedError,
    ContextTooLargeError,
    ModelAnswerInvalidError,
    ModelTimeoutError,
    ModelUnavailableError,
    ProviderKeyRefusedError,
    ProviderRateLimitedError,
    ProviderUnavailableError,
)
HEDGE_CALLS = 20
"""Fewer measured calls do not tell what is slow for a model."""
HEDGE_SECONDS = 0.3
"""A second call is never made earlier than this."""


_tasks: set[asyncio.Task[None]] = set()


def run_beside(work: Coroutine[Any, Any, None], name: str) -> None:
    """Run in a task what nobody waits for."""
    task = asyncio.create_task(work, name=name)
    _tasks.add(task)
    task.add_done_callback(_tasks.discard)


class ChainCall(Protocol):
    """One call of one model, as a chain goes by it."""

    candidate: Candidate
    place: int
    why: str
    lost: bool

    async def begin(self) -> None:
        """Ask the model; a call that fails has ended itself."""
        ...

    async def end(self, error: BaseException | None = None) -> None:
        """Settle, once."""
        ...


C = TypeVar("C", bound=ChainCall)


class Chain(Generic[C]):
    """One request on its way along a route."""

    def __init__(
        self,
        route: Route,
        health: Health,
        ranking: Ranking,
        make_call: Callable[[Candidate, Visit, int, bool], C],
        *,
        streamed: bool = False,
    ) -> None:
        """Take the order in which models are asked.

        Args:
            route: The models, and whether two are asked at once.
            health: How they fare.
            ranking: The order.
            make_call: Makes the call of a model, with its place in the chain and whether nobody comes after it.
            streamed: Whether slow is who is late with the first piece, not with the whole.
        """
        self._route, self._health, self._ranking = route, health, ranking
        self._make_call, self._streamed = make_call, streamed
        self._queue = deque([(one, False) for one in self._ranking.ready])
        self._queue.extend((one, True) for one in self._ranking.cooling)
        self._places = 0
        self._failed: list[tuple[C, BabbleError]] = []

    async def begin(self, start_task: StartTask = run_beside) -> C:
        """Return the call that said something first.

        Raises:
            BabbleError: no model did.
        """
        route = self._route
        pairs = (route.racing or route.hedging) and len(self._ranking.ready) > 1
        call = await (self._in_pairs(start_task) if pairs else self._one_by_one())
        call.why = call.why or self._why(call)
        return call

    async def _one_by_one(self) -> C:
        while (call := self._next()) is not None:
            try:
                await call.begin()
            except FALLS_BACK as error:
                self._failed.append((call, error))
            else:
                return call
        raise self._failure()

    async def _in_pairs(self, start_task: StartTask) -> C:
        """Ask two at once, or a second one when the first is slower than it usually is."""
        running: dict[asyncio.Task[None], C] = {}
        width = 2 if self._route.racing else 1
        try:
            while True:
                while len(running) < width and (call := self._next(beside=bool(running))):
                    running[asyncio.create_task(call.begin())] = call
                if not running:
                    raise self._failure()
                patience = self._patience(running) if width == 1 else None
                done, _ = await asyncio.wait(
                    running, timeout=patience, return_when=asyncio.FIRST_COMPLETED
                )
                width = 2 if not done else width
                if (winner := self._first_good(running, done)) is not None:
                    winner.why = self._why(winner, beaten=list(running.values()))
                    for task, call in running.items():
                        call.lost = True
                        task.cancel()
                    if running:  # the winner does not wait for the others' goodbyes
                        start_task(to_its_end(_drop(running)), "end the losers of a race")
                        running = {}
                    return winner
        finally:
            if running:
                for task in running:
                    task.cancel()
                await to_its_end(_drop(running))

    def _first_good(
        self, running: dict[asyncio.Task[None], C], done: set[asyncio.Task[None]]
    ) -> C | None:
        """Take the ended calls out, and return the first good one; of two the preferred."""
        for task in [task for task in running if task in done]:
            error = task.exception()
            if error is None:
                return running.pop(task)
            call = running.pop(task)
            if not isinstance(error, FALLS_BACK):
                raise error
            self._failed.append((call, error))
        return None

    def _next(self, *, beside: bool = False) -> C | None:
        """Return a call of the model whose turn it is; beside a running one only of a healthy model."""
        while self._queue:
            candidate, anyway = self._queue[0]
            if anyway and beside:
                return None
            self._queue.popleft()
            visit = self._health.enter(candidate)
            if not visit.admitted and not anyway and (self._queue or beside):
                self._queue.append((candidate, True))  # somebody else tries it just now
                continue
            self._places += 1
            return self._make_call(candidate, visit, self._places, not self._queue)
        return None

    def _patience(self, running: dict[asyncio.Task[None], C]) -> float | None:
        """Return how long the only running call may take before it is slow for its model; None without a measure."""
        (call,) = running.values()
        measure = self._health.first_token if self._streamed else self._health.total
        latency = measure(call.candidate)
        return max(latency.p95, HEDGE_SECONDS) if latency.calls >= HEDGE_CALLS else None

    def _why(self, winner: C, beaten: list[C] | None = None) -> str:
        route = self._route
        if len(route.candidates) == 1:
            return ""
        reasons = [rule_words(winner.candidate, route, in_race=bool(beaten))]
        reasons += reasons_before(winner.candidate, route, self._ranking.passed)
        reasons += [
            f"{self._name(call.candidate)} {trouble_words(error.code)}"
            for call, error in self._failed
            if call.place < winner.place
        ]
        for call in beaten or []:
            slow = "was slow" if not route.racing and call.place < winner.place else ""
            name = self._name(call.candidate)
            reasons.append(f"{name} {slow}" if slow else f"faster than {name}")
        if not any(reasons) and winner.candidate == route.candidates[0]:
            reasons.append(route.why_first)
        return why_line(winner.candidate, route, reasons)

    def _failure(self) -> BabbleError:
        failed = [(self._name(call.candidate), error) for call, error in self._failed]
        return joined_failure(failed)

    def _name(self, candidate: Candidate) -> str:
        return name_of(candidate, self._route)


async def _drop(running: Mapping[asyncio.Task[None], ChainCall]) -> None:
    """Wait until cancelled calls have closed their connections; end those that had begun, or never came to it."""
    await asyncio.gather(*running, return_exceptions=True)
    for call in running.values():
        await call.end(asyncio.CancelledError())
