"""How OpenRouter calls the models of other providers."""

from __future__ import annotations

import re


def routed_through_openrouter(model: str) -> str | None:
    """Return how OpenRouter calls a model of another provider, or None where it cannot have it.

    OpenRouter writes versions with a dot and without dates: `anthropic/claude-haiku-4-5-20251001` is
    `anthropic/claude-haiku-4.5` there; open models keep their maker's name in small letters.
    """
    provider, _, name = model.partition("/")
    if not name:
        return None
    if provider == "openrouter":
        return model
    if provider == "anthropic":
        undated = re.sub(r"-\d{8}$", "", name)
        dotted = re.sub(r"-(\d+)-(\d+)$", r"-\1.\2", undated)
        return f"openrouter/anthropic/{dotted}"
    if provider == "openai":
        return f"openrouter/openai/{name}"
    if provider in {"groq", "huggingface"} and "/" in name:
        return f"openrouter/{name.partition(':')[0].lower()}"
    return None
