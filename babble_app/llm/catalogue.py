"""Every model that can be reached: opens clients, lists what there is, tests keys."""

from __future__ import annotations

import hashlib
import logging
import time
from functools import partial
from typing import TYPE_CHECKING

from babble_app.errors import BabbleError, ModelUnavailableError
from babble_app.llm import failures, http, listing, model_table
from babble_app.llm.chat_media import ChatMedia
from babble_app.llm.credentials import (
    Credential,
    environment_credential,
    environment_credentials,
)
from babble_app.llm.deadlines import Deadlines
from babble_app.llm.embedding import EmbeddingClient, require_embeddings
from babble_app.llm.guarded import GuardedClient
from babble_app.llm.health import Health
from babble_app.llm.key_turns import KeyTurns
from babble_app.llm.litellm_client import LiteLLMWire
from babble_app.llm.litellm_media import LiteLLMMedia
from babble_app.llm.ollama_wire import OllamaWire
from babble_app.llm.openai_wire import OpenAIWire
from babble_app.llm.provider import Provider, all_providers
from babble_app.llm.recent import Recent
from babble_app.llm.refused_parameters import RefusedParameters
from babble_app.llm.retries import NO_RETRIES, Retries
from babble_app.llm.route import Candidate
from babble_app.llm.target import Target, normal_address
from babble_app.llm.thinking import Habits
from babble_app.llm.warming import prepare
from babble_app.schemas.models import ModelInfo

if TYPE_CHECKING:
    from collections.abc import Callable

    from babble_app.llm.client import ModelClient
    from babble_app.llm.guarded import Wire
    from babble_app.llm.media import MediaClient
    from babble_app.settings import Settings

logger = logging.getLogger(__name__)

LIST_SECONDS = 300.0
"""How long a provider's list is believed."""
FAILED_LIST_SECONDS = 15.0
"""How long a provider that could not be asked is left alone."""
ASK_SECONDS = 8.0
"""How long listing and checking may take."""
OLLAMA_PORT = 11434
MOST_LISTS = 200
"""Of models, one for each key, that are kept; a long one takes some 100 kB."""
MOST_MODELS = 10_000
"""Whose names, habits and refusals are remembered; names come from people and providers."""


