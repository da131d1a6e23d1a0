"""What a call may cost at most, as far as that can be known before it is made."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from babble_app.llm import model_table, prices, tokens
from babble_app.schemas.usage import Usage

if TYPE_CHECKING:
    from babble_app.schemas.models import ModelRequest

DEFAULT_OUTPUT_TOKENS = 2_000
"""Taken for an answer without a limit; few are longer, and the tens of thousands that models can write would let nobody
spend the last dollars of a budget."""


def worst_case_nano(model: str, request: ModelRequest) -> int:
    """Return the price of the prompt and of the longest answer; 0 where the model is free or its price unknown.

    The prompt is counted only for a model that costs something: counting takes about 1 ms for 10,000 characters.
    """
    provider, _, name = model.partition("/")
    price = model_table.price(provider, name)
    if price is None or price.free:
        return 0
    limit = request.max_output_tokens or DEFAULT_OUTPUT_TOKENS
    most = model_table.facts(provider, name).get("max_output_tokens")
    usage = Usage(
        input_tokens=_prompt_tokens(request),
        output_tokens=min(limit, most) if isinstance(most, int) and most > 0 else limit,
    )
    return prices.nano(price.cost_usd(usage))


def _prompt_tokens(request: ModelRequest) -> int:
    counted = tokens.count_messages(request.messages)
    for spec in request.tools:
        counted += tokens.count(orjson.dumps(spec.model_dump()).decode())
    if request.json_schema is not None:
        counted += tokens.count(orjson.dumps(request.json_schema).decode())
    return counted
