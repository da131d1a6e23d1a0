"""Which models a person can use now, and opening one with the right credential."""

from __future__ import annotations

import asyncio
from logging import getLogger
from typing import TYPE_CHECKING

from babble_app.errors import BabbleError, ModelUnavailableError
from babble_app.llm.catalogue import all_providers, find_provider, routed_through_openrouter
from babble_app.services import accounts, keys

if TYPE_CHECKING:
    from babble_app.llm.client import ModelClient
    from babble_app.schemas.models import ModelInfo
    from babble_app.services.runtime import Runtime

logger = getLogger(__name__)

DEMO_MODEL = "demo/based"


async def list_models(rt: Runtime, owner_id: str) -> list[ModelInfo]:
    """Return what can be chosen now; a provider that does not answer is left out (Settings says why)."""
    listed = await asyncio.gather(
        *(_models_of(rt, owner_id, provider.id) for provider in all_providers())
    )
    return [model for models in listed for model in models]


async def _models_of(rt: Runtime, owner_id: str, provider_id: str) -> list[ModelInfo]:
    credential = await keys.find_credential(rt, owner_id, provider_id)
    if credential is None and not find_provider(provider_id).keyless:
        return []
    try:
        return await rt.models.list_models(provider_id, credential)
    except BabbleError as error:
        logger.info("models of %s are not listed: %s", provider_id, error.code)
        return []


async def open_model(rt: Runtime, owner_id: str, model: str) -> ModelClient:
    """Open `provider/name` with the person's key, else the server's, else through OpenRouter's key.

    Raises:
        ModelUnavailableError: the provider is unknown here or has no key.
    """
    provider_id, _, name = model.partition("/")
    provider = find_provider(provider_id)
    if not name:
        message = (
            f"'{model[:80]}' is not a model name. Choose one from the list, such as {DEMO_MODEL}."
        )
        raise ModelUnavailableError(message)
    credential = await keys.find_credential(rt, owner_id, provider_id)
    if credential is not None or provider.keyless:
        return rt.models.open(model, credential)
    fallback = await keys.find_credential(rt, owner_id, "openrouter")
    if fallback is None:
        message = f"{provider.title} has no key here. Add one in Settings, or choose another model."
        raise ModelUnavailableError(message)
    return rt.models.open(routed_through_openrouter(model), fallback)


async def default_model(rt: Runtime, owner_id: str) -> str:
    """Return the person's model, else the server's, else the first that a key is there for, else the demo."""
    user = await accounts.get_user(rt, owner_id)
    if chosen := user.default_model or rt.settings.default_model:
        return chosen
    for provider in all_providers():
        if provider.default_model and await keys.find_credential(rt, owner_id, provider.id):
            return provider.default_model
    return DEMO_MODEL
