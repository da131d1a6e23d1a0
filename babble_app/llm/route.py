"""What a routed client is made of: the models that may answer, and who is told what each call used."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from babble_app.llm.prices import nano

if TYPE_CHECKING:
    from collections.abc import Callable

    from babble_app.llm.client import ModelClient
    from babble_app.llm.media import MediaClient
    from babble_app.schemas.calls import CallRecord, CallScope
    from babble_app.schemas.models import ModelInfo, ModelRequest
    from babble_app.schemas.profiles import RouteRule


@dataclass(frozen=True)
class Candidate:
    """A model that may answer, with the key that opens it."""

    info: ModelInfo
    """`info.id` is `provider/name` as it was chosen."""
    open: Callable[[bool], ModelClient]
    """Opens its client; the argument says whether it shall try again by itself (only where nobody comes after it)."""
    health_key: str
    """Whose troubles it shares: provider, address and a digest of the key."""
    own_key: bool = False
    """Whether the person's or the workspace's key opens it, not the server's."""
    via: str = ""
    """Whose key opens it when that is not its provider's own, such as `OpenRouter`."""
    open_media: Callable[[], MediaClient] | None = None
    """Opens it for pictures and videos; None where its provider makes none."""


@dataclass(frozen=True)
class Route:
    """The models that may answer, the preferred first."""

    candidates: tuple[Candidate, ...]
    name: str = ""
    """The profile's; empty for a model that somebody chose."""
    racing: bool = False
    hedging: bool = False
    why_first: str = ""
    """Why the first is first, such as `your default`."""
    chosen_by: RouteRule | None = None
    """The rule that holds for the request, if one does; `why_first` says why then."""
    max_usd_per_million: float | None = None
    """What a million tokens of an answer may cost at most; None: whatever they cost."""
    rules: tuple[RouteRule, ...] = ()
    """Bring some candidates to the front for requests of a kind; each names at least one of them."""
    classifier: Candidate | None = None
    """A small model, no candidate by this, that says how hard a request is, where a rule asks for that."""

    @cached_property
    def affordable(self) -> tuple[Candidate, ...]:
        """The candidates that the limit leaves, which keeps out those of unknown price; a route has at least one."""
        return tuple(one for one in self.candidates if self.affords(one))

    def affords(self, candidate: Candidate) -> bool:
        """Tell whether the candidate is within the limit."""
        price, limit = candidate.info.output_usd_per_million, self.max_usd_per_million
        return limit is None or (price is not None and nano(price) <= nano(limit))


class Hold(Protocol):
    """Money that is set aside for one call."""

    @property
    def max_output_tokens(self) -> int | None:
        """How long the answer may be for the money to suffice; None where no budget limits it."""
        ...

    async def settle(self, record: CallRecord) -> None:
        """Give back what was not used, and store what came of the call; exactly once for each hold, whatever happened."""
        ...


class Meter(Protocol):
    """Asked before and told after each call of a model."""

    async def reserve(self, scope: CallScope, model: str, request: ModelRequest) -> Hold:
        """Set aside what the call may cost.

        Raises:
            BudgetExhaustedError: a budget has no room for it.
        """
        ...

    async def reserve_amount(self, scope: CallScope, model: str, amount: int | None) -> Hold:
        """Set aside so many billionths of a dollar, for what is not paid by words.

        Args:
            scope: On whose account it is.
            model: Who is called.
            amount: None where nobody knows the price.

        Raises:
            BudgetExhaustedError: a budget has no room for it.
        """
        ...

    async def note(self, record: CallRecord) -> None:
        """Store a call that needed no money: an answer that was given again."""
        ...
