"""What a call may cost at most, as far as that can be known before it is made."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import orjson

from babble_app.llm import model_table, prices, tokens
from babble_app.llm.provider import all_providers
from babble_app.schemas.usage import Usage

if TYPE_CHECKING:
    from babble_app.schemas.models import ModelRequest

DEFAULT_OUTPUT_TOKENS = 8_000
"""Most that an answer without a limit may have where a budget applies; few are longer."""
USUAL_OUTPUT_TOKENS = 2_000
"""What most answers keep within: they are not made shorter than that to leave half of a budget's room to others."""
LEAST_OUTPUT_TOKENS = 256
"""An answer that has money for fewer is not worth its question."""
OTHER_TOKENIZERS = 1.35
"""How many more tokens than OpenAI's other vendors may count for the same text."""


@dataclass(frozen=True)
class Estimate:
    """The price of a call by the length of its answer."""

    prompt_nano: int
    token_nano: float
    """Of one token of the answer."""
    most_tokens: int
    limited: bool
    """Whether the request itself says how long the answer may be: it is not made shorter then."""

    @property
    def least_nano(self) -> int:
        """The least money for which the call is made."""
        shortest = self.most_tokens if self.limited else LEAST_OUTPUT_TOKENS
        return self.cost_nano(min(shortest, self.most_tokens))

    def cost_nano(self, output_tokens: int) -> int:
        """Return the price with so long an answer."""
        return self.prompt_nano + round(output_tokens * self.token_nano)

    def tokens_within(self, room_nano: int) -> int | None:
        """Return how long the answer may be where so much money is left; None where it is not enough.

        A call without a limit takes no more than half of the room, as others may want to be made meanwhile, unless its answer
        would be unusually short.
        """
        if self.least_nano > room_nano:
            return None
        if self.limited or self.token_nano <= 0:
            return self.most_tokens
        half, whole = self._affordable(room_nano // 2), self._affordable(room_nano)
        return min(self.most_tokens, max(half, min(USUAL_OUTPUT_TOKENS, whole)))

    def _affordable(self, nano: int) -> int:
        return max(0, int((nano - self.prompt_nano) / self.token_nano))


def estimate(model: str, request: ModelRequest) -> Estimate | None:
    """Return what the call may cost; None where the model is free or its price unknown.

    The prompt is counted only for a model that costs something: counting takes about 1 ms for 10,000 characters.
    """
    provider, _, name = model.partition("/")
    price = model_table.price(provider, name)
    if price is None or price.free:
        return None
    limit = request.max_output_tokens or DEFAULT_OUTPUT_TOKENS
    most = model_table.facts(provider, name).get("max_output_tokens")
    margin = 1.0 if provider == "openai" else OTHER_TOKENIZERS
    prompt = Usage(input_tokens=round(_prompt_tokens(request) * margin))
    return Estimate(
        prompt_nano=prices.nano(price.cost_usd(prompt)),
        token_nano=price.output_per_million * prices.NANO / 1_000_000,
        most_tokens=min(limit, most) if isinstance(most, int) and most > 0 else limit,
        limited=request.max_output_tokens is not None,
    )


def needs_price(model: str) -> bool:
    """Whether nobody learns what a call costs without a price: nothing is paid elsewhere, or the provider says it."""
    return model.partition("/")[0] not in _known_without_price()


@cache
def _known_without_price() -> frozenset[str]:
    return frozenset(one.id for one in all_providers().values() if one.cost != "by_price")


def _prompt_tokens(request: ModelRequest) -> int:
    counted = tokens.count_messages(request.messages)
    for spec in request.tools:
        counted += tokens.count(orjson.dumps(spec.model_dump()).decode())
    if request.json_schema is not None:
        counted += tokens.count(orjson.dumps(request.json_schema).decode())
    return counted
