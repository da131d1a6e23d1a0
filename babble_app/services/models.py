"""Which models a person can use now, and opening one with the right credential."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from babble_app.errors import ModelUnavailableError
from babble_app.llm.catalogue import routed_through_openrouter
from babble_app.services import accounts, keys

if TYPE_CHECKING:
    from babble_app.llm.client import ModelClient
    from babble_app.schemas.models import ModelInfo
    from babble_app.services.runtime import Runtime

DEMO_MODEL = "demo/based"
PREFERENCE = ("openai", "anthropic", "openrouter", "groq", "huggingface", "custom", "ollama")
"""Whose first model is the default when nobody chose one."""


async def list_models(rt: Runtime, owner_id: str) -> list[ModelInfo]:
    """Return what can be chosen now: the models of every provider that has a credential, and the demo's."""
    credentials = await keys.find_credentials(rt, owner_id)
    listed = await asyncio.gather(
        *(
            rt.models.list_models(provider, credentials[provider])
            for provider in rt.models.providers
            if provider in credentials
        )
    )
    return [model for models in listed for model in models]


async def open_model(rt: Runtime, owner_id: str, model: str) -> ModelClient:
    """Open `provider/name` with the person's key, else the server's, else through OpenRouter's key.

    Raises:
        ModelUnavailableError: the provider is unknown, or nothing opens it; the message says what would.
    """
    provider = model.partition("/")[0]
    credentials = await keys.find_credentials(rt, owner_id)
    credential = credentials.get(provider)
    if credential is None and provider in rt.models.providers:
        routed = routed_through_openrouter(model)
        opener = credentials.get("openrouter")
        if routed is None or opener is None:
            title = rt.models.providers[provider].title
            message = (
                f"{title} is not set up here. Add its key in Settings, or choose another model."
            )
            raise ModelUnavailableError(message)
        return rt.models.open(routed, opener)
    return rt.models.open(model, credential)


async def default_model(rt: Runtime, owner_id: str) -> str:
    """Return the person's model, else the server's, else the first of a provider that is set up, else the demo."""
    user = await accounts.get_user(rt, owner_id)
    if chosen := user.default_model or rt.settings.default_model:
        return chosen
    credentials = await keys.find_credentials(rt, owner_id)
    for provider in PREFERENCE:
        if provider not in credentials:
            continue
        if models := await rt.models.list_models(provider, credentials[provider]):
            return models[0].id
    return DEMO_MODEL
