"""Somebody to talk to."""

from __future__ import annotations

from babble_app.llm.provider import Provider, all_providers
from babble_app.llm.target import Target


def make_target(
    provider: str | Provider = "openai", base_url: str = "", model: str = "some-model"
) -> Target:
    known = all_providers()[provider] if isinstance(provider, str) else provider
    return Target(known, model, base_url or known.base_url, "sk-secret-key-1234")
