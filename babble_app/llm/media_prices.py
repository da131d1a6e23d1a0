"""What pictures and videos cost, by the table that LiteLLM ships; the operator's own prices of their tokens go before it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from babble_app.llm import model_table, prices, tokens
from babble_app.llm.media import VIDEO_SECONDS
from babble_app.schemas.usage import Usage

if TYPE_CHECKING:
    from babble_app.llm.media import Made

MOST_IMAGE_TOKENS = 6_240
"""Of OpenAI's largest picture in its best quality (OpenAI docs, "Image generation", cost and latency)."""


@dataclass(frozen=True)
class MediaPrice:
    """US dollars; what the table does not name costs nothing."""

    each: float = 0.0
    """For one picture, whatever its size; then its tokens cost nothing."""
    input_token: float = 0.0
    output_token: float = 0.0
    second: float = 0.0
    """Of a video."""

    def most(self, prompt: str, seconds: int = 0) -> float:
        """Return what one may cost at most, before it is made; of a video of so many seconds."""
        if self.each:
            return self.each
        if self.second:
            return self.second * (seconds or VIDEO_SECONDS[0])
        described = tokens.count(prompt) * self.input_token
        return described + MOST_IMAGE_TOKENS * self.output_token

    def of(self, made: Made, seconds: int = 0) -> float | None:
        """Return what it cost, a video by its length, else by the `seconds` that were asked for.

        None where the provider did not count what it is paid by.
        """
        usage = made.usage
        if self.each:
            return self.each
        if self.second:
            return self.second * (made.seconds or seconds or VIDEO_SECONDS[0])
        if not usage.output_tokens:
            return None
        return usage.input_tokens * self.input_token + usage.output_tokens * self.output_token


def find(model: str) -> MediaPrice | None:
    """Return the price of `provider/name`; None where nobody knows it."""
    provider, _, name = model.partition("/")
    if (own := prices.find(provider, name)) is not None:
        million = 1_000_000
        return MediaPrice(
            input_token=own.input_per_million / million,
            output_token=own.output_per_million / million,
        )
    row = model_table.media_facts(provider, name)
    price = MediaPrice(
        each=_dollars(row, "output_cost_per_image"),
        input_token=_dollars(row, "input_cost_per_token"),
        output_token=_dollars(row, "output_cost_per_image_token"),
        second=_dollars(row, "output_cost_per_video_per_second"),
    )
    return price if price.each or price.output_token or price.second else None


def with_cost(made_usage: Usage, cost: float | None) -> Usage:
    """Return the figures with the cost, unless the provider has named it."""
    return (
        made_usage
        if made_usage.cost_usd is not None
        else made_usage.model_copy(update={"cost_usd": cost})
    )


def _dollars(row: dict[str, Any], name: str) -> float:
    value = row.get(name)
    return float(value) if isinstance(value, int | float) else 0.0
