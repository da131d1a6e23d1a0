"""What a model call used."""

from __future__ import annotations

from babble_app.schemas.base import Schema


class Usage(Schema):
    """Tokens of one or several calls, added up."""

    input_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0
    """Read from the provider's cache; included in `input_tokens`."""
    cost_usd: float | None = None
    """None where the price is unknown."""

    def __add__(self, other: Usage) -> Usage:
        """Add the figures; an unknown cost makes the sum unknown only if both are."""
        costs = [cost for cost in (self.cost_usd, other.cost_usd) if cost is not None]
        return Usage(
            input_tokens=self.input_tokens + other.input_tokens,
            output_tokens=self.output_tokens + other.output_tokens,
            cached_tokens=self.cached_tokens + other.cached_tokens,
            cost_usd=sum(costs) if costs else None,
        )
