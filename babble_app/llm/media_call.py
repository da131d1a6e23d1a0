"""One picture or video by one model, from the money that is set aside for it to the record of what came of it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from babble_app.errors import ModelUnavailableError
from babble_app.llm import media_prices, prices
from babble_app.llm.call import code_of, paid_by, perhaps_billed, settle, to_its_end
from babble_app.schemas.calls import CallRecord
from babble_app.schemas.usage import Usage

if TYPE_CHECKING:
    from babble_app.llm.health import Visit
    from babble_app.llm.media import Made, MediaClient
    from babble_app.llm.route import Candidate, Hold, Meter
    from babble_app.schemas.calls import CallOutcome, CallScope


@dataclass(frozen=True)
class MediaOrder:
    """What all calls for one picture or video have in common."""

    prompt: str
    size: str
    seconds: int
    """Of a video; 0 for a picture."""
    scope: CallScope
    meter: Meter
    chain_id: str

    async def ask(self, media: MediaClient) -> Made:
        """Have it made."""
        if self.seconds:
            return await media.generate_video(self.prompt, self.size, self.seconds)
        return await media.generate_image(self.prompt, self.size)


@dataclass(eq=False)
class MediaCall:
    """A call: `begin` it, which makes the whole thing, and `end` it (a `begin` that fails has ended it)."""

    order: MediaOrder
    candidate: Candidate
    visit: Visit
    place: int
    last: bool
    """Whether nobody comes after it; it makes no difference here: what costs so much is not tried again by itself."""
    why: str = ""
    lost: bool = False
    made: Made | None = None
    _ended: bool = False
    _hold: Hold | None = None
    _most_usd: float | None = None
    """None where nobody knows the price."""
    _started_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    _began: float = 0.0

    async def begin(self) -> None:
        """Have it made.

        Raises:
            BudgetExhaustedError: there is no money for it.
            BabbleError: the model failed.
        """
        order, name = self.order, self.candidate.info.id
        try:
            media = self._open()
            price = media_prices.find(name)
            self._most_usd = price.most(order.prompt, order.seconds) if price else None
            amount = None if self._most_usd is None else prices.nano(self._most_usd)
            self._hold = await order.meter.reserve_amount(self._scope, name, amount)
            self._began = time.perf_counter()
            made = await order.ask(media)
            cost = price.of(made, order.seconds) if price else None
            self.made = replace(made, usage=media_prices.with_cost(made.usage, cost), model=name)
        except BaseException as error:
            await self.end(error)
            raise

    async def end(self, error: BaseException | None = None) -> None:
        """Tell the breaker, and settle, once; a cancelled caller does not cut this short."""
        if self._ended:
            return
        self._ended = True
        seconds = time.perf_counter() - self._began if self._began else 0.0
        outcome = _outcome(error)
        if outcome == "ok":
            self.visit.good(first_token_seconds=None, total_seconds=seconds)
        elif outcome == "failed" and error is not None:
            self.visit.bad(error)
        else:
            self.visit.leave()
        hold, self._hold = self._hold, None
        if hold is not None:
            await to_its_end(settle(hold, self._record(outcome, error, seconds)))

    def whole(self) -> Made:
        """Return what was made, with who made it and why."""
        assert self.made is not None
        return replace(self.made, why=self.why)

    @property
    def _scope(self) -> CallScope:
        return paid_by(self.candidate, self.order.scope)

    def _open(self) -> MediaClient:
        if self.candidate.open_media is None:
            message = (
                f"{self.candidate.info.title} makes no pictures or videos. Choose another model."
            )
            raise ModelUnavailableError(message)
        return self.candidate.open_media()

    def _record(
        self, outcome: CallOutcome, error: BaseException | None, seconds: float
    ) -> CallRecord:
        lost = Usage(cost_usd=self._most_usd if perhaps_billed(error) else 0.0)
        return CallRecord(
            chain_id=self.order.chain_id,
            place=self.place,
            scope=self._scope,
            task="illustrate",
            model=self.candidate.info.id,
            outcome=outcome,
            error_code=code_of(error) if outcome == "failed" else "",
            why=self.why,
            usage=self.made.usage if self.made else lost,
            latency_seconds=seconds,
            started_at=self._started_at,
        )


def _outcome(error: BaseException | None) -> CallOutcome:
    if error is None:
        return "ok"
    return "failed" if isinstance(error, Exception) else "stopped"
