"""Money that is set aside for one call, and the tallies it is counted in."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from babble_app.schemas.calls import CallRecord

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Tally:
    """What one subject has spent and set aside in one period, in billionths of a dollar."""

    spent: int = 0
    held: int = 0


class Notes(Protocol):
    """Where calls are stored."""

    async def note(self, record: CallRecord) -> None:
        """Store a call, and count what it cost."""
        ...


class LedgerHold:
    """Money that is set aside in the tallies of everybody whom the call concerns."""

    __slots__ = ("_amount", "_ledger", "_settled", "_tallies", "max_output_tokens")

    def __init__(
        self,
        ledger: Notes,
        tallies: Sequence[Tally] = (),
        amount: int = 0,
        max_output_tokens: int | None = None,
    ) -> None:
        self.max_output_tokens = max_output_tokens
        self._ledger = ledger
        self._tallies = tallies
        self._amount = amount
        self._settled = False

    async def settle(self, record: CallRecord) -> None:
        """Give the money back, count what the call really cost, and return when it is stored."""
        if self._settled:
            logger.error("call %s/%d was settled twice", record.chain_id, record.place)
            return
        self._settled = True
        for tally in self._tallies:
            tally.held -= self._amount
        await self._ledger.note(record)
