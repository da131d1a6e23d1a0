"""The ledger: asked before every call of a model whether a budget has room for it, and told after it what it cost.

What is spent and what is set aside is kept in memory, in the one process that owns the database (decision 15). What was
spent is read once from the usage rows, before the first call is allowed; what is set aside dies with the process, and with
it the calls it was for. Between looking whether there is room and setting it aside nothing is awaited, so calls at once see
each other.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError, IntegrityError

from babble_app.errors import BabbleError
from babble_app.llm import model_table, prices
from babble_app.llm.recent import Recent
from babble_app.llm.worst_case import estimate, needs_price
from babble_app.schemas.budgets import WHOLE_SERVER, BudgetKind, BudgetPeriod
from babble_app.schemas.calls import CallScope
from babble_app.services.exhaustion import exhausted, unpriced
from babble_app.services.ledger_hold import LedgerHold, Tally
from babble_app.services.periods import PERIODS, end_of, start_of
from babble_app.store import budgets as budget_rows
from babble_app.store import usage as rows
from babble_app.store.tables.base import now

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from babble_app.llm.route import Hold
    from babble_app.schemas.calls import CallRecord
    from babble_app.schemas.models import ModelRequest
    from babble_app.store.budgets import Cap
    from babble_app.store.engine import Database
    from babble_app.store.writer import EventWriter, Operation

logger = logging.getLogger(__name__)

MOST_WAITING = 10_000
"""Calls that are kept for storing while the database is away."""
MOST_DOLLARS = 1_000_000.0
"""That one call can cost; a provider may claim anything."""
MOST_LEARNED = 1_000
"""Models whose price was learned that are remembered."""
Subject = tuple[BudgetKind, str]
"""Whose money it is: a kind of budget and the id."""


@dataclass
class _Book:
    """Everybody's tallies of the period that runs."""

    period: BudgetPeriod
    start: datetime
    tallies: defaultdict[Subject, Tally] = field(default_factory=lambda: defaultdict(Tally))

    def turn_to(self, at: datetime) -> None:
        """Begin anew when the period is over; a clock that was set back leaves it as it is."""
        if (start := start_of(self.period, at)) > self.start:
            self.start = start
            self.tallies = defaultdict(Tally)


