"""Pictures and videos on the ledger's account: refused where no budget has room, and stored as calls, whatever came of them."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from uuid import uuid4

from babble_app.errors import BabbleError, ModelAnswerInvalidError, ModelTimeoutError
from babble_app.llm import media_prices, prices
from babble_app.llm.call import to_its_end
from babble_app.schemas.calls import CallRecord
from babble_app.schemas.usage import Usage
from babble_app.store.tables.base import now

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from babble_app.llm.media import Made, MediaClient
    from babble_app.schemas.calls import CallOutcome, CallScope
    from babble_app.services.meter import Ledger


@dataclass(frozen=True)
class MeteredMedia:
    """A `MediaClient` whose calls are on `scope`'s account."""

    media: MediaClient
    ledger: Ledger
    scope: CallScope

    @property
    def name(self) -> str:
        """`provider/name`."""
        return self.media.name

    async def generate_image(self, prompt: str, size: str = "") -> Made:
        """Return a picture; see `MediaClient`.

        Raises:
            BudgetExhaustedError: a budget has no room for it, or is used up already where nobody knows the price.
            BabbleError: as `MediaClient` raises.
        """
        return await self._metered(self.media.generate_image, prompt, size)

    async def generate_video(self, prompt: str, size: str = "") -> Made:
        """Return a video; raises as `generate_image` does."""
        return await self._metered(self.media.generate_video, prompt, size)

    async def _metered(
        self, generate: Callable[[str, str], Awaitable[Made]], prompt: str, size: str
    ) -> Made:
        price = media_prices.find(self.name)
        most = price.most(prompt) if price else None
        hold = await self.ledger.reserve_amount(self.scope, prices.nano(most or 0.0))
        started_at, began = now(), time.perf_counter()

        def record(usage: Usage, error: BaseException | None = None) -> CallRecord:
            return CallRecord(
                chain_id=f"chn_{uuid4().hex}",
                place=1,
                scope=self.scope,
                task="illustrate",
                model=self.name,
                outcome=_outcome(error),
                error_code=_code(error),
                usage=usage,
                latency_seconds=time.perf_counter() - began,
                started_at=started_at,
            )

        try:
            made = await generate(prompt, size)
        except BaseException as error:
            used = Usage(cost_usd=most if _perhaps_billed(error) else 0.0)
            await to_its_end(hold.settle(record(used, error)))
            raise
        usage = media_prices.with_cost(made.usage, price.of(made) if price else None)
        await to_its_end(hold.settle(record(usage)))
        return replace(made, usage=usage)


def _outcome(error: BaseException | None) -> CallOutcome:
    if error is None:
        return "ok"
    return "failed" if isinstance(error, Exception) else "stopped"


def _code(error: BaseException | None) -> str:
    if isinstance(error, BabbleError):
        return error.code
    return "internal" if isinstance(error, Exception) else ""


def _perhaps_billed(error: BaseException) -> bool:
    """Whether the provider may have made it all the same."""
    return not isinstance(error, Exception) or isinstance(
        error, ModelAnswerInvalidError | ModelTimeoutError
    )
