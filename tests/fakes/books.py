"""A meter that allows what it is told to, keeps what it hears, and can be waited for."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from babble_app.errors import BudgetExhaustedError

if TYPE_CHECKING:
    from babble_app.llm.route import Hold
    from babble_app.schemas.calls import CallRecord, CallScope
    from babble_app.schemas.models import ModelRequest

WAIT_SECONDS = 10
"""More than anything takes that is waited for; what does not come by then never does."""


@dataclass
class FreeMeter:
    """Counts nothing and allows everything; keeps what it was told."""

    max_output_tokens: ClassVar[int | None] = None
    records: list[CallRecord] = field(default_factory=list["CallRecord"])

    async def reserve(self, scope: CallScope, model: str, request: ModelRequest) -> Hold:
        """Allow it."""
        del scope, model, request
        return self

    async def reserve_amount(self, scope: CallScope, model: str, amount: int | None) -> Hold:
        """Allow it."""
        del scope, model, amount
        return self

    async def settle(self, record: CallRecord) -> None:
        """Keep it."""
        self.records.append(record)

    async def note(self, record: CallRecord) -> None:
        """Keep it."""
        self.records.append(record)


@dataclass
class Books(FreeMeter):
    """The meter."""

    broke: set[str] = field(default_factory=set[str])
    """Models for which there is no money."""
    reserved: int = 0
    settled: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def reserve(self, scope: CallScope, model: str, request: ModelRequest) -> Books:
        """Refuse models without money."""
        del scope, request
        if model in self.broke:
            raise BudgetExhaustedError("Today's budget is spent.")
        self.reserved += 1
        return self

    async def settle(self, record: CallRecord) -> None:
        """Keep the record, and wake who waits for it."""
        await asyncio.sleep(0)  # where a cancelled task would be cut
        async with self.settled:
            self.records.append(record)
            self.settled.notify_all()

    async def wait_for(self, count: int) -> list[CallRecord]:
        """Return the records once there are `count`, the first call first."""
        async with asyncio.timeout(WAIT_SECONDS), self.settled:
            await self.settled.wait_for(lambda: len(self.records) >= count)
        return sorted(self.records, key=lambda record: record.place)

    async def outcomes(self, count: int) -> list[str]:
        """Return how the first `count` calls ended."""
        return [record.outcome for record in await self.wait_for(count)]