class Ledger:
    """A `Meter` that keeps to the budgets and stores every call."""

    def __init__(
        self, database: Database, writer: EventWriter, *, clock: Callable[[], datetime] = now
    ) -> None:
        """Nothing is read before `load` or the first `reserve`."""
        self._database = database
        self._writer = writer
        self._clock = clock
        self._books = {period: _Book(period, start_of(period, clock())) for period in PERIODS}
        self._caps: dict[Subject, list[Cap]] = {}
        self._loading = asyncio.Lock()
        self._loaded = False
        self._waiting: list[Operation] = []
        self._storing = set[asyncio.Task[None]]()
        self._learned = Recent[str, int](MOST_LEARNED)
        """What the last call cost of a model without a price, where its provider said it."""

    async def load(self) -> None:
        """Read the budgets and what was spent, once; no call is under way yet, so nothing is counted twice or left out."""
        async with self._loading:
            if not self._loaded:
                await self._read_spent()
                await self._read_caps()
                self._loaded = True

    async def reload_caps(self) -> None:
        """Read the budgets again after one was changed."""
        await self.load()
        async with self._loading:
            await self._read_caps()

    async def reserve(self, scope: CallScope, model: str, request: ModelRequest) -> Hold:
        """Set aside what the call may cost at most: nothing for a model that is free.

        An answer that nobody limited is limited to what there is room for, so that no budget is spent past its end.

        For a model without a price whose provider says afterwards what a call has cost, that is what the last one did.

        Raises:
            BudgetExhaustedError: a budget has no room for it; the message says whose, until when, and who can raise it.
            PriceUnknownError: there is a budget, and nobody will ever know what the call costs.
        """
        subjects, caps = await self._whose(scope)
        if not caps:
            return LedgerHold(self)
        cost = estimate(model, request)
        if cost is None:
            free = _price_of(model) is not None
            amount, length = (0 if free else self._unpriced_amount(model, caps)), None
        else:
            length = cost.tokens_within(min(self._room(cap) for cap in caps))
            amount = cost.least_nano if length is None else cost.cost_nano(length)
        return LedgerHold(self, self._set_aside(subjects, caps, amount), amount, length)

    async def reserve_amount(self, scope: CallScope, model: str, amount: int | None) -> Hold:
        """Set aside an amount in billionths of a dollar; refused where a budget is used up, even if it is 0.

        Args:
            scope: On whose account it is.
            model: Who is called.
            amount: None where nobody knows the price.

        Raises:
            BudgetExhaustedError: as `reserve` does.
        """
        subjects, caps = await self._whose(scope)
        if amount is None:
            amount = self._unpriced_amount(model, caps)
        self._check_room(caps, max(amount, 1))
        return LedgerHold(self, self._set_aside(subjects, caps, amount), amount)

    async def note(self, record: CallRecord) -> None:
        """Store a call, and count what it cost; one of a run is stored before the run's end is."""
        cost = _cost_nano(record)
        if cost and self._loaded:
            self._charge(record, cost)
        if cost and _price_of(record.model) is None:
            self._learned.put(record.model, cost)
        storing = asyncio.create_task(self._store(rows.add_call(record, cost)))
        self._storing.add(storing)
        storing.add_done_callback(self._storing.discard)
        # A run's end gets into the writer's line behind it: who waits for that need not wait here.
        if not record.scope.run_id:
            await asyncio.shield(storing)

    def tally(self, cap: Cap) -> Tally:
        """Return what is spent and set aside of a budget in the period that runs."""
        self._turn_pages()
        return self._books[cap.period].tallies.get((cap.kind, cap.scope_id), Tally())

    def resets_at(self, cap: Cap) -> datetime:
        """Return when the budget is free again."""
        return end_of(cap.period, max(self._clock(), self._books[cap.period].start))

    async def close(self) -> None:
        """Store what is on its way, and what the database could not take before."""
        await asyncio.gather(*self._storing)
        await self._store_waiting()

    def _unpriced_amount(self, model: str, caps: Sequence[Cap]) -> int:
        """Return what to set aside for a model without a price; raises PriceUnknownError where a budget needs one."""
        learned = self._learned.get(model)
        if caps and learned is None and needs_price(model):
            raise unpriced(model, caps[0], at=self._clock())
        return learned or 0

    def _set_aside(
        self, subjects: Sequence[Subject], caps: Sequence[Cap], amount: int
    ) -> Sequence[Tally]:
        if not amount:
            return ()
        self._check_room(caps, amount)
        self._turn_pages()
        tallies = [book.tallies[who] for book in self._books.values() for who in subjects]
        for tally in tallies:
            tally.held += amount
        return tallies

    async def _whose(self, scope: CallScope) -> tuple[list[Subject], list[Cap]]:
        """Return whose money it is, and the budgets that they have."""
        if not self._loaded:
            await self.load()
        subjects = _subjects(scope)
        return subjects, [cap for subject in subjects for cap in self._caps.get(subject, ())]

    def _check_room(self, caps: Sequence[Cap], amount: int) -> None:
        full = [cap for cap in caps if self._room(cap) < amount]
        if full:
            cap = max(full, key=self.resets_at)
            raise exhausted(
                cap, self._room(cap), amount, at=self._clock(), resets_at=self.resets_at(cap)
            )

    def _room(self, cap: Cap) -> int:
        tally = self.tally(cap)
        return cap.limit_nano - tally.spent - tally.held

    def _charge(self, record: CallRecord, cost: int) -> None:
        """Count the cost in the periods that the call began in, as a sum over the rows would."""
        self._turn_pages()
        at = self._clock()
        for book in self._books.values():
            # A clock that was set back must not make calls free.
            if record.started_at >= book.start or at < book.start:
                for subject in _subjects(record.scope):
                    book.tallies[subject].spent += cost

    def _turn_pages(self) -> None:
        at = self._clock()
        for book in self._books.values():
            book.turn_to(at)

    async def _read_spent(self) -> None:
        self._turn_pages()
        day, month = self._books["day"], self._books["month"]
        spent = await self._database.fetch(rows.list_spent, month=month.start, day=day.start)
        for item in spent:
            scope = CallScope(
                owner_id=item.owner_id,
                workspace_id=item.workspace_id,
                app_id=item.app_id,
                token_id=item.token_id,
                own_key=item.own_key,
            )
            for subject in _subjects(scope):
                month.tallies[subject].spent += item.month_nano
                day.tallies[subject].spent += item.day_nano

    async def _read_caps(self) -> None:
        found: dict[Subject, list[Cap]] = defaultdict(list)
        for cap in await self._database.fetch(budget_rows.list_all):
            found[cap.kind, cap.scope_id].append(cap)
        self._caps = found

    async def _store(self, operation: Operation) -> None:
        """Return when the call is stored; while the database is away, it waits for the next one that can be."""
        if await self._try_to_store(operation) and self._waiting:
            await self._store_waiting()

    async def _store_waiting(self) -> None:
        waiting, self._waiting = self._waiting, []
        await asyncio.gather(*(self._try_to_store(operation) for operation in waiting))

    async def _try_to_store(self, operation: Operation) -> bool:
        try:
            await self._writer.write([operation])
        except IntegrityError:
            logger.info("a call ended after its account was erased")
        except BabbleError as error:
            logger.warning("a call's figures wait for the database: %s", error)
            if len(self._waiting) < MOST_WAITING:
                self._waiting.append(operation)
            return False
        except DBAPIError:
            # A bug, and loud; but the answer that was paid for must not fail by its figures.
            logger.exception("a call's figures cannot be stored")
        return True


def _subjects(scope: CallScope) -> list[Subject]:
    subjects: list[Subject] = [
        ("server", "" if scope.own_key else WHOLE_SERVER),
        ("person", scope.owner_id),
        ("workspace", scope.workspace_id),
        ("app", scope.app_id),
        ("token", scope.token_id),
    ]
    return [subject for subject in subjects if subject[1]]


def _price_of(model: str) -> prices.Price | None:
    provider, _, name = model.partition("/")
    return model_table.price(provider, name)


def _cost_nano(record: CallRecord) -> int | None:
    """Return what the call cost; None where nobody knows the price."""
    if record.outcome == "cached":
        return 0
    cost, usage = record.usage.cost_usd, record.usage
    if cost is None or not 0 <= cost < MOST_DOLLARS:
        # Nobody said, or a provider said what cannot be: a negative cost would give money back.
        provider, _, name = record.model.partition("/")
        counted = usage.input_tokens > 0 or usage.output_tokens > 0
        used = counted or record.task == "illustrate"  # which few providers count in tokens
        cost = model_table.cost_usd(provider, name, usage) if used else 0.0
    return None if cost is None else prices.nano(min(max(cost, 0.0), MOST_DOLLARS))
