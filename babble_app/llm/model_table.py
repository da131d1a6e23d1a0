"""Prices and sizes of known models: the table that LiteLLM ships, read as a file without importing LiteLLM."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from babble_app.llm import prices
from babble_app.llm.prices import Price

if TYPE_CHECKING:
    from babble_app.schemas.usage import Usage

_MILLION = 1_000_000
TABLE = "model_prices_and_context_window_backup.json"


@cache
def litellm_folder() -> Path:
    """Find the installed LiteLLM without importing it (importing takes seconds)."""
    spec = find_spec("litellm")
    if spec is None or spec.origin is None:
        message = "litellm is not installed: run `make setup`"
        raise RuntimeError(message)
    return Path(spec.origin).parent


@cache
def _table() -> dict[str, dict[str, Any]]:
    return orjson.loads((litellm_folder() / TABLE).read_bytes())


def load() -> None:
    """Read the table now (about 50 ms), so that no request has to."""
    _table()


def facts(provider: str, model: str) -> dict[str, Any]:
    """Return the table's row for the model, or an empty one; OpenAI's and Anthropic's rows have no prefix."""
    table = _table()
    row = table.get(f"{provider}/{model}") or table.get(model)
    if row is None and provider == "openrouter":
        row = table.get(model.partition("/")[2])
    return row if row is not None and row.get("mode", "chat") in {"chat", "responses"} else {}


def media_facts(provider: str, model: str) -> dict[str, Any]:
    """Return the table's row for a model that makes pictures or videos, or an empty one."""
    table = _table()
    names = (f"{provider}/{model}", model, model.rpartition("/")[2])
    modes = {"image_generation", "video_generation"}
    rows = [row for name in names if (row := table.get(name, {})).get("mode") in modes]
    return rows[0] if rows else {}


def embedding_facts(provider: str, model: str) -> dict[str, Any]:
    """Return the table's row for a model that makes embeddings, or an empty one."""
    table = _table()
    row = table.get(f"{provider}/{model}") or table.get(model) or {}
    return row if row.get("mode") == "embedding" else {}


def price(provider: str, model: str) -> Price | None:
    """Return what the model's tokens cost: the operator's own price, else the table's; None where neither knows it."""
    if (own := prices.find(provider, model)) is not None:
        return own
    row = facts(provider, model)
    fresh, answer = row.get("input_cost_per_token"), row.get("output_cost_per_token")
    if fresh is None or answer is None:
        return None
    cached = row.get("cache_read_input_token_cost")
    return Price.model_construct(
        input_per_million=fresh * _MILLION,
        output_per_million=answer * _MILLION,
        cached_per_million=None if cached is None else cached * _MILLION,
    )


def cost_usd(provider: str, model: str, usage: Usage) -> float | None:
    """Return the price of `usage`, or None where nobody knows it."""
    found = price(provider, model)
    return None if found is None else found.cost_usd(usage)