class Models:
    """The process's catalogue; it owns the connections to providers."""

    def __init__(
        self,
        settings: Settings,
        *,
        retries: Retries | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.providers: dict[str, Provider] = all_providers()
        self.turns = KeyTurns(clock)
        self._settings = settings
        self._deadlines = Deadlines.from_settings(settings)
        self.health = Health(clock)
        self._retries = retries or Retries()
        self._clock = clock
        self._sessions = http.Sessions()
        self._lists = Recent[str, tuple[float, list[ModelInfo]]](MOST_LISTS)
        self._known = Recent[str, ModelInfo](MOST_MODELS)
        self._refused = Recent[tuple[str, str, str], RefusedParameters](MOST_MODELS)
        self._habits = Recent[tuple[str, str, str], Habits](MOST_MODELS)

    def open(
        self, model: str, credential: Credential | None, *, retrying: bool = True
    ) -> ModelClient:
        """Return the client of `provider/name`; without a credential, with the environment's.

        It makes a call that failed again by itself, unless `retrying` is off: another model follows then.

        Raises:
            ModelUnavailableError: unknown provider, no name, or nothing that opens the provider.
        """
        provider, name = self._split(model)
        if provider.wire == "demo":
            from babble_app.llm.demo.client import DemoClient  # noqa: PLC0415 - loads word lists on first use

            return DemoClient(pace=self._settings.demo_pace)
        target = self._target(provider, name, credential)
        self.turns.note_use(target.api_key)
        return GuardedClient(
            name=model,
            sees_images=self.describe(model).sees_images,
            target=target,
            wire=self._wire(target),
            deadlines=self._deadlines,
            retries=self._retries if retrying else NO_RETRIES,
            habits=self._habits.get_or_make(_model_key(target), Habits),
            on_failure=partial(self.turns.note_failure, target.api_key),
        )

    def candidate(
        self, model: str, credential: Credential | None, *, chosen: str = "", via: str = ""
    ) -> Candidate:
        """Return `provider/name` as a route has it; where another provider serves it, as `chosen`, which is served `via` that one.

        Raises:
            ModelUnavailableError: as `open` does.
        """
        provider, name = self._split(model)
        key = provider.id
        if provider.wire != "demo":
            target = self._target(provider, name, credential)
            key = f"{provider.id} {target.address} {_cache_key(target)[:16]}"
        info = self.describe(model)
        return Candidate(
            info=info.model_copy(update={"id": chosen or model}),
            open=lambda retrying: self.open(model, credential, retrying=retrying),
            health_key=key,
            own_key=credential is not None and credential.own,
            via=via,
            open_media=partial(self.open_media, model, credential) if provider.media_wire else None,
        )

    def open_media(self, model: str, credential: Credential | None) -> MediaClient:
        """Return the client of a model that makes pictures or videos.

        Raises:
            ModelUnavailableError: as `open` does, or its provider makes none.
        """
        provider, name = self._split(model)
        if not provider.media_wire:
            raise ModelUnavailableError(
                f"{provider.title} makes no pictures or videos here. Choose a model of another provider."
            )
        target = self._target(provider, name, credential)
        self.turns.note_use(target.api_key)
        make = LiteLLMMedia if provider.media_wire == "openai" else ChatMedia
        told = partial(self.turns.note_failure, target.api_key)
        return make(model, target, self._sessions, self._deadlines, on_failure=told)

    def open_embedding(self, model: str, credential: Credential | None) -> EmbeddingClient:
        """Return the client of a model that makes embeddings.

        Raises:
            ModelUnavailableError: as `open` does, or its provider makes none.
        """
        provider, name = self._split(model)
        require_embeddings(provider)
        target = self._target(provider, name, credential)
        self.turns.note_use(target.api_key)
        return EmbeddingClient(model, target, self._sessions, self._deadlines)

    def describe(self, model: str) -> ModelInfo:
        """Return what is known about a model without asking anybody: context size, images, tools.

        Raises:
            ModelUnavailableError: unknown provider, or no name.
        """
        if (known := self._known.get(model)) is not None:
            return known
        provider, name = self._split(model)
        facts = model_table.facts(provider.id, name)
        entry = provider.entry(name)
        return ModelInfo(
            id=model,
            provider=provider.id,
            title=entry.title if entry else name,
            note=entry.note if entry else "",
            context_tokens=entry.context_tokens if entry else facts.get("max_input_tokens"),
            sees_images=entry.sees_images if entry else bool(facts.get("supports_vision")),
            calls_tools=entry.calls_tools
            if entry
            else not facts or bool(facts.get("supports_function_calling")),
            output_usd_per_million=provider.output_usd_per_million(name),
        )

    def environment_credential(self, provider: str) -> Credential | None:
        """Return the first that the environment gives for the provider; None where it is not configured."""
        return environment_credential(self._settings, self._provider(provider))

    def environment_credentials(self, provider: str) -> tuple[Credential, ...]:
        """Return all that the environment gives for the provider, in turn."""
        return self.turns.in_turn(environment_credentials(self._settings, self._provider(provider)))

    async def list_models(self, provider: str, credential: Credential | None) -> list[ModelInfo]:
        """Return the provider's models, live; where it cannot be asked, those known without asking.

        Never raises for a provider that is down: one of them must not empty the picker of all.
        """
        known = self._provider(provider)
        statics = [self.describe(f"{known.id}/{entry.name}") for entry in known.models]
        if known.wire == "demo":
            return statics
        prepare(known)  # who has its key may well call it next
        try:
            target = self._target(known, "", credential)
        except ModelUnavailableError:
            return []
        key = _cache_key(target)
        until, listed = self._lists.get(key) or (0.0, [])
        if self._clock() < until:
            return listed
        return await self._list_anew(key, target, statics)

    async def check(self, provider: str, credential: Credential | None) -> None:
        """Ask the provider whether the credential opens it.

        Raises:
            BabbleError: it does not; the message says why and what to do.
        """
        known = self._provider(provider)
        if known.wire != "demo":
            target = self._target(known, "", credential)
            try:
                await listing.check(self._sessions.get(), target, ASK_SECONDS)
            except BabbleError as error:
                self.turns.note_failure(target.api_key, error)
                raise
            self.turns.note_success(target.api_key)

    async def close(self) -> None:
        """Close the connections of this event loop."""
        await self._sessions.close()

    def _provider(self, provider: str) -> Provider:
        known = self.providers.get(provider)
        if known is None:
            raise ModelUnavailableError(f"There is no provider named “{provider[:80]}”.")
        return known

    def _split(self, model: str) -> tuple[Provider, str]:
        provider, _, name = model.partition("/")
        if not name:
            raise ModelUnavailableError(
                f"“{model[:80]}” names no model. Choose one in the model picker, such as demo/based."
            )
        return self._provider(provider), name

    def _target(self, provider: Provider, name: str, credential: Credential | None) -> Target:
        given = credential or environment_credential(self._settings, provider) or Credential()
        configured: str = (
            getattr(self._settings, provider.base_url_setting) if provider.base_url_setting else ""
        )
        port = OLLAMA_PORT if provider.wire == "ollama" else None
        address = normal_address(
            given.base_url or configured or provider.base_url, default_port=port
        )
        target = Target(provider, name, address, given.api_key.get_secret_value())
        if provider.key_required and not target.api_key:
            raise failures.no_key(target)
        if not address:
            raise failures.no_address(target)
        return target

    def _wire(self, target: Target) -> Wire:
        if target.provider.wire == "ollama":
            return OllamaWire(target, self._sessions, self._deadlines)
        if target.provider.wire == "litellm":
            return LiteLLMWire(target, self._sessions, self._deadlines)
        refused = self._refused.get_or_make(_model_key(target), RefusedParameters)
        return OpenAIWire(target, self._sessions, self._deadlines, refused)

    async def _list_anew(
        self, key: str, target: Target, statics: list[ModelInfo]
    ) -> list[ModelInfo]:
        try:
            listed = await listing.list_models(self._sessions.get(), target, ASK_SECONDS)
        except BabbleError as error:
            logger.info("no live list of %s: %s", target.provider.id, error)
            self._lists.put(key, (self._clock() + FAILED_LIST_SECONDS, statics))
            return statics
        self._lists.put(key, (self._clock() + LIST_SECONDS, listed))
        for info in listed:
            self._known.put(info.id, info)
        return listed


def _cache_key(target: Target) -> str:
    text = f"{target.provider.id}\n{target.base_url}\n{target.api_key}"
    return hashlib.sha256(text.encode()).hexdigest()


def _model_key(target: Target) -> tuple[str, str, str]:
    return (target.provider.id, target.base_url, target.model)
