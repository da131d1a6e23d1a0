"""Prices that the operator names himself (BABBLE_PRICES_FILE); they go before those of LiteLLM's table."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import orjson
from pydantic import Field, ValidationError

from babble_app.errors import ValidationFailedError
from babble_app.schemas.base import Schema

if TYPE_CHECKING:
    from collections.abc import Mapping

    from babble_app.schemas.usage import Usage

NANO = 1_000_000_000
"""Money is counted in billionths of a dollar: the cheapest token costs some ten of them."""
_EXAMPLE = '{"openai/gpt-4o-mini": {"input_per_million": 0.15, "output_per_million": 0.6}}'

Dollars = Annotated[float, Field(ge=0, le=1_000_000, allow_inf_nan=False, strict=True)]


class Price(Schema):
    """US dollars for a million tokens."""

    input_per_million: Dollars
    output_per_million: Dollars
    cached_per_million: Dollars | None = None
    """For what the provider read from its cache; as fresh input where it is not named."""

    @property
    def free(self) -> bool:
        """Whether nothing is to be paid whatever is sent and answered."""
        return self.input_per_million == 0 and self.output_per_million == 0

    def cost_usd(self, usage: Usage) -> float:
        """Return what the tokens cost."""
        cached = self.cached_per_million
        return (
            (usage.input_tokens - usage.cached_tokens) * self.input_per_million
            + usage.cached_tokens * (self.input_per_million if cached is None else cached)
            + usage.output_tokens * self.output_per_million
        ) / 1_000_000


def nano(usd: float) -> int:
    """Return dollars in the unit that money is counted in."""
    return round(usd * NANO)


def dollars(amount_nano: int) -> str:
    """Return an amount as a person reads it; cents, and smaller amounts with at most two digits that say something."""
    amount = amount_nano / NANO
    if amount >= 0.01 or amount <= 0:
        return f"${amount:,.2f}"
    return f"${amount:.{1 - math.floor(math.log10(amount))}f}".rstrip("0")


_own: dict[str, Price] = {}


def use(prices: Mapping[str, Price]) -> None:
    """Let these prices go before the table's, in place of those used before; called when the server's parts are opened."""
    _own.clear()
    _own.update(prices)


def find(provider: str, model: str) -> Price | None:
    """Return the operator's own price of the model, or None."""
    return _own.get(f"{provider}/{model}")


def load(file: str) -> dict[str, Price]:
    """Read the operator's file; without one there are no own prices.

    Raises:
        ValidationFailedError: it cannot be used; the message says what is wrong, and where.
    """
    if not file:
        return {}
    path = Path(file)
    try:
        document: object = orjson.loads(path.read_bytes())
    except OSError as error:
        raise _refused(path, error.strerror or "it cannot be read") from error
    except ValueError as error:
        raise _refused(path, f"it is not JSON ({error})") from error
    if not isinstance(document, dict):
        raise _refused(path, "it holds no object")
    entries = cast("dict[str, object]", document)
    return {model: _price(path, model, entry) for model, entry in entries.items()}


def _price(path: Path, model: str, entry: object) -> Price:
    provider, _, name = model.partition("/")
    if not provider or not name:
        raise _refused(path, f"“{model[:80]}” is no provider/name")
    try:
        return Price.model_validate(entry)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join([model[:80], *map(str, first["loc"])])
        raise _refused(path, f"{place}: {first['msg']}") from error


def _refused(path: Path, reason: str) -> ValidationFailedError:
    return ValidationFailedError(
        f"BABBLE_PRICES_FILE ({path}) cannot be used: {reason}. It looks like {_EXAMPLE}",
        field="prices_file",
    )
